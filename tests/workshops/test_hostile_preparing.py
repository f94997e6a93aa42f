"""Run sheets under attack: what others rely on is not changed under them, nor in rooms that one does not lead."""

import pytest
from sqlmodel import select

from app.core.db import now
from app.identity.models import Role
from app.workshops.models import Workshop
from app.workshops.queries import Rates
from tests.site import Site, Visitor
from tests.workshops import walls
from tests.workshops.acts import options, person_id, room, steps
from tests.workshops.drafts import DOTS, draft, newest, write

CARDS = {"kind": "cards", "title": "Qu’est-ce qui manque ?", "minutes": 5, "cards": 3}


@pytest.mark.parametrize("number", ["-1", "-9999999999999999999999", "99999999999999999999999"])
def test_a_recueil_that_no_engine_can_number_is_not_found(site: Site, number: str) -> None:
    amina = site.signed_in("facilitator")
    assert amina.get(f"/ateliers/{room(site).id}/cartes?etape={number}").status_code == 404


def test_a_recueil_that_something_needs_stays_a_recueil(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, CARDS, DOTS)
    recueil = steps(site, workshop)[0]
    write(site, amina, workshop, kind="grouping", title="Regrouper", minutes=5, source=recueil.id)
    refused = write(site, amina, workshop, recueil, kind="pause", title="Une pause", minutes=5)
    assert refused.status_code == 409
    assert "en a besoin" in refused.text
    assert steps(site, workshop)[0].kind == "cards"


def test_groups_made_beforehand_are_undone_before_their_recueil_goes(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, CARDS, DOTS)
    recueil = steps(site, workshop)[0]
    walls.act(amina, workshop, recueil, "groupes", title="Se déplacer")
    away = f"/ateliers/{workshop.id}/sequences/{recueil.id}/retrait"
    assert amina.post(away).status_code == 409
    assert write(site, amina, workshop, recueil, kind="pause", title="Une pause", minutes=5).status_code == 409
    group = walls.clusters(site, recueil)[0]
    walls.act(amina, workshop, recueil, f"groupes/{group.id}/defaire")
    assert amina.post(away).status_code == 200
    assert [step.kind for step in steps(site, workshop)] == ["dots"]


def _printed(site: Site, amina: Visitor, workshop: Workshop) -> None:
    step = steps(site, workshop)[0]
    path = f"/ateliers/{workshop.id}/sequences/{step.id}/bulletins/impression"
    assert amina.post(path, {"copies": 2}).status_code == 200


@pytest.mark.parametrize(
    "more", [{"typed": "Halle\nAutre"}, {"typed": "Halle\nCar\nLycée"}, {"title": "Par quoi finir ?"}, {"dots": 9}]
)
def test_what_is_printed_on_ballots_does_not_change_afterwards(site: Site, more: dict[str, object]) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS)
    step = steps(site, workshop)[0]
    _printed(site, amina, workshop)
    known = options(site, step)
    assert write(site, amina, workshop, step, **(DOTS | more)).status_code == 409
    assert options(site, step) == known
    assert write(site, amina, workshop, step, **(DOTS | {"minutes": 12})).status_code == 200


def _elsewhere(site: Site, amina: Visitor, workshop: Workshop) -> Workshop:
    row = {"commune_1": "29151", "place_1": "Salle du port", "day_1": "2031-01-01", "hour_1": "18:00"}
    amina.post(f"/ateliers/{workshop.id}/ailleurs", {"title": "Ateliers du bourg", "rows": 3} | row)
    return newest(site)


def test_ballots_printed_elsewhere_keep_their_question(site: Site) -> None:
    amina = site.signed_in("facilitator")
    first = draft(site, amina, DOTS)
    other = _elsewhere(site, amina, first)
    _printed(site, amina, other)
    sent = DOTS | {"typed": "Halle\nAutre", "twins": "true"}
    assert write(site, amina, first, steps(site, first)[0], **sent).status_code == 200
    assert len(options(site, steps(site, first)[0])) == 2
    assert len(options(site, steps(site, other)[0])) == 3


def test_who_leads_one_room_only_changes_no_other(site: Site) -> None:
    amina = site.signed_in("facilitator")
    first = draft(site, amina, DOTS)
    other = _elsewhere(site, amina, first)
    with site.writing() as db:
        mine = select(Role).where(Role.person_id == person_id(db, "facilitator"), Role.kind == "facilitator")
        for role in db.exec(mine):
            role.ended_at = now()
            db.add(role)
        held = db.get_one(Workshop, other.id)
        held.lead_id = None
        db.add(held)
    sent = DOTS | {"title": "Une autre question ?"}
    assert write(site, amina, first, steps(site, first)[0], **sent, twins="true").status_code == 403
    assert steps(site, first)[0].title == DOTS["title"]
    assert write(site, amina, first, steps(site, first)[0], **sent).status_code == 200
    assert steps(site, other)[0].title == DOTS["title"]


@pytest.mark.parametrize(
    ("votes", "shown"),
    [
        ([(1, {"habitants": (9, 12), "jeunes": (4, 6)}), (2, {"habitants": (3, 12), "jeunes": (5, 5)})], 2),
        ([(1, {"habitants": (9, 12), "jeunes": (4, 6)}), (2, {"habitants": (3, 12), "jeunes": (1, 2)})], 0),
        ([(1, {"habitants": (9, 12), "jeunes": (3, 3)}), (1, {"habitants": (3, 12), "jeunes": (3, 3)})], 0),
    ],
)
def test_the_board_gives_no_small_college_back_by_subtraction(
    votes: list[tuple[int, dict[str, tuple[int, int]]]], shown: int
) -> None:
    """A room where a collège is too few to stand apart, beside another; the same three people in two votes."""
    found = Rates()
    for workshop_id, step in votes:
        found.add(workshop_id, step)
    assert len(found.apart) == shown
