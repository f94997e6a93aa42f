"""Ballots on paper: numbered, typed by one person, read again by another, and only then in the result."""

import io
from typing import Any

import httpx
import pikepdf
import pytest
from sqlmodel import select

from app.workshops import queries
from app.workshops.models import PaperBallot, Step
from app.workshops.states import GRADES
from tests.site import Site
from tests.workshops.acts import act, options, room, seated, soup, steps, vote
from tests.workshops.console_acts import again
from tests.workshops.papers import Room, closed_with_a_ballot_read_twice, read_two_ways, words


def test_a_ballot_counts_once_two_persons_read_the_same(site: Site) -> None:
    here = Room(site)
    here.print()
    first, second, _third = options(site, here.step)
    assert "Une autre personne doit le relire" in words(here.type(here.amina, 3, {0: 2, 1: 1}))
    assert (here.paper(3).status, here.counted()) == ("entered", [])
    assert "est compté" in words(here.type(here.katell, 3, {0: 2, 1: 1}))
    ballot = here.counted()[0]
    assert (ballot.seat_id, ballot.paper_id, ballot.college) == (None, here.paper(3).id, "jeunes")
    assert ballot.marks == {str(first): 2, str(second): 1}
    assert (here.paper(3).entered_by, here.paper(3).read_by) == (here.person("facilitator"), here.person("relay"))


def test_the_second_reading_owes_nothing_to_the_first(site: Site) -> None:
    here = Room(site)
    here.print()
    here.type(here.amina, 1, {0: 2})
    blind = soup(here.katell.get(f"{here.base}/1"))
    assert not [field for field in blind.select("input[name=mark]") if field.get("value")]
    assert not blind.select("select[name=college] option[selected]:not([value=''])")
    own = soup(here.amina.get(f"{here.base}/1"))
    assert [field.get("value") for field in own.select("input[name=mark]")] == ["2", "", ""]


def test_results_wait_for_a_second_answer_while_ballots_on_paper_wait(site: Site) -> None:
    here = Room(site)
    here.print()
    here.type(here.amina, 1, {0: 2})
    here.type(here.amina, 2, {0: 2})
    here.type(here.katell, 2, {1: 2})
    act(site, here.amina, here.workshop, f"sequences/{here.step.id}/cloture")
    reveal = f"sequences/{here.step.id}/resultats"
    asked = act(site, here.amina, here.workshop, reveal)
    assert "2 bulletins papier attendent : révéler quand même ?" in words(asked)
    assert "1 bulletin attend la lecture" in words(asked) and "1 bulletin a été lu de deux façons" in words(asked)
    assert soup(asked).find("a", href=here.base)
    assert again(site, here.step).status == "closed"
    form = soup(asked).select_one(f'form[action$="/{reveal}"]')
    here.amina.post(form["action"], {field["name"]: field["value"] for field in form.select("input")})
    assert again(site, here.step).status == "revealed"
    assert here.amina.get(f"/ateliers/{here.workshop.id}/{reveal}").url.path.endswith("/regie")


def test_without_a_ballot_that_waits_results_are_shown_at_once(site: Site) -> None:
    here = closed_with_a_ballot_read_twice(site)
    act(site, here.amina, here.workshop, f"sequences/{here.step.id}/resultats")
    assert again(site, here.step).status == "revealed"


def test_two_readings_that_differ_are_shown_side_by_side_and_not_counted(site: Site) -> None:
    here = Room(site)
    here.print()
    here.type(here.amina, 1, {0: 2})
    shown = here.type(here.katell, 1, {0: 1, 2: 1})
    assert "deux lectures différentes" in words(shown)
    assert soup(shown).select("table tbody tr")
    assert (here.paper(1).status, here.counted()) == ("differs", [])


@pytest.mark.parametrize("who", ["first", "second", "third like the first", "third like the second"])
def test_a_difference_is_settled_by_a_reader_or_by_a_third(site: Site, who: str) -> None:
    here = read_two_ways(site)
    reader, marks = {
        "first": (here.amina, {1: 2}), "second": (here.katell, {0: 2}),
        "third like the first": (site.signed_in("moderator"), {0: 2}),
        "third like the second": (site.signed_in("moderator"), {1: 2}),
    }[who]  # fmt: skip
    here.type(reader, 1, marks)
    found, settled = options(site, here.step), here.paper(1)
    assert [ballot.marks for ballot in here.counted()] == [{str(found[next(iter(marks))]): 2}]
    assert settled.status == "counted"
    assert settled.entered_by != settled.read_by


