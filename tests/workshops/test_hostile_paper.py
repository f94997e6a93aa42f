"""Paper ballots: wrong numbers, wrong marks, wrong hands, two at the same moment."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest

from app.core.db import now
from app.core.errors import ConflictError
from app.workshops.forms.paper import number_of
from app.workshops.models import PaperBallot, Step, Workshop
from app.workshops.service import paper
from app.workshops.states import Paper
from tests.site import Site
from tests.workshops.acts import options, prepared, room, soup, steps
from tests.workshops.papers import Room, words


@pytest.mark.parametrize(
    ("typed", "number"),
    [("P-0318", 318), ("p 318", 318), ("318", 318), ("N° 12", 12), ("0", None), ("P-", None), ("x12", None), ("", None),
     ("9" * 30, None), ("-4", 4), ("١٢", None)],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(typed: str, number: int | None) -> None:
    assert number_of(typed) == number


def test_a_number_that_is_not_of_this_question_says_which_it_is(site: Site) -> None:
    here = Room(site)
    here.print(2)
    with site.writing() as db:
        other = Step(
            workshop_id=here.workshop.id or 0, position=9, kind="dots", title="Une autre question", minutes=5,
            status="waiting",
        )  # fmt: skip
        db.add(other)
        db.flush()
        db.add(PaperBallot(step_id=other.id or 0, number=40, status=Paper.PRINTED.value, printed_at=now()))
    assert "n’a pas été imprimé" in words(here.amina.get(f"{here.base}/numero", params={"numero": "P-0033"}))
    assert "Une autre question" in words(here.amina.get(f"{here.base}/numero", params={"numero": "40"}))
    for typed in ("<b>douze", "\x00", "\x85\uffff"):
        assert here.amina.get(f"{here.base}/numero", params={"numero": typed}).status_code == 422
    for wrong in ("40", "0", "99999999", "333333333333"):
        assert here.amina.get(f"{here.base}/{wrong}").status_code == 404
        assert here.type(here.amina, wrong, {0: 1}).status_code == 404  # type: ignore[arg-type]


@pytest.mark.parametrize("marks", [{0: 3}, {0: 2, 1: 2, 2: 2}, {0: 77}, {0: "deux"}, {0: "-1"}, {0: "1.5"}])
def test_a_ballot_that_is_none_is_refused_and_kept_on_the_page(site: Site, marks: dict[int, Any]) -> None:
    here = Room(site)
    here.print()
    response = here.type(here.amina, 1, marks)
    assert response.status_code == 422
    assert here.paper(1).status == "printed"
    assert soup(response).select("input[name=mark]")[0].get("value") == str(marks[0])


@pytest.mark.parametrize(
    "more",
    [{"college": "elus"}, {"college": ""}, {"option": ["1"], "mark": ["1", "1"]}, {"option": ["999999"], "mark": ["1"]},
     {"option": ["99999999999"], "mark": ["1"]}, {"words": "x" * 501}],
)  # fmt: skip
def test_what_no_form_of_ours_sends_writes_nothing(site: Site, more: dict[str, Any]) -> None:
    here = Room(site)
    here.print()
    assert here.type(here.amina, 1, {0: 1}, **more).status_code == 422
    assert here.paper(1).status == "printed"


def test_a_counted_ballot_is_typed_no_more(site: Site) -> None:
    here = Room(site)
    here.print()
    for who in (here.amina, here.katell):
        here.type(who, 1, {0: 1})
    refused = here.type(here.amina, 1, {1: 1})
    assert refused.status_code == 409
    assert "déjà compté" in words(refused)
    assert len(here.counted()) == 1


def test_before_the_vote_opens_ballots_are_printed_but_not_typed(site: Site) -> None:
    workshop, amina = room(site, status="scheduled"), site.signed_in("facilitator")
    step = next(each for each in steps(site, workshop) if each.kind == "dots")
    base = f"/ateliers/{workshop.id}/sequences/{step.id}/bulletins"
    assert amina.post(f"{base}/impression", {"copies": 2}).status_code == 200
    refused = amina.post(f"{base}/1", {"college": "jeunes", "option": options(site, step)[:1], "mark": ["1"]})
    assert refused.status_code == 409
    assert "pas encore ouvert" in words(refused)
    presentation = next(each for each in steps(site, workshop) if each.kind == "presentation")
    assert amina.get(f"/ateliers/{workshop.id}/sequences/{presentation.id}/bulletins").status_code == 404


def test_only_the_crew_types_ballots(site: Site) -> None:
    here = Room(site)
    here.print()
    for who in (site.visitor(), site.signed_in("resident"), site.signed_in("moderator")):
        assert here.type(who, 1, {0: 1}).status_code == 403
        assert who.post(f"{here.base}/impression", {"copies": 2}).status_code == 403
        assert who.post(f"{here.base}/1/nul", {"reason": "damaged"}).status_code == 403
        for path in ("", "/1", "/papier?de=1&a=2", "/papier.pdf?de=1&a=2"):
            assert "P-0001" not in who.get(here.base + path).text
    other = prepared(site, here.amina)
    assert here.amina.get(f"/ateliers/{other.id}/sequences/{here.step.id}/bulletins").status_code == 404
    assert here.paper(1).status == "printed"


def test_two_persons_at_the_same_moment_make_one_ballot(site: Site) -> None:
    here = Room(site)
    here.print()
    first = options(site, here.step)[0]
    people = [here.person("facilitator"), here.person("relay"), here.person("moderator"), here.person("facilitator")]
    ready = Barrier(len(people))
    refused: list[str] = []

    def read(person_id: int) -> None:
        ready.wait()
        try:
            with site.database.writing() as db:
                workshop, step = db.get_one(Workshop, here.workshop.id), db.get_one(Step, here.step.id)
                paper.enter(db, workshop, step, 1, paper.Reading("jeunes", {first: 2}), by=person_id)
        except ConflictError as refusal:
            refused.append(refusal.message)

    _together([lambda person_id=person_id: read(person_id) for person_id in people])
    assert len(here.counted()) == 1
    assert here.paper(1).entered_by != here.paper(1).read_by
    assert all("déjà compté" in said for said in refused)


def test_two_printings_at_the_same_moment_share_no_number(site: Site) -> None:
    here = Room(site)
    ready = Barrier(4)
    found: list[tuple[int, int]] = []

    def print_some() -> None:
        ready.wait()
        with site.database.writing() as db:
            workshop, step = db.get_one(Workshop, here.workshop.id), db.get_one(Step, here.step.id)
            found.append(paper.print_ballots(db, workshop, step, 25, by=here.person("facilitator")))

    _together([print_some] * 4)
    assert sorted(found) == [(1, 25), (26, 50), (51, 75), (76, 100)]


def _together(acts: list[Callable[[], None]]) -> None:
    threads = [Thread(target=each) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_longest_words_and_most_options_still_print(site: Site) -> None:
    here = Room(site, typed="\n".join(f"{n} {'Très long choix ' * 5}"[:90] for n in range(12)))
    with site.writing() as db:
        step = db.get_one(Step, here.step.id)
        step.title, step.kind = "Q" * 90, "judgment"
        db.add(step)
    here.print(4)
    assert here.amina.get(f"{here.base}/papier.pdf?de=1&a=4").content.startswith(b"%PDF")
    for bounds in ("de=0&a=3", "de=9&a=3", "de=50&a=60", "de=-1&a=1", "de=99999999999&a=999999999999"):
        assert here.amina.get(f"{here.base}/papier?{bounds}").status_code == 404
