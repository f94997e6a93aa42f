"""Writing a report: each text kept as it is typed, two people at once, objections shown one by one."""

from datetime import date
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup

from app.workshops.models import Ballot, Outcome, Workshop
from app.workshops.queries import report as reports
from tests.site import Site, Visitor
from tests.workshops.acts import colleague, shown, steps, stored
from tests.workshops.closed_rooms import WORDS, agreement, base, closed, dots, write


def _small(visitor: Visitor, path: str, data: dict[str, Any], target: str = "report_saved") -> httpx.Response:
    """What htmx sends while somebody types."""
    return visitor.post(path, data, headers={"hx-request": "true", "hx-target": f"div#{target}"})


def _seals(page: str) -> dict[str, str]:
    return {field["id"]: field["value"] for field in _soup(page).select("input[type=hidden][id]")}


def _soup(page: str) -> Any:
    return BeautifulSoup(page, "html.parser")


def _lines(site: Site, workshop: Workshop) -> list[Outcome]:
    with site.reading() as db:
        return list(reports.list_outcomes(db, workshop.id or 0))


# Writing


def test_each_text_is_kept_as_it_is_typed(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), closed(site, dots())
    page = amina.get(f"{base(workshop)}/compte-rendu/redaction").text
    seals = _seals(page)
    sent = {"conclusion": "La pla", "next_steps": "", **{k: seals[k] for k in ("conclusion_seen", "next_steps_seen")}}
    answer = _small(amina, f"{base(workshop)}/compte-rendu/textes", sent)
    assert answer.status_code == 200 and "Enregistré à" in answer.text and "<html" not in answer.text
    assert stored(site, workshop).conclusion == "La pla"
    again = sent | {"conclusion": "La place", "conclusion_seen": _seals(answer.text)["conclusion_seen"]}
    assert _small(amina, f"{base(workshop)}/compte-rendu/textes", again).status_code == 200
    assert stored(site, workshop).conclusion == "La place"


def test_nothing_is_published_before_its_box_is_ticked_and_what_was_typed_stays(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), closed(site, dots())
    page = _soup(amina.get(f"{base(workshop)}/compte-rendu/redaction").text)
    box = page.find("input", {"name": "sure"})
    assert box["form"] == "report_texts" and not box.has_attr("checked")
    answer = write(amina, workshop, "compte-rendu", conclusion=WORDS)
    assert answer.status_code == 422 and stored(site, workshop).status == "closed"
    again = _soup(answer.text)
    assert again.find(id="conclusion").text.strip() == WORDS
    assert "Cochez la case" in again.find("input", {"name": "sure"}).find_parent(class_="field").text
    write(amina, workshop, "compte-rendu", conclusion=WORDS, sure="true")
    assert stored(site, workshop).status == "published"


def test_two_people_write_at_once_and_neither_loses_a_word(site: Site) -> None:
    workshop = closed(site, dots(), conclusion="Ce que disait le brouillon.")
    amina, other = site.signed_in("facilitator"), colleague(site)
    seals = _seals(amina.get(f"{base(workshop)}/compte-rendu/redaction").text)
    seen = {k: seals[k] for k in ("conclusion_seen", "next_steps_seen")}
    path = f"{base(workshop)}/compte-rendu/textes"
    first = {"conclusion": "Ce que dit Amina.", "next_steps": ""} | seen
    assert _small(amina, path, first).status_code == 200
    untouched = {"conclusion": "Ce que disait le brouillon.", "next_steps": "Une date en mai."} | seen
    assert _small(other, path, untouched).status_code == 200  # another field: both stay
    held = stored(site, workshop)
    assert (held.conclusion, held.next_steps) == ("Ce que dit Amina.", "Une date en mai.")
    both = {"conclusion": "Ce que dit l’autre.", "next_steps": "Une date en mai."} | seen
    refused = _small(other, path, both)
    assert refused.status_code == 409 and "Ce que dit Amina." in refused.text
    whole = other.post(path, both)  # without script, the page comes back with both texts
    assert whole.status_code == 409 and "Ce que dit Amina." in whole.text
    assert _soup(whole.text).find(id="conclusion").text.strip() == "Ce que dit l’autre."
    chosen = _soup(refused.text).find("button", attrs={"name": "replace"})["value"]
    assert _small(other, path, both | {"replace": chosen}).status_code == 200
    assert stored(site, workshop).conclusion == "Ce que dit l’autre."