def test_a_third_reading_unlike_both_waits_for_a_fourth(site: Site) -> None:
    here = read_two_ways(site)
    here.type(site.signed_in("moderator"), 1, {2: 2})
    assert (here.paper(1).status, here.paper(1).entered_by) == ("entered", here.person("moderator"))
    here.type(here.amina, 1, {2: 2})
    assert here.paper(1).status == "counted"


def test_nobody_reads_their_own_ballot_again(site: Site) -> None:
    here = Room(site)
    here.print()
    here.type(here.amina, 1, {0: 2})
    here.type(here.amina, 1, {0: 2})
    here.type(here.amina, 1, {0: 1})
    assert (here.paper(1).status, here.counted()) == ("entered", [])
    here.type(here.katell, 1, {0: 2})
    here.type(here.katell, 1, {0: 2})
    assert here.paper(1).status == "differs", "saying again the same thing settles nothing"


def test_alone_in_the_crew_nothing_is_counted_and_the_page_says_so(site: Site) -> None:
    here = Room(site, alone=True)
    here.print()
    here.type(here.amina, 1, {0: 2})
    assert "Une seule personne dans l’équipe" in words(here.amina.get(here.base))
    assert here.type(here.katell, 1, {0: 2}).status_code == 403
    act(site, here.amina, here.workshop, f"sequences/{here.step.id}/cloture")
    act(site, here.amina, here.workshop, "fin")
    assert (here.paper(1).status, here.counted()) == ("entered", [])


def test_numbers_continue_and_are_one_a_step(site: Site) -> None:
    here = Room(site)
    shown = here.print(7)
    assert "P-0001" in shown.text and "P-0007" in shown.text
    assert "P-0008" in here.print(3).text
    with site.reading() as db:
        numbers = db.exec(select(PaperBallot.number).where(PaperBallot.step_id == here.step.id)).all()
    assert sorted(numbers) == list(range(1, 11))
    for copies in (0, 201, -3, "beaucoup", ""):
        assert here.amina.post(f"{here.base}/impression", {"copies": copies}).status_code == 422


def test_a_ballot_typed_opens_the_next_one_and_another_number_is_asked_for_in_its_page(site: Site) -> None:
    here = Room(site)
    here.print(3)
    page = soup(here.amina.get(here.base))
    following = page.select_one("input[name=suivant]")
    assert page.select_one("input#numero[autofocus]") and following and following["value"] == "P-0001"
    opened = here.amina.get(f"{here.base}/numero", params={"numero": "", "suivant": "P-0002"})
    assert heading(opened) == "P-0002"
    following_page = here.type(here.amina, 1, {0: 1})
    assert heading(following_page) == "P-0002" and "P-0001 est saisi." in words(following_page)
    other = soup(following_page).select_one("form[method=get] input#numero")
    assert other and heading(here.amina.get(f"{here.base}/numero", params={"numero": "3"})) == "P-0003"
    here.type(here.amina, 2, {0: 1})
    assert heading(here.katell.get(f"{here.base}/1")) == "P-0001, deuxième lecture"
    assert heading(here.type(here.katell, 1, {0: 1})) == "P-0002, deuxième lecture"
    assert heading(here.type(here.katell, 2, {0: 1})) == "Bulletins papier", "nothing is left to read again"


def heading(response: httpx.Response) -> str:
    """The title of a page."""
    found = soup(response).select_one("h1")
    assert found
    return found.get_text(strip=True)


def test_a_void_ballot_says_why_and_leaves_the_result(site: Site) -> None:
    here = Room(site)
    here.print()
    for who in (here.amina, here.katell):
        here.type(who, 1, {0: 1})
    assert len(here.counted()) == 1
    for sent in ({}, {"reason": "parce que"}, {"reason": "other", "words": " "}):
        assert here.amina.post(f"{here.base}/1/nul", sent).status_code == 422
    shown = here.amina.post(f"{here.base}/1/nul", {"reason": "other", "words": "Doublon avec un téléphone"})
    assert "Doublon avec un téléphone" in words(shown)
    assert (here.paper(1).status, here.counted()) == ("void", [])
    assert here.type(here.amina, 1, {0: 1}).status_code == 409
    assert here.amina.post(f"{here.base}/2/nul", {"reason": "damaged"}).status_code == 200
    assert here.paper(2).entered_by == here.person("facilitator")


