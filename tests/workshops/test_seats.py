"""Coming in: one seat a person, tables, borrowed devices, several people on one; wrong codes, and the trace of one's part."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app.core.db import now
from app.core.security import token
from app.identity.models import Person
from app.workshops.models import Participation, Seat, Table, Ticket, Workshop
from tests.site import Site, Visitor
from tests.workshops.acts import ballots, current, options, room, seated, seats, shown, soup, vote


def a_table(site: Site, workshop: Workshop, number: int = 41) -> Table:
    with site.writing() as db:
        table = Table(workshop_id=workshop.id or 0, number=number, key=f"cle-de-la-table-{number}")
        db.add(table)
    return table


def a_ticket(site: Site, workshop: Workshop, code: str = "ACDEFGHJ") -> str:
    with site.writing() as db:
        db.add(Ticket(workshop_id=workshop.id or 0, code=code, printed_at=now()))
    return code


def seats_of(site: Site, workshop: Workshop) -> list[Seat]:
    with site.reading() as db:
        return list(db.exec(select(Seat).where(Seat.workshop_id == workshop.id).order_by(col(Seat.id))))


def places(phone: Visitor, workshop: Workshop) -> list[str]:
    """The people whom this device offers to vote."""
    return [link.get_text(strip=True) for link in soup(phone.get(f"/a/{workshop.code}")).select(".phone-people a")]


def test_the_form_of_the_door_sent_twice_makes_one_seat(site: Site) -> None:
    workshop, phone = room(site), site.visitor()
    once = soup(phone.get(f"/a/{workshop.code}")).select_one("input[name=once]")
    assert once
    before, sent = seats(site, workshop), {"college": "jeunes", "once": once["value"]}
    phone.post(f"/a/{workshop.code}/place", sent)
    phone.http.cookies.clear()  # the first answer never came back
    assert phone.post(f"/a/{workshop.code}/place", sent).status_code == 200
    assert seats(site, workshop) == before + 1


def test_two_doors_give_two_keys(site: Site) -> None:
    workshop = room(site)
    keys = {
        str(soup(site.visitor().get(f"/a/{workshop.code}")).select("input[name=once]")[0]["value"]) for _n in range(5)
    }
    assert len(keys) == 5


@pytest.mark.parametrize("once", ["", "x", "é" * 40, "a" * 65, "../../../../../../../.."])
def test_a_key_that_is_no_key_is_refused_or_made_anew(site: Site, once: str) -> None:
    workshop, before = room(site), seats(site, room(site))
    answer = site.visitor().post(f"/a/{workshop.code}/place", {"college": "jeunes", "once": once})
    assert (answer.status_code, seats(site, workshop) - before) == ((200, 1) if not once else (422, 0))


def test_several_people_vote_one_after_the_other_on_one_phone(site: Site) -> None:
    workshop = room(site)
    step, phone = current(site, workshop), seated(site, workshop)
    first, second = options(site, step)[:2]
    before = len(ballots(site, step))
    vote(phone, workshop, step, {first: 1})
    assert places(phone, workshop) == []
    door = phone.get(f"/a/{workshop.code}?personne=2")
    assert "Une autre personne sur ce téléphone" in door.text
    phone.post(f"/a/{workshop.code}/place", {"college": "habitants", "place": 2})
    assert places(phone, workshop) == ["Personne 1", "Personne 2"]
    assert "Modifier mon vote" not in shown(phone.get(f"/a/{workshop.code}?personne=2"))
    vote(phone, workshop, step, {second: 1}, place=2)
    given = [(b.college, b.marks) for b in ballots(site, step)[before:]]
    assert given == [("jeunes", {str(first): 1}), ("habitants", {str(second): 1})]
    assert "Modifier mon vote" in shown(phone.get(f"/a/{workshop.code}?personne=2"))


def test_the_second_person_of_a_phone_is_one_however_often_the_form_is_sent(site: Site) -> None:
    workshop = room(site)
    phone, before = seated(site, workshop), seats(site, workshop)
    for college in ("habitants", "jeunes", "habitants"):
        phone.post(f"/a/{workshop.code}/place", {"college": college, "place": 2})
    assert seats(site, workshop) == before + 1
    assert seats_of(site, workshop)[-1].college == "habitants"


def test_a_phone_holds_twenty_people_and_no_more(site: Site) -> None:
    workshop = room(site)
    phone = seated(site, workshop)
    for place in range(2, 21):
        assert phone.post(f"/a/{workshop.code}/place", {"college": "jeunes", "place": place}).status_code == 200
    before = seats(site, workshop)
    for place in (21, 0, -1, 2**40, "x"):
        assert phone.post(f"/a/{workshop.code}/place", {"college": "jeunes", "place": place}).status_code in (200, 422)
    assert seats(site, workshop) == before
    assert "Une autre personne vote" not in phone.get(f"/a/{workshop.code}").text
    for place in ("21", "0", "-3", "9" * 30):
        assert phone.get(f"/a/{workshop.code}?personne={place}").status_code in (200, 404)


def test_a_place_that_nobody_took_does_not_vote(site: Site) -> None:
    workshop = room(site)
    step, phone = current(site, workshop), seated(site, workshop)
    before = len(ballots(site, step))
    assert vote(phone, workshop, step, {options(site, step)[0]: 1}, place=7).status_code == 403
    assert len(ballots(site, step)) == before


def test_the_card_of_a_table_seats_whoever_comes_in_by_it(site: Site) -> None:
    workshop = room(site)
    table, phone = a_table(site, workshop), site.visitor()
    door = phone.get(f"/a/{workshop.code}/table/{table.key}")
    hidden = soup(door).select_one("input[name=table]")
    assert hidden
    phone.post(f"/a/{workshop.code}/place", {"college": "jeunes", "table": hidden["value"]})
    assert seats_of(site, workshop)[-1].table_id == table.id
    assert "Table 41" in shown(phone.get(f"/a/{workshop.code}"))
    assert phone.get(f"/a/{workshop.code}/table/{table.key}").url.path == f"/a/{workshop.code}"


def test_a_seat_moves_to_another_table_when_it_says_so(site: Site) -> None:
    workshop = room(site)
    here, there, phone = a_table(site, workshop, 41), a_table(site, workshop, 42), seated(site, workshop)
    phone.post(f"/a/{workshop.code}/table", {"table": here.id})
    page = phone.get(f"/a/{workshop.code}/table/{there.key}")
    assert "passer à cette table" in shown(page)
    assert seats_of(site, workshop)[-1].table_id == here.id  # reading moved nobody
    phone.post(f"/a/{workshop.code}/table", {"table": there.id})
    assert seats_of(site, workshop)[-1].table_id == there.id


def test_tables_that_are_not_of_this_room_are_not_found(site: Site) -> None:
    workshop, other = room(site), room(site, status="published")
    elsewhere, phone = a_table(site, other), seated(site, workshop)
    for key in (elsewhere.key, "x", "é" * 50, "%00"):
        assert phone.get(f"/a/{workshop.code}/table/{key}").status_code == 404, key
    for table in (elsewhere.id, 2**31 - 1, 2**40, "x", ""):
        assert phone.post(f"/a/{workshop.code}/table", {"table": table}).status_code == 404, table
    assert seats_of(site, workshop)[-1].table_id is None
    assert site.visitor().post(f"/a/{workshop.code}/table", {"table": elsewhere.id}).status_code == 403


def test_a_table_says_how_many_share_its_phone(site: Site) -> None:
    workshop = room(site)
    table, phone = a_table(site, workshop), seated(site, workshop)
    phone.post(f"/a/{workshop.code}/table/personnes", {"people": 6})
    phone.post(f"/a/{workshop.code}/table", {"table": table.id})
    for wrong in ("0", "21", "-4", "six", "9" * 30):
        phone.post(f"/a/{workshop.code}/table/personnes", {"people": wrong})
    with site.reading() as db:
        assert db.get_one(Table, table.id).people is None
    phone.post(f"/a/{workshop.code}/table/personnes", {"people": 6})
    with site.reading() as db:
        assert db.get_one(Table, table.id).people == 6


def lent(phone: Visitor, workshop: Workshop, code: str, college: str = "") -> Any:
    return phone.post(f"/a/{workshop.code}/pret", {"code": code, "college": college, "once": token()})


def test_a_printed_code_gives_a_seat_then_the_same_one_on_any_device(site: Site) -> None:
    workshop = room(site)
    code, step, tablet = a_ticket(site, workshop), current(site, workshop), site.visitor()
    before = seats(site, workshop)
    asked = lent(tablet, workshop, code)
    assert asked.status_code == 422 and "Choisissez votre collège" in asked.text
    assert lent(tablet, workshop, f" {code[:4].lower()}-{code[4:]} ", "jeunes").status_code == 200
    seat = seats_of(site, workshop)[-1]
    assert (seat.college, seat.channel) == ("jeunes", "lent")
    first, second = options(site, step)[:2]
    vote(tablet, workshop, step, {first: 1})
    other = site.visitor()
    assert "Modifier mon vote" in shown(lent(other, workshop, code, "habitants"))
    vote(other, workshop, step, {second: 1})
    assert seats(site, workshop) == before + 1 and seats_of(site, workshop)[-1].college == "jeunes"
    mine = [b.marks for b in ballots(site, step) if b.seat_id == seat.id]
    assert mine == [{str(second): 1}]
    assert vote(tablet, workshop, step, {first: 1}).status_code == 403  # the seat went to the other device


def test_a_borrowed_device_forgets_whoever_had_it_before(site: Site) -> None:
    workshop = room(site)
    codes = [a_ticket(site, workshop, code) for code in ("ACDEFGHJ", "KMNPQRTU")]
    tablet = site.visitor()
    for code in codes:
        lent(tablet, workshop, code, "jeunes")
        assert places(tablet, workshop) == []
    back = tablet.post(f"/a/{workshop.code}/rendre")
    assert back.url.path == f"/a/{workshop.code}/pret"
    assert 'name="college"' in tablet.get(f"/a/{workshop.code}").text


def test_a_phone_of_ones_own_keeps_its_people_beside_a_printed_code(site: Site) -> None:
    workshop = room(site)
    code, phone = a_ticket(site, workshop), seated(site, workshop)
    lent(phone, workshop, code, "habitants")
    assert places(phone, workshop) == ["Personne 1", "Personne 2"]
    before = seats(site, workshop)
    lent(phone, workshop, code)
    assert places(phone, workshop) == ["Personne 1", "Personne 2"] and seats(site, workshop) == before


def test_wrong_printed_codes_are_refused_in_words_then_for_a_while(site: Site) -> None:
    workshop, other = room(site), room(site, status="published")
    foreign, before = a_ticket(site, other, "ZZZZZZZZ"), seats(site, workshop)
    good = a_ticket(site, workshop)
    guess = site.visitor()
    for code in (foreign, "x", "é" * 30, "a" * 41, "\x00"):
        answer = lent(guess, workshop, code, "jeunes")
        assert answer.status_code == 422, code
    statuses = [lent(guess, workshop, f"WRONG{n:03}", "jeunes").status_code for n in range(70)]
    assert 429 in statuses
    assert lent(site.visitor(), workshop, good, "jeunes").status_code == 429  # says nothing of a right one either
    assert seats(site, workshop) == before


def test_a_hall_behind_one_address_is_not_stopped_by_its_own_numbers(site: Site) -> None:
    workshop = room(site)
    for _n in range(150):
        assert site.visitor().get("/a", params={"code": workshop.code}).status_code == 200


def test_whoever_guesses_codes_is_told_nothing_more_but_seated_phones_go_on(site: Site) -> None:
    workshop = room(site)
    phone, guess = seated(site, workshop), site.visitor()
    statuses = [guess.get("/a", params={"code": f"ZZ{n:04}"}).status_code for n in range(130)]
    assert statuses[0] == 404 and statuses[-1] == 429
    assert all(before <= after for before, after in pairwise(statuses))
    assert guess.get(f"/a/{workshop.code}").status_code == 429
    assert guess.get("/a", params={"code": workshop.code}).status_code == 429
    assert guess.get(f"/direct/a/{workshop.code}").status_code == 429
    sent = {"step": current(site, workshop).id}
    assert guess.post(f"/direct/a/{workshop.code}/bulletin", sent).status_code == 429
    assert phone.get(f"/a/{workshop.code}").status_code == 200


def test_nobody_takes_a_seat_by_reading(site: Site) -> None:
    workshop, before = room(site), seats(site, room(site))
    phone = site.visitor()
    for path in ("", "/place", "/pret", "?personne=2", "/pret?ticket=ACDEFGHJ"):
        phone.get(f"/a/{workshop.code}{path}")
    assert seats(site, workshop) == before


def _part(db: Session, workshop: Workshop) -> list[Participation]:
    return list(db.exec(select(Participation).where(Participation.workshop_id == workshop.id)))


def test_a_signed_in_person_keeps_a_trace_that_leads_to_no_seat(site: Site) -> None:
    workshop, resident = room(site), site.signed_in("resident")
    assert "Garder une trace" not in seated(site, workshop).get(f"/a/{workshop.code}").text
    assert resident.post(f"/a/{workshop.code}/trace").status_code == 403  # not in the room
    resident.post(f"/a/{workshop.code}/place", {"college": "habitants"})
    assert "rien ne le relie à votre compte" in resident.get(f"/a/{workshop.code}").text
    for _twice in range(2):
        resident.post(f"/a/{workshop.code}/trace")
    with site.reading() as db:
        (part,) = _part(db, workshop)
        person = db.exec(select(Person.id).where(Person.demo_persona == "resident")).one()
        assert part.person_id == person
        assert part.at == workshop.starts_at  # not the moment when a seat was taken
    assert workshop.title in resident.get("/mon-espace").text
    resident.post(f"/a/{workshop.code}/trace/retrait")
    with site.reading() as db:
        assert _part(db, workshop) == []
    assert "Ateliers où vous avez pris part" not in resident.get("/mon-espace").text


def test_without_an_account_no_trace_is_kept(site: Site) -> None:
    workshop = room(site)
    phone = seated(site, workshop)
    assert phone.post(f"/a/{workshop.code}/trace").status_code == 403
    assert phone.post(f"/a/{workshop.code}/trace/retrait").status_code == 403
    with site.reading() as db:
        assert _part(db, workshop) == []


def test_a_seat_outlives_its_room_but_takes_nobody_in(site: Site) -> None:
    workshop = room(site)
    phone = seated(site, workshop)
    code = a_ticket(site, workshop)
    with site.writing() as db:
        closed = db.get_one(Workshop, workshop.id)
        closed.status, closed.closed_at = "closed", now() - timedelta(minutes=1)
        db.add(closed)
    assert "Merci d’avoir pris part" in phone.get(f"/a/{workshop.code}").text
    assert phone.post(f"/a/{workshop.code}/place", {"college": "jeunes", "place": 2}).status_code == 403
    assert lent(site.visitor(), workshop, code, "jeunes").status_code == 403
