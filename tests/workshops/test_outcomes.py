"""What whoever comes after a workshop finds: its outcome first, where one looks, each vote beside the sum of votes."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.core.db import now
from app.core.i18n import fdate
from app.workshops.models import Cluster, Crew, Option, Step, Workshop
from app.workshops.service.room import write_rates
from tests.actions.cast import a_sheet, some_needs
from tests.actions.cast import get as get_sheet
from tests.site import Site
from tests.workshops import walls
from tests.workshops.acts import room, shown, soup
from tests.workshops.closed_rooms import WORDS, base, closed, decided, dots, judgment
from tests.workshops.votes import Given, voted

HELD = now() - timedelta(days=20)
JUDGED = Given().add("habitants", {1: 7, 2: 1}, 6).add("jeunes", {1: 6, 2: 2}, 5)
PAIR = ("Fiche 12, la navette", "Fiche 14, le parking")


def published(site: Site, *votes: dict[str, object], people: dict[str, int], code: str = "AAAA33") -> Workshop:
    """A room whose report is published, with two decisions and one point left unresolved."""
    state = {"status": "published", "published_at": now(), "starts_at": now(), "conclusion": WORDS, "code": code}
    held = closed(site, *votes, people=people, **state)
    decided(site, held)
    return held


def test_the_page_of_a_workshop_begins_with_its_outcome_once_it_is_published(site: Site) -> None:
    held = published(site, dots(), people={"habitants": 12})
    page = soup(site.visitor().get(base(held)))
    outcome = page.select_one("[aria-labelledby=issue]")
    assert outcome and WORDS in outcome.text and "2 décisions de la salle" in outcome.text.replace("\u00a0", " ")
    assert "Fermer la place le samedi" in outcome.text and "La commune" in outcome.text
    assert "1er mars 2027" in outcome.text.replace("\u00a0", " ") and "Qui paie la fontaine" not in outcome.text
    links = {link["href"] for link in outcome.select("a")}
    assert {f"{base(held)}/compte-rendu", f"{base(held)}/decisions"} <= links
    heads = [head.text for head in page.select("main h2")]
    assert heads[0] == "Ce que la salle conclut"


def test_nothing_of_a_report_shows_before_its_publication(site: Site) -> None:
    held = closed(site, dots(), conclusion=WORDS)
    decided(site, held)
    assert WORDS not in site.visitor().get(base(held)).text
    for path in ("/decisions", "/territoires/morlaix-communaute/priorites"):
        assert held.title not in site.visitor().get(path).text


def test_an_elected_official_finds_the_reports_where_decisions_and_priorities_are(site: Site) -> None:
    held = published(site, people={"habitants": 12})
    denez = site.signed_in("elected")
    apart = soup(denez.get("/decisions")).select_one("[aria-labelledby=releves]")
    assert apart and "Ce n’est pas la décision d’une instance." in apart.text
    line = next(li for li in apart.select("li") if held.title in li.text)
    assert "2 décisions" in line.text.replace("\u00a0", " ") and line.select_one(f"a[href='{base(held)}/decisions']")
    for path in ("/priorites", "/territoires/morlaix-communaute/priorites", "/territoires/morlaix-communaute"):
        page = soup(denez.get(path))
        line = next(li for li in page.select("li") if held.title in li.text)
        assert "2 décisions" in line.text.replace("\u00a0", " "), path
        assert line.select_one(f"a[href='{base(held)}/compte-rendu']"), path


def _on_fiches(site: Site, step: Step) -> tuple[int, list[str]]:
    """Both options of this vote become fiches of one priorité, and the board is told; it, and their references."""
    refs = [a_sheet(site), a_sheet(site)]
    with site.writing() as db:
        rows = db.exec(select(Option).where(Option.step_id == step.id).order_by(col(Option.position))).all()
        for row, ref in zip(rows, refs, strict=True):
            row.sheet_id = get_sheet(site, ref).id
            db.add(row)
        db.flush()
        write_rates(db, db.get_one(Step, step.id))
    served = soup(site.visitor().get(f"/fiches-actions/{refs[0]}")).select_one("main dl a[href^='/priorites/']")
    assert served
    return int(str(served["href"]).rsplit("/", 1)[-1]), refs


def _in_rooms(site: Site, priority: int) -> list[str]:
    page = soup(site.visitor().get(f"/priorites/{priority}"))
    return [
        re.sub(r"\s+", " ", found.get_text(" ", strip=True))
        for found in page.select("#ateliers ~ p, #ateliers ~ ul > li")
    ]


def test_a_sum_of_supports_never_hides_a_rejection(site: Site) -> None:
    """The finding: a fiche « À rejeter » read as « 3 sur 3 » on the page of its priorité."""
    priority, refs = _on_fiches(site, voted(site, JUDGED, titles=PAIR, kind="judgment", room={"status": "running"}))
    said = _in_rooms(site, priority)
    total = next(words for words in said if "soutiens sur" in words)
    assert "jugement majoritaire" in total and re.search(r"\d+ votes? ", total)
    line = next(words for words in said if "Par quoi commencer" in words)
    assert line.count("mention majoritaire") == 2 and "Jugement majoritaire , 11 bulletins." in line
    assert re.search(rf"{refs[0]} : mention majoritaire Excellent ; 11 sur 11 ont donné Bien ou mieux, 1er rang", line)
    assert re.search(rf"{refs[1]} : mention majoritaire À rejeter ; 0 sur 11 ont donné Bien ou mieux, 2e rang", line)
    assert "11 sur 11 ont donné la mention Bien ou mieux à un choix qui la concerne." in line
    fiche = shown(site.visitor().get(f"/fiches-actions/{refs[1]}"))
    assert "mention majoritaire : À rejeter" in fiche
    card = soup(site.visitor().get("/territoires/morlaix-communaute/priorites")).select_one(f"#priorite-{priority}")
    assert card and re.search(r"soutiens sur .* votes? \(", re.sub(r"\s+", " ", card.text))


@pytest.mark.parametrize(
    ("step", "given", "said"),
    [
        ({"kind": "dots"}, Given().add("jeunes", {1: 3}, 4).add("jeunes", {2: 1}), "4 sur 5 y ont posé au moins une gommette, 1er rang sur 2"),
        ({"kind": "hands", "hands": "approval"}, Given().add("jeunes", {1: 1}, 3).add("jeunes", {}), "3 sur 4 l’ont choisi."),
    ],
)  # fmt: skip
def test_each_vote_says_its_result_in_its_own_words(
    site: Site, step: dict[str, object], given: Given, said: str
) -> None:
    priority, refs = _on_fiches(site, voted(site, given, titles=PAIR, room={"status": "running"}, **step))  # type: ignore[arg-type]
    assert any(f"{refs[0]} : {said}" in line for line in _in_rooms(site, priority))


def test_what_a_room_said_is_not_detailed_before_its_report(site: Site) -> None:
    priority, _refs = _on_fiches(site, voted(site, JUDGED, titles=PAIR, kind="judgment", room={"status": "closed"}))
    line = next(words for words in _in_rooms(site, priority) if "Par quoi commencer" in words)
    assert "mention majoritaire" not in line and "Le détail paraîtra avec le compte rendu." in line


def test_a_workshop_stands_in_the_fil_on_the_day_it_was_held(site: Site) -> None:
    one = voted(site, JUDGED, titles=PAIR, kind="judgment", room={"opened_at": HELD, "starts_at": HELD})
    _priority, refs = _on_fiches(site, one)
    kinds = [
        found.get_text(" ", strip=True)
        for found in soup(site.visitor().get(f"/fiches-actions/{refs[0]}")).select(".thread__kind")
    ]
    assert f"Atelier, {fdate(HELD)}" in kinds


def test_cards_that_join_a_need_stand_in_its_fil_on_the_day_of_their_room(site: Site) -> None:
    held, need = room(site, status="published"), some_needs(site)[0]
    step = walls.recueil(site, held, status="closed")
    with site.writing() as db:
        cluster = Cluster(step_id=step.id, position=1, title="Rentrer le soir")
        db.add(cluster)
        db.flush()
    walls.published(site, held, step, "Un car le soir", cluster_id=cluster.id)
    amina = site.signed_in("facilitator")
    amina.post(f"{base(held)}/cartes/groupe-{cluster.id}/rattachement", {"reference": need.reference})
    page = soup(site.visitor().get(f"/besoins/{need.id}"))
    assert held.opened_at and f"Atelier, {fdate(held.opened_at)}" in [
        found.text.strip() for found in page.select(".thread__kind")
    ]


def test_ones_own_workshops_are_marked_in_the_list(site: Site) -> None:
    mine, other = room(site, status="scheduled"), room(site)
    with site.writing() as db:
        db.get_one(Workshop, other.id).lead_id = None
    for persona, own in (("facilitator", True), ("technician", False)):
        rows = soup(site.signed_in(persona).get("/ateliers?territoire=morlaix-communaute")).select(".agenda__item")
        found = {title.text: "Vous l’animez" in row.text for row in rows if (title := row.select_one("h3"))}
        assert (found[mine.title], found[other.title]) == (own, False), persona
    with site.writing() as db:
        by = db.get_one(Workshop, mine.id).lead_id
        db.add(Crew(workshop_id=other.id or 0, person_id=by or 0, duty="co", added_at=now()))
    rows = soup(site.signed_in("facilitator").get("/ateliers")).select(".agenda__item")
    assert "Vous l’animez" in next(row.text for row in rows if other.title in row.text)


def test_colleges_are_spoken_of_only_where_one_is_shown(site: Site) -> None:
    alone = published(site, dots(), judgment(2), people={"habitants": 4})
    people = {"habitants": 12, "jeunes": 7, "entreprises": 6, "associations": 2, "institutions": 1}
    many = published(site, dots(), judgment(2), people=people, code="AAAA34")
    why = "Un collège de moins de cinq bulletins compte dans le total seulement"
    for path in ("", "/compte-rendu"):
        few = shown(site.visitor().get(base(alone) + path))
        assert "« par 9 »" not in few and "par collège" not in few.split("Déroulé et résultats")[1], path
        assert few.count(why) == 1, path
        page = shown(site.visitor().get(base(many) + path))
        assert "« par 9 »" in page and page.count(why) == 1, path
        assert page.count("Dans le total seulement : ") == 2, path


def test_the_rule_of_a_vote_is_folded_and_a_narrow_page_leaves_out_mentions_that_nobody_gave(site: Site) -> None:
    held = published(site, judgment(2), people={"habitants": 12})
    for path in ("", "/compte-rendu"):
        page = soup(site.visitor().get(base(held) + path))
        rule = page.select_one(".programme__step details")
        assert rule and not rule.has_attr("open") and "mention" in rule.text, path
        cells = page.select(".tally--mentions td.number")
        assert {"tally__zero" in cell["class"] for cell in cells if cell.text.strip().endswith("0")} == {True}, path
    empty = closed(site, people={"habitants": 3}, code="AAAA35")
    part = soup(site.signed_in("facilitator").get(base(empty))).select_one("[aria-labelledby=presence]")
    assert part and "3 personnes présentes" in part.text.replace("\u00a0", " ") and not part.select("svg")


def test_the_csv_of_a_report_speaks_french(site: Site) -> None:
    held = published(site, dots(), judgment(2), people={"habitants": 12})
    rows = list(csv.reader(io.StringIO(site.visitor().get(f"{base(held)}/compte-rendu.csv").text)))
    assert [row[6] for row in rows if row[3] == "sorte"] == ["Vote par gommettes", "Jugement majoritaire"]
