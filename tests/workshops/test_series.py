"""One workshop in several places: copies, twin steps, and results that add up."""

import re
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from sqlmodel import col, select

from app.core.db import now
from app.places.queries import reference
from app.workshops import counting
from app.workshops.models import Ballot, Option, Seat, Series, Step, Workshop
from app.workshops.queries import series as reads
from app.workshops.service.room import write_rates
from tests.site import Site, Visitor
from tests.workshops.acts import act, options, soup, steps
from tests.workshops.drafts import DOTS, draft, titles, write

DAY = {"day": "2030-04-02", "hour": "18:30"}


def communes(site: Site, workshop: Workshop, n: int) -> list[Any]:
    """Some communes of its territory."""
    with site.reading() as db:
        return reference(db).communes_of(workshop.territory_id)[:n]


def elsewhere(site: Site, amina: Visitor, workshop: Workshop, n: int = 2, **more: Any) -> httpx.Response:
    """Ask for so many copies."""
    sent: dict[str, Any] = {"title": "Se déplacer le soir", "rows": 3}
    for number, commune in enumerate(communes(site, workshop, n), start=1):
        row = {"commune": commune.insee, "place": f"Salle {number}"} | DAY
        sent |= {f"{name}_{number}": value for name, value in row.items()}
    return amina.post(f"/ateliers/{workshop.id}/ailleurs", sent | more)


def rooms(site: Site, workshop: Workshop) -> list[Workshop]:
    """The copies, in the order they were made."""
    with site.reading() as db:
        first = db.get_one(Workshop, workshop.id)
        statement = select(Workshop).where(Workshop.series_id == first.series_id, Workshop.id != first.id)
        return list(db.exec(statement.order_by(col(Workshop.id))))


def rows(site: Site, step: Step) -> list[Option]:
    """The options of a step."""
    with site.reading() as db:
        return list(db.exec(select(Option).where(Option.step_id == step.id).order_by(col(Option.position))))


def voted(site: Site, step: Step, ballots: dict[str, list[dict[int, int]]]) -> None:
    """These ballots by collège (marks by place of the option), revealed and published."""
    keys = options(site, step)
    with site.writing() as db:
        held, room = db.get_one(Step, step.id), db.get_one(Workshop, step.workshop_id)
        for college, given in ballots.items():
            for n, marks in enumerate(given):
                seat = Seat(
                    workshop_id=room.id or 0, college=college, digest=f"{step.id}-{college}-{n}", created_at=now()
                )
                db.add(seat)
                db.flush()
                kept = {str(keys[place]): mark for place, mark in marks.items()}
                db.add(Ballot(step_id=step.id or 0, seat_id=seat.id, college=college, marks=kept, cast_at=now()))
        held.status, held.revealed_at, room.status = "revealed", now(), "published"
        db.flush()
        write_rates(db, held)


def series_page(site: Site, workshop: Workshop, visitor: Visitor | None = None) -> BeautifulSoup:
    """The page of the series."""
    with site.reading() as db:
        series_id = db.get_one(Workshop, workshop.id).series_id
    return soup((visitor or site.visitor()).get(f"/ateliers/series/{series_id}"))


def test_a_workshop_is_copied_to_other_places_with_its_steps_and_choices(site: Site) -> None:
    amina = site.signed_in("facilitator")
    cards = {"kind": "cards", "title": "Qu’est-ce qui manque ?", "minutes": 15}
    first = draft(site, amina, cards, DOTS)
    write(site, amina, first, kind="grouping", title="Par groupes", minutes=5, source=steps(site, first)[0].id)
    answer = elsewhere(site, amina, first)
    assert answer.status_code == 200 and "/ateliers/series/" in answer.url.path
    copies = rooms(site, first)
    names = [commune.name for commune in communes(site, first, 2)]
    assert [room.title for room in copies] == [f"Se déplacer le soir, {name}" for name in names]
    assert {room.status for room in copies} == {"draft"} and len({room.code for room in copies}) == 2
    for room in copies:
        mine, origin = steps(site, room), steps(site, first)
        assert [step.twin_id for step in mine] == [step.id for step in origin]
        assert [o.twin_id for o in rows(site, mine[1])] == options(site, origin[1])
        assert mine[2].source_id == mine[0].id, "its own recueil"
    assert elsewhere(site, amina, first).status_code == 200 and len(rooms(site, first)) == 2, "asked twice is once"


