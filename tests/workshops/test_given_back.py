"""A device given back opens nothing of whoever had it: neither by « back », nor by the form that first gave the seat."""

from typing import Any

import pytest
from sqlmodel import col, select

from app.core.db import now
from app.workshops.models import Seat, Ticket, Workshop
from tests.site import Site, Visitor
from tests.workshops import walls
from tests.workshops.acts import ballots, current, options, room, seated, seats, shown, soup, vote


def filled(phone: Visitor, path: str, **typed: Any) -> dict[str, Any]:
    """The form of the door as it is on the page, filled."""
    form = soup(phone.get(path)).select_one("form.phone__form")
    assert form
    return {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")} | typed


def test_the_form_that_gave_a_seat_gives_another_once_the_phone_is_given_back(site: Site) -> None:
    workshop, phone = room(site), site.visitor()
    step, before = current(site, workshop), seats(site, room(site))
    door = f"/a/{workshop.code}"
    form = filled(phone, door, college="jeunes")
    for _twice in range(2):
        phone.post(f"{door}/place", form)
    assert seats(site, workshop) == before + 1
    first, second = options(site, step)[:2]
    vote(phone, workshop, step, {first: 1})
    mine = ballots(site, step)[-1]
    phone.post(f"{door}/rendre")
    phone.post(f"{door}/place", form)
    assert seats(site, workshop) == before + 2
    assert "Modifier mon vote" not in shown(phone.get(door))
    vote(phone, workshop, step, {second: 1})
    given = {ballot.seat_id: ballot.marks for ballot in ballots(site, step)}
    assert given[mine.seat_id] == {str(first): 1} and len(given) == len(ballots(site, step))


def test_a_secret_kept_aside_opens_no_seat_of_a_device_given_back(site: Site) -> None:
    workshop = room(site)
    step, phone = current(site, workshop), seated(site, workshop)
    phone.post(f"/a/{workshop.code}/place", {"college": "habitants", "place": 2})
    kept = dict(phone.http.cookies)
    phone.post(f"/a/{workshop.code}/rendre")
    phone.http.cookies.update(kept)
    for place in (1, 2):
        assert vote(phone, workshop, step, {options(site, step)[0]: 1}, place=place).status_code == 403


def test_a_card_that_waited_is_never_kept_for_whoever_has_the_device_next(site: Site) -> None:
    workshop, phone = room(site), site.visitor()
    step = walls.recueil(site, workshop)
    phone.post(f"/a/{workshop.code}/place", {"college": "jeunes"})
    with site.reading() as db:
        first = db.exec(select(Seat.id).order_by(col(Seat.id).desc()).limit(1)).one()
    phone.post(f"/a/{workshop.code}/rendre")
    phone.post(f"/a/{workshop.code}/place", {"college": "habitants"})
    refused = walls.send(phone, workshop, step, "Un car le soir", key="de-la-premiere", seat=first)
    assert refused.status_code == 403 and "Une autre personne a écrit cette carte" in refused.json()["message"]
    assert not walls.cards(site, step)
    assert (
        walls.send(phone, workshop, step, "Une halle", key="de-la-suivante", seat=(first or 0) + 1).status_code == 200
    )


def test_a_printed_code_still_gives_its_seat_back(site: Site) -> None:
    workshop, tablet = room(site), site.visitor()
    with site.writing() as db:
        db.add(Ticket(workshop_id=workshop.id or 0, code="ACDEFGHJ", printed_at=now()))
    step, lent = current(site, workshop), f"/a/{workshop.code}/pret"
    tablet.post(lent, filled(tablet, lent, code="ACDEFGHJ", college="jeunes"))
    vote(tablet, workshop, step, {options(site, step)[0]: 1})
    before = seats(site, workshop)
    tablet.post(f"/a/{workshop.code}/rendre")
    assert "Modifier mon vote" in shown(tablet.post(lent, filled(tablet, lent, code="ACDEFGHJ")))
    assert seats(site, workshop) == before


@pytest.mark.parametrize("channel", ["phone", "lent"])
def test_what_a_shared_device_shows_is_kept_by_no_browser(site: Site, channel: str) -> None:
    workshop: Workshop = room(site)
    assert "no-store" in site.visitor().get(f"/a/{workshop.code}").headers["cache-control"]
    phone = seated(site, workshop)
    with site.writing() as db:
        seat = db.exec(select(Seat).order_by(col(Seat.id).desc()).limit(1)).one()
        seat.channel = channel
    kept = phone.get(f"/a/{workshop.code}").headers["cache-control"]
    assert ("no-store" in kept) == (channel == "lent")