def test_decisions_are_added_changed_moved_and_removed(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), closed(site, dots())
    for text in ("Fermer la place", "Planter un arbre", "Fermer la place"):  # the last one is the first, sent twice
        answer = write(amina, workshop, "decisions", text=text, holder="La commune", due_on="2027-03-01")
        assert answer.status_code == 200
    write(amina, workshop, "decisions", text="Qui paie", unresolved="true")
    closing, planting, paying = _lines(site, workshop)
    assert (closing.due_on, closing.holder, paying.unresolved) == (date(2027, 3, 1), "La commune", True)
    page = amina.get(f"{base(workshop)}/compte-rendu/redaction").text
    seen = _seals(page)[f"seen-{planting.id}"]
    sent = {"text": "Planter trois arbres", "holder": "", "due_on": "", "seen": seen}
    assert _small(amina, f"{base(workshop)}/decisions/{planting.id}", sent).status_code == 200
    write(amina, workshop, f"decisions/{planting.id}/ordre", direction="up")
    write(amina, workshop, f"decisions/{planting.id}/ordre", direction="up")  # beyond the end: nothing moves
    write(amina, workshop, f"decisions/{closing.id}/retrait")
    assert [(row.text, row.due_on) for row in _lines(site, workshop)] == [
        ("Planter trois arbres", None), ("Qui paie", None),
    ]  # fmt: skip
    part = _small(amina, f"{base(workshop)}/decisions", {"text": "Un banc"}, "report_outcomes")
    assert "Planter trois arbres" in part.text and "Un banc" in part.text and "<html" not in part.text


def test_a_decision_changed_or_removed_by_somebody_else_keeps_what_was_typed(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), closed(site, dots())
    write(amina, workshop, "decisions", text="Fermer la place")
    row = _lines(site, workshop)[0]
    path = f"{base(workshop)}/decisions/{row.id}"
    seen = _seals(amina.get(f"{base(workshop)}/compte-rendu/redaction").text)[f"seen-{row.id}"]
    assert amina.post(path, {"text": "Fermer le samedi", "seen": seen}).status_code == 200
    stale = amina.post(path, {"text": "Fermer le dimanche", "seen": seen})
    assert stale.status_code == 409 and "Fermer le samedi" in stale.text and "Fermer le dimanche" in stale.text
    too_long = amina.post(path, {"text": "x" * 401, "seen": seen})
    assert too_long.status_code == 422 and "x" * 401 in too_long.text
    amina.post(f"{path}/retrait")
    gone = amina.post(path, {"text": "Fermer le dimanche", "seen": seen})
    assert gone.status_code == 404 and "Fermer le dimanche" in gone.text and not _lines(site, workshop)
    assert amina.post(f"{base(workshop)}/decisions/{2**40}", {"text": "Fermer"}).status_code == 404


def test_a_decision_of_another_room_is_out_of_reach(site: Site) -> None:
    amina, mine, other = site.signed_in("facilitator"), closed(site), closed(site, code="AAAA34")
    write(amina, other, "decisions", text="Celle de l’autre salle")
    row = _lines(site, other)[0]
    for what in ("", "/retrait", "/ordre"):
        answer = write(amina, mine, f"decisions/{row.id}{what}", text="Changée", direction="up")
        assert answer.status_code == 404, what
    assert [r.text for r in _lines(site, other)] == ["Celle de l’autre salle"]


@pytest.mark.parametrize("status", ["scheduled", "published"])
def test_nothing_is_written_before_the_room_opens_nor_after_the_publication(site: Site, status: str) -> None:
    amina, workshop = site.signed_in("facilitator"), closed(site, status=status, conclusion=WORDS)
    assert write(amina, workshop, "decisions", text="Trop tard, ou trop tôt").status_code == 409
    assert write(amina, workshop, "compte-rendu/textes", conclusion="Autre chose").status_code == 409
    assert stored(site, workshop).conclusion == WORDS and not _lines(site, workshop)