def test_a_row_that_is_wrong_keeps_all_rows_and_says_where(site: Site) -> None:
    amina = site.signed_in("facilitator")
    first = draft(site, amina, DOTS)
    for name, wrong in (("day_2", "demain"), ("hour_2", "midi"), ("place_2", "x"), ("commune_2", "")):
        answer = elsewhere(site, amina, first, **{name: wrong})
        assert answer.status_code == 422 and soup(answer).select_one(f"#{name}-erreur"), name
        assert "Salle 1" in answer.text
    assert elsewhere(site, amina, first, commune_2="75056").status_code == 422
    assert elsewhere(site, amina, first, n=0).status_code == 422
    assert elsewhere(site, amina, draft(site, amina, title="Sans déroulé")).status_code == 409
    assert not [room for room in rooms(site, first) if room.series_id]


def test_more_rows_are_asked_without_losing_those_typed(site: Site) -> None:
    amina = site.signed_in("facilitator")
    first = draft(site, amina, DOTS)
    page = soup(elsewhere(site, amina, first, more="oui"))
    assert len(page.select(".series-row")) == 8 and page.select_one("#place_2")["value"] == "Salle 2"
    page = soup(elsewhere(site, amina, first, more="oui", rows="18"))
    assert len(page.select(".series-row")) == 20 and not page.select("[name=more]")


def test_only_who_may_prepare_workshops_here_copies_one(site: Site) -> None:
    amina = site.signed_in("facilitator")
    first = draft(site, amina, DOTS)
    amina.post(f"/ateliers/{first.id}/annonce")
    for persona in ("resident", "relay", "moderator"):
        assert elsewhere(site, site.signed_in(persona), first).status_code == 403
    assert elsewhere(site, site.visitor(), first).status_code in (200, 401, 403)
    assert not [room for room in rooms(site, first) if room.series_id]


def test_results_of_the_same_question_add_up_room_by_room(site: Site) -> None:
    amina = site.signed_in("facilitator")
    first = draft(site, amina, DOTS)
    elsewhere(site, amina, first)
    one, two, third = (steps(site, room)[0] for room in (first, *rooms(site, first)))
    voted(site, one, {"habitants": [{0: 2, 1: 1}] * 6, "jeunes": [{1: 2}] * 5})
    voted(site, two, {"habitants": [{2: 2, 0: 1}] * 7})
    article = series_page(site, first).select_one(f"#etape-{one.id}")
    said = " ".join(article.text.split())
    assert "2 salles additionnées" in said and "18 bulletins" in said
    lines = [re.findall(r"\d+", row.select_one(".tally__total").text)[-1] for row in article.select("tbody tr")]
    assert lines == ["19", "16", "14"], "6×2+7×1, 6×1+5×2, 7×2"
    links = [a["href"] for a in article.select("a") if "#etape-" in a["href"]]
    assert len(links) == 2 and links[1].endswith(f"#etape-{two.id}")
    with site.reading() as db:
        assert db.get_one(Step, third.id).status == "waiting"


def test_a_twin_that_asks_something_else_is_not_added_up_and_says_so(site: Site) -> None:
    amina = site.signed_in("facilitator")
    first = draft(site, amina, DOTS)
    elsewhere(site, amina, first)
    copy, other = rooms(site, first)
    write(site, amina, copy, steps(site, copy)[0], **DOTS | {"typed": "Car\nHalle\nPiscine"})
    write(site, amina, other, steps(site, other)[0], **DOTS | {"dots": 6})
    for room in (first, copy, other):
        voted(site, steps(site, room)[0], {"habitants": [{0: 1}] * 5})
    article = series_page(site, first).select_one("article")
    assert "1 salle additionnée" in article.text.replace("\u00a0", " ")
    assert "les choix y sont différents" in article.text and copy.title in article.text and other.title in article.text
    assert "ne sont plus ceux de la série" in amina.get(f"/ateliers/{copy.id}/preparation").text