def test_entry_opens_with_the_vote_lasts_after_it_and_ends_when_results_are_shown(site: Site) -> None:
    here = Room(site)
    here.print()
    act(site, here.amina, here.workshop, f"sequences/{here.step.id}/cloture")
    here.type(here.amina, 1, {0: 1})
    here.type(here.katell, 1, {0: 1})
    here.type(here.amina, 2, {0: 1})
    assert len(here.counted()) == 1
    act(site, here.amina, here.workshop, f"sequences/{here.step.id}/resultats", anyway="true")
    refused = here.type(here.katell, 2, {0: 1})
    assert refused.status_code == 409
    assert "résultats ont été montrés" in words(refused)
    assert here.print().status_code == 409
    assert here.amina.post(f"{here.base}/1/nul", {"reason": "damaged"}).status_code == 409
    assert len(here.counted()) == 1
    with site.reading() as db:
        present = queries.present_by(db, here.workshop.id or 0)
        result: Any = queries.results(db, [here.step], present)[here.step.id or 0]
    assert (result.ballots, result.papers) == (1, 1)


def test_more_ballots_than_people_is_said(site: Site) -> None:
    here = Room(site)
    phone = seated(site, here.workshop)
    vote(phone, here.workshop, here.step, {options(site, here.step)[0]: 1})
    here.print()
    here.type(here.amina, 1, {0: 1})
    here.type(here.katell, 1, {0: 1})
    shown = words(here.amina.get(here.base))
    assert "1 par téléphone" in shown
    assert "1 sur papier" in shown
    assert "1 bulletin de plus que de personnes présentes" in shown


GRADED: dict[str, dict[str, Any]] = {
    "judgment": {"kind": "judgment"}, "agreement": {"kind": "agreement"}, "yes_no": {"kind": "hands", "hands": "yes_no"},
    "single": {"kind": "hands", "hands": "single"}, "approval": {"kind": "hands", "hands": "approval"}, "dots": {},
}  # fmt: skip


@pytest.mark.parametrize("kind", GRADED)
def test_every_kind_of_vote_has_its_paper(site: Site, kind: str) -> None:
    here = Room(site)
    with site.writing() as db:
        step = db.get_one(Step, here.step.id)
        step.sqlmodel_update(GRADED[kind])
        db.add(step)
        here.step = step
    here.print(3)
    pdf = here.amina.get(f"{here.base}/papier.pdf?de=1&a=3")
    assert pdf.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(pdf.content)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "fr-FR"
    twin = words(here.amina.get(f"{here.base}/papier?de=1&a=3"))
    assert all(f"P-000{n}" in twin for n in (1, 2, 3))
    known = options(site, here.step)
    grade = {"judgment": 7, "agreement": 1, "yes_no": 3}.get(kind)
    for who in (here.amina, here.katell):
        if kind in ("single", "approval"):
            who.post(f"{here.base}/1", {"college": "jeunes", "choice": known[:1]})
        else:
            here.type(who, 1, {0: grade or 2}, words="Trop cher" if kind == "agreement" else "")
    ballot = here.counted()[0]
    assert ballot.marks == {str(known[0]): grade or (1 if kind in ("single", "approval") else 2)}
    assert ballot.words == ("Trop cher" if kind == "agreement" else "")
    assert not grade or grade in GRADES[kind]


def test_the_demonstration_shows_paper_counted_and_waiting(site: Site) -> None:
    under_way, past = room(site), room(site, status="published")
    amina = site.signed_in("facilitator")
    shown = words(amina.get(f"/ateliers/{under_way.id}/sequences/{under_way.step_id}/bulletins"))
    assert "à relire" in shown
    assert "Deux lectures différentes" in shown
    revealed = next(each for each in steps(site, past) if each.kind == "dots")
    with site.reading() as db:
        result: Any = queries.results(db, [revealed], queries.present_by(db, past.id or 0))[revealed.id or 0]
    assert result.papers == 4


def test_who_closes_the_room_is_told_of_the_ballots_that_nobody_read_again(site: Site) -> None:
    here = Room(site)
    here.print()
    page = f"/ateliers/{here.workshop.id}/fin"
    assert "attend : il" not in words(here.amina.get(page))
    here.type(here.amina, 1, {0: 2})
    assert "attend : il ne sera pas compté" in words(here.amina.get(page))
    here.type(here.amina, 2, {0: 2})
    act(site, here.amina, here.workshop, f"sequences/{here.step.id}/cloture")
    asked = here.amina.get(page)
    assert "attendent : ils ne seront pas comptés" in words(asked)
    assert f'href="{here.base}"' in asked.text
    act(site, here.amina, here.workshop, "fin")
    assert "attendent : ils" not in words(here.amina.get(page))
