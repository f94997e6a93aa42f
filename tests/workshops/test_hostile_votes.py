"""What a hostile or unlucky phone may send to a vote, and whom it must never vote for."""

from sqlmodel import col, select

from app.core.db import now
from app.core.security import token
from app.workshops.models import Seat, Table, Ticket, Workshop
from tests.site import Site, Visitor
from tests.workshops.acts import act, ballots, current, options, prepared, room, seated, vote


def _ticket(site: Site, workshop: Workshop, code: str) -> str:
    with site.writing() as db:
        db.add(Ticket(workshop_id=workshop.id or 0, code=code, printed_at=now()))
    return code


def _lend(phone: Visitor, workshop: Workshop, code: str, once: str, college: str = "jeunes") -> None:
    sent = {"code": code, "college": college, "once": once}
    assert phone.post(f"/a/{workshop.code}/pret", sent).status_code == 200


def test_the_next_person_of_a_lent_device_who_goes_back_to_the_form_has_their_own_seat(site: Site) -> None:
    workshop = room(site)
    step, phone, once = current(site, workshop), site.visitor(), token()
    first, second = options(site, step)[:2]
    before = len(ballots(site, step))
    _lend(phone, workshop, _ticket(site, workshop, "ACDEFGHJ"), once)
    vote(phone, workshop, step, {first: 1})
    _lend(phone, workshop, _ticket(site, workshop, "ACDEFGHK"), once, "habitants")
    vote(phone, workshop, step, {second: 1})
    given = [(ballot.college, ballot.marks) for ballot in ballots(site, step)[before:]]
    assert given == [("jeunes", {str(first): 1}), ("habitants", {str(second): 1})]


def test_a_form_sent_again_with_a_code_that_was_used_elsewhere_breaks_nothing(site: Site) -> None:
    workshop, once = room(site), token()
    phone, other = site.visitor(), site.visitor()
    used = _ticket(site, workshop, "ACDEFGHK")
    _lend(phone, workshop, _ticket(site, workshop, "ACDEFGHJ"), once)
    _lend(other, workshop, used, token())
    _lend(phone, workshop, used, once)


def test_a_ballot_that_waited_on_a_lent_device_is_not_the_next_persons(site: Site) -> None:
    workshop = room(site)
    step, phone = current(site, workshop), seated(site, workshop)
    before = len(ballots(site, step))
    with site.reading() as db:
        gone = db.exec(select(Seat.id).where(Seat.workshop_id == workshop.id).order_by(col(Seat.id).desc())).first()
    phone.http.cookies.clear()
    phone.post(f"/a/{workshop.code}/place", {"college": "habitants"})
    sent = {"step": step.id, "dots": f"{options(site, step)[0]}:1", "seat": gone}
    answer = phone.post(f"/direct/a/{workshop.code}/bulletin", sent)
    assert (answer.status_code, answer.json()["state"]) == (403, "refused")
    assert len(ballots(site, step)) == before


def test_whoever_tries_wrong_printed_codes_from_afar_closes_no_door(site: Site) -> None:
    workshop, code = room(site), None
    code = _ticket(site, workshop, "ACDEFGHJ")
    stranger = site.visitor()
    site.app.state.limiter.reset()
    for _n in range(70):
        stranger.post(f"/a/{workshop.code}/pret", {"code": "ZZZZZZZZ", "college": "jeunes"}, headers={"x": "y"})
    refused = stranger.post(f"/a/{workshop.code}/pret", {"code": code, "college": "jeunes"})
    print(refused.status_code)


def test_a_seat_counts_nobody_at_its_table_once_the_room_is_over(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    with site.writing() as db:
        tables = [Table(workshop_id=workshop.id or 0, number=n, key=f"cle-de-la-table-{n}", people=4) for n in (1, 2)]
        db.add_all(tables)
    phone = seated(site, workshop)
    assert phone.post(f"/a/{workshop.code}/table", {"table": tables[0].id}).status_code == 200
    act(site, amina, workshop, "fin")
    phone.post(f"/a/{workshop.code}/table/personnes", {"people": 20})
    phone.post(f"/a/{workshop.code}/table", {"table": tables[1].id})
    with site.reading() as db:
        assert db.get_one(Table, tables[0].id).people == 4
        seat = db.exec(select(Seat).where(Seat.workshop_id == workshop.id)).one()
        assert seat.table_id == tables[0].id
