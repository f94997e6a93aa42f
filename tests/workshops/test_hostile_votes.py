"""What a hostile or unlucky phone may send to a vote, and whom it must never vote for."""

import httpx
import pytest
from limits import parse
from sqlmodel import col, select

from app.core.db import now
from app.core.security import redact, token
from app.workshops import queries
from app.workshops.models import Seat, Table, Ticket, Workshop
from app.workshops.routes import light
from app.workshops.routes import seats as doors
from app.workshops.service.casting import Sent, cast_ballots
from tests.site import ORIGIN, Site, Visitor
from tests.workshops.acts import act, ballots, current, options, prepared, room, seated, steps, vote


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


class Afar(Visitor):
    """Somebody at another address."""

    def __init__(self, site: Site, address: str) -> None:
        super().__init__(site)
        transport = httpx.ASGITransport(site.app, raise_app_exceptions=False, client=(address, 4000))
        self.http = httpx.AsyncClient(transport=transport, base_url=ORIGIN, follow_redirects=True)
        site.opened.append(self)


def test_whoever_hammers_a_room_from_afar_closes_it_to_nobody_there(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(light, "BALLOTS_A_ROOM", parse("3/minute"))
    monkeypatch.setattr(doors, "SEATS_A_ROOM", parse("3/minute"))
    monkeypatch.setattr(doors, "WRONG_TICKETS", parse("3/minute"))
    workshop = room(site)
    step, code, far = current(site, workshop), _ticket(site, workshop, "ACDEFGHJ"), Afar(site, "203.0.113.9")
    far.http.cookies.set(f"emglev-place-{workshop.id}", "invented", domain="localhost.local")
    statuses = []
    for number in range(5):
        far.http.cookies.set(f"emglev-place-{workshop.id}", f"invented-{number}", domain="localhost.local")
        sent = {"step": step.id, "dots": f"{options(site, step)[0]}:1"}
        statuses.append(far.post(f"/direct/a/{workshop.code}/bulletin", sent).status_code)
        far.post(f"/a/{workshop.code}/pret", {"code": "ZZZZZZZZ", "college": "jeunes"})
    for _n in range(5):
        Afar(site, "203.0.113.9").post(f"/a/{workshop.code}/place", {"college": "jeunes"})
    assert statuses == [403, 403, 403, 429, 429]
    assert far.post(f"/a/{workshop.code}/pret", {"code": code, "college": "jeunes"}).status_code == 429
    assert Afar(site, "203.0.113.9").post(f"/a/{workshop.code}/place", {"college": "jeunes"}).status_code == 429
    lent = site.visitor()
    _lend(lent, workshop, code, token())
    phone = seated(site, workshop)
    assert vote(phone, workshop, step, {options(site, step)[0]: 1}).status_code == 200


def test_made_up_secrets_leave_no_trace_beyond_what_a_room_may_send(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(light, "BALLOTS_A_ROOM", parse("3/minute"))
    workshop, far = room(site), Afar(site, "203.0.113.9")
    before = len(site.app.state.limiter._windows)
    for number in range(20):
        far.http.cookies.set(f"emglev-place-{workshop.id}", f"invented-{number}", domain="localhost.local")
        far.post(f"/direct/a/{workshop.code}/bulletin", {"step": 1})
    assert len(site.app.state.limiter._windows) - before == 4


def test_a_ballot_that_came_before_the_close_and_waited_for_its_batch_is_not_late(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    question = steps(site, workshop)[1]
    act(site, amina, workshop, f"sequences/{question.id}/ouverture")
    phone, first = seated(site, workshop), options(site, question)[0]
    secret = phone.http.cookies[f"emglev-place-{workshop.id}"]
    came = now()
    act(site, amina, workshop, f"sequences/{question.id}/cloture")
    for at, late in ((came, False), (now(), True)):
        sent = Sent(workshop.code, queries.seat_digest(secret), question.id or 0, {first: 1}, "", at)
        with site.writing() as db:
            (recorded,) = cast_ballots(db, [sent])
        assert getattr(recorded, "late", None) is late
        assert [ballot.late for ballot in ballots(site, question)] == [late]


def test_the_key_of_a_table_is_not_in_the_logs() -> None:
    assert redact("/a/RVRE64/table/cle-de-la-table") == "/a/…/table/…"
    assert redact("/a/RVRE64/table/personnes") == "/a/…/table/personnes"


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


@pytest.mark.parametrize("status", ["scheduled", "closed", "published"])
def test_every_door_of_a_room_that_takes_nobody_in_is_a_page(site: Site, status: str) -> None:
    workshop = room(site)
    with site.writing() as db:
        tables = [Table(workshop_id=workshop.id or 0, number=n, key=f"cle-de-la-table-{n}") for n in (91, 92)]
        db.add_all(tables)
    code, phone = _ticket(site, workshop, "ACDEFGHJ"), seated(site, workshop)
    with site.writing() as db:
        db.add(db.get_one(Workshop, workshop.id).sqlmodel_update({"status": status}))
    for visitor in (site.visitor(), phone):
        for path in ("", "?personne=2", "/pret", f"/table/{tables[0].key}"):
            assert visitor.get(f"/a/{workshop.code}{path}").status_code == 200, path
        sent = {"code": code, "college": "jeunes"}
        assert visitor.post(f"/a/{workshop.code}/pret", sent).status_code == 403
        assert visitor.post(f"/a/{workshop.code}/pret", sent | {"code": "x"}).status_code == 422
    assert site.visitor().post(f"/a/{workshop.code}/place", {"college": "rois"}).status_code == 422