# Objections


def test_objections_are_hidden_until_they_are_shown_and_never_with_their_vote(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = closed(
        site, agreement({1: "Rien <b>pour</b> les saisons", 3: "Mon voisin Yann est contre", 25: "Trop vite"})
    )
    page = f"{base(workshop)}/compte-rendu"
    assert "3 objections écrites ne sont pas montrées ici." in shown(amina.get(page))
    with site.reading() as db:
        said = list(reports.list_objections(db, [steps(site, workshop)[0].id or 0]))
    first = next(ballot for ballot in said if "saisons" in ballot.words)
    part = _small(amina, f"{base(workshop)}/objections/{first.id}", {"shown": "true"}, "report_objections")
    assert part.status_code == 200 and "Dans le compte rendu" in part.text
    text = shown(amina.get(page))
    assert "Rien &lt;b&gt;pour&lt;/b&gt; les saisons" in text and "Yann" not in text
    assert "2 objections écrites ne sont pas montrées ici." in text
    step = steps(site, workshop)[0]
    write(amina, workshop, f"sequences/{step.id}/objections", shown="true")
    assert "Yann" in amina.get(page).text
    write(amina, workshop, "compte-rendu", conclusion=WORDS, sure="true")
    named = next(ballot for ballot in said if "Yann" in ballot.words)
    assert write(amina, workshop, f"objections/{named.id}", shown="false").status_code == 200  # still, once published
    assert "Yann" not in site.visitor().get(page).text
    assert write(amina, workshop, f"objections/{named.id}", shown="true").status_code == 409
    assert write(amina, workshop, f"sequences/{step.id}/objections", shown="true").status_code == 409


def test_objections_are_read_and_shown_by_the_crew_alone(site: Site) -> None:
    workshop = closed(site, agreement({1: "Trop vite"}))
    (step,) = steps(site, workshop)
    other, page = colleague(site), f"{base(workshop)}/compte-rendu/redaction"
    with site.reading() as db:
        (ballot,) = reports.list_objections(db, [step.id or 0])
    assert "Trop vite" not in shown(other.get(page)) and "Trop vite" in shown(site.signed_in("facilitator").get(page))
    for what in (f"objections/{ballot.id}", f"sequences/{step.id}/objections"):
        assert write(other, workshop, what, shown="true").status_code == 403
    with site.reading() as db:
        assert not db.get_one(Ballot, ballot.id).words_shown
    other.post(f"{base(workshop)}/equipe/moi")
    assert "Trop vite" in shown(other.get(page))


def test_an_objection_of_another_room_stays_as_it_is(site: Site) -> None:
    amina, mine = site.signed_in("facilitator"), closed(site)
    other = closed(site, agreement({1: "Trop vite"}), code="AAAA34")
    with site.reading() as db:
        (ballot,) = reports.list_objections(db, [steps(site, other)[0].id or 0])
    assert write(amina, mine, f"objections/{ballot.id}", shown="true").status_code == 404
    with site.reading() as db:
        assert not db.get_one(Ballot, ballot.id).words_shown


def test_what_is_to_check_goes_as_it_is_settled(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), closed(site, dots())
    page = shown(amina.get(f"{base(workshop)}/compte-rendu/redaction"))
    assert "Il manque ce que la salle conclut" in page and "Aucune décision ni aucun point" in page
    assert page.count('id="to_check"') == 1 and "hx-swap-oob" not in page
    part = _small(amina, f"{base(workshop)}/decisions", {"text": "Poser deux bancs"}, "report_outcomes").text
    assert 'id="to_check" hx-swap-oob="true"' in part and "Aucune décision ni aucun point" not in part
    assert "Il manque ce que la salle conclut" in part.replace("\u00a0", " ")
    part = _small(amina, f"{base(workshop)}/compte-rendu/textes", {"conclusion": WORDS, "next_steps": ""}).text
    assert 'id="to_check" hx-swap-oob="true"' in part and "Il manque" not in part