def test_editing_the_first_updates_the_twins_only_when_one_says_so(site: Site) -> None:
    amina = site.signed_in("facilitator")
    first = draft(site, amina, DOTS)
    elsewhere(site, amina, first)
    begun, waiting = rooms(site, first)
    origin = steps(site, first)[0]
    with site.writing() as db:
        db.get_one(Step, steps(site, begun)[0].id).status = "open"
    assert soup(amina.get(f"/ateliers/{first.id}/sequences/{origin.id}")).select_one("[name=twins]")
    seen = waiting.edited
    write(site, amina, first, origin, **DOTS | {"title": "Par quoi commencer ici ?"})
    assert titles(site, waiting) == [DOTS["title"]]
    changed = DOTS | {"title": "Par quoi commencer demain ?", "typed": "Car\nHalle\nPiscine", "dots": 4}
    answer = write(site, amina, first, origin, **changed, twins="true")
    assert "ici et ailleurs : 1" in answer.text.replace("\u00a0", " ")
    assert titles(site, begun) == [DOTS["title"]] and titles(site, waiting) == [changed["title"]]
    twin = steps(site, waiting)[0]
    assert twin.dots == 4 and [o.title for o in rows(site, twin)] == ["Car", "Halle", "Piscine"]
    assert [o.twin_id for o in rows(site, twin)] == options(site, origin)
    with site.reading() as db:
        assert db.get_one(Workshop, waiting.id).edited > seen, "whoever edits the copy is told"
        assert reads.changed_since(db, [twin]) == {twin.id: False}


def test_a_new_step_of_the_first_goes_to_the_others_too_when_one_says_so(site: Site) -> None:
    amina = site.signed_in("facilitator")
    pause = {"kind": "pause", "title": "Pause", "minutes": 5}
    first = draft(site, amina, DOTS, pause)
    elsewhere(site, amina, first, n=1)
    (copy,) = rooms(site, first)
    vote = steps(site, first)[0]
    more = {"kind": "agreement", "title": "D’accord pour le car ?", "typed": "Le car", "minutes": 5, "after": vote.id}
    write(site, amina, first, **more, twins="true")
    assert titles(site, copy) == titles(site, first) == [DOTS["title"], "D’accord pour le car ?", "Pause"]
    assert steps(site, copy)[1].twin_id == steps(site, first)[1].id


def test_a_step_or_a_choice_taken_out_of_the_first_leaves_its_twins_on_their_own(site: Site) -> None:
    amina = site.signed_in("facilitator")
    first = draft(site, amina, DOTS)
    elsewhere(site, amina, first, n=1)
    (copy,) = rooms(site, first)
    origin = steps(site, first)[0]
    write(site, amina, first, origin, **DOTS | {"typed": "Car\nHalle"})
    assert [o.twin_id is None for o in rows(site, steps(site, copy)[0])] == [False, False, True]
    assert act(site, amina, first, f"sequences/{origin.id}/retrait").status_code == 200
    twin = steps(site, copy)[0]
    assert twin.twin_id is None and len(rows(site, twin)) == 3


def test_nobody_reads_a_series_of_drafts_nor_its_drafts(site: Site) -> None:
    amina, visitor = site.signed_in("facilitator"), site.visitor()
    first = draft(site, amina, DOTS)
    elsewhere(site, amina, first)
    copies = rooms(site, first)
    path = f"/ateliers/series/{copies[0].series_id}"
    assert visitor.get(path).status_code == 404 and visitor.get("/ateliers/series/99999999999").status_code == 404
    assert amina.get(path).status_code == 200
    amina.post(f"/ateliers/{first.id}/annonce")
    page = visitor.get(f"{path}-un-autre-nom")
    assert page.status_code == 200 and page.url.path.startswith(f"{path}-se-deplacer-le-soir")
    assert first.title in page.text and copies[0].title not in page.text
    assert path in visitor.get(f"/ateliers/{first.id}").text


def test_results_that_are_not_published_are_not_in_the_sum_that_everyone_reads(site: Site) -> None:
    amina = site.signed_in("facilitator")
    first = draft(site, amina, DOTS)
    elsewhere(site, amina, first, n=1)
    for room in (first, *rooms(site, first)):
        voted(site, steps(site, room)[0], {"habitants": [{0: 1}] * 5})
    with site.writing() as db:
        db.get_one(Workshop, rooms(site, first)[0].id).status = "closed"
    assert "1 salle additionnée" in series_page(site, first).text.replace("\u00a0", " ")
    assert "2 salles additionnées" in series_page(site, first, amina).text.replace("\u00a0", " ")


def test_a_series_is_read_in_as_many_statements_whatever_the_number_of_its_rooms(site: Site) -> None:
    amina, spent = site.signed_in("facilitator"), []
    for n in (1, 4):
        first = draft(site, amina, DOTS)
        elsewhere(site, amina, first, n=n)
        for room in (first, *rooms(site, first)):
            voted(site, steps(site, room)[0], {"habitants": [{0: 1}] * 5})
        with site.counting() as statements:
            assert f"{n + 1} salles additionnées" in series_page(site, first).text.replace("\u00a0", " ")
        spent.append(len(statements))
    assert spent[0] == spent[1]


Result = counting.Result


def counted(**ballots: int) -> Result:
    """A vote with so many ballots a collège."""
    casts = [counting.Cast(college, {1: 1}) for college, n in ballots.items() for _one in range(n)]
    return counting.dots([1], casts, ballots)


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        ([counted(habitants=10, jeunes=6), counted(habitants=9, jeunes=5)], ["habitants", "jeunes"]),
        ([counted(habitants=10, jeunes=6), counted(habitants=9, jeunes=3)], []),
        ([counted(habitants=10, jeunes=3), counted(habitants=9, jeunes=4)], ["habitants", "jeunes"]),
        ([counted(habitants=20, jeunes=2), counted(habitants=20, jeunes=0)], []),
        ([counted(habitants=20, jeunes=7, elus=2), counted(habitants=9, jeunes=8, elus=9)], ["habitants"]),
    ],
)
def test_a_collège_hidden_in_one_room_is_not_found_by_subtraction(parts: list[Result], kept: list[str]) -> None:
    pooled = counting.pool([1], [(part, {1: 1}) for part in parts])
    assert [c for c in pooled.ballots_by if c not in reads.withheld(parts, pooled)] == kept


def test_the_board_says_the_rooms_of_a_series_in_one_line(site: Site) -> None:
    amina = site.signed_in("facilitator")
    with site.reading() as db:
        home = db.exec(select(Workshop).where(Workshop.code == "PGNU47")).one()
        mine = select(Option.priority_id).join(Step, col(Step.id) == Option.step_id).join(Workshop, col(Workshop.id) == Step.workshop_id).where(Workshop.territory_id == home.territory_id)  # fmt: skip
        priority = db.exec(mine.where(col(Option.priority_id).is_not(None))).first()
    first = draft(site, amina, DOTS | {"typed": "Car\nHalle", "priorities": [priority]})
    elsewhere(site, amina, first)
    for room in (first, *rooms(site, first)):
        voted(site, steps(site, room)[0], {"habitants": [{0: 1}] * 4 + [{1: 2}] * 3})
    page = soup(site.visitor().get(f"/priorites/{priority}"))
    line = next(li for li in page.select("li") if DOTS["title"] in li.text)
    assert "3 ateliers" in line.text and "12 sur 21" in line.text.replace("\u00a0", " ")
    assert len([li for li in page.select("li") if DOTS["title"] in li.text]) == 1


def test_the_demonstration_has_a_workshop_held_twice(site: Site) -> None:
    with site.reading() as db:
        series = db.exec(select(Series)).one()
    page = soup(site.visitor().get(f"/ateliers/series/{series.id}"))
    assert len(page.select("article")) == 3 and page.text.count("2 salles additionnées") == 3
