"""What those who come are told, and what is left of them afterwards."""

from datetime import datetime, timedelta

from sqlmodel import select

from app.core.db import now
from app.identity.models import Person
from app.identity.states import College
from app.portal.service import closing, retention
from app.workshops.jobs import REGULAR, REMIND
from app.workshops.models import Participation, Workshop
from app.workshops.queries import registrations as reads
from app.workshops.queries.people import has_part
from app.workshops.service import registrations
from tests.site import Site
from tests.workshops.acts import act
from tests.workshops.coming import WORDS, announced, come, filled, own_link, statuses


def test_reminders_leave_once_two_days_before(site: Site) -> None:
    workshop = announced(site, capacity=None)
    filled(site, workshop, 60)
    come(site.signed_in("resident"), workshop)
    moment = now()
    assert registrations.remind(site.database, moment) == 0, "it is not time yet"
    with site.writing() as db:
        held = db.get_one(Workshop, workshop.id)
        held.starts_at = moment + timedelta(hours=47)
        db.add(held)
    before = len(site.mails("resident@demo.emglev.example"))
    assert registrations.remind(site.database, moment) == 60, "who registered today knows it"
    assert registrations.remind(site.database, moment) == 0
    assert len(site.mails("resident@demo.emglev.example")) == before
    mail = next(each for each in reversed(site.mails()) if each.subject.startswith("Bientôt"))
    assert workshop.place in mail.body
    assert "/inscriptions/jeton-" in mail.body
    assert ".ics" in mail.body
    assert registrations.remind(site.database, moment + timedelta(hours=25)) == 1, "a day later it is their turn"


def test_the_reminder_is_promised_each_hour() -> None:
    regular = next(each for each in REGULAR if each.kind == REMIND)
    moment = datetime.fromisoformat("2026-11-22T23:59:59+00:00")
    assert regular.following(moment).isoformat() == "2026-11-23T00:00:00+00:00"


def test_another_date_and_a_cancellation_are_told_to_all_who_come(site: Site) -> None:
    workshop = announced(site, capacity=1)
    for one in ("resident", "youth"):
        come(site.signed_in(one), workshop)
    with site.writing() as db:
        held = db.get_one(Workshop, workshop.id)
        held.place = "Salle du Roudour"
        registrations.tell_changed(db, held)
    for one in ("resident", "youth"):
        mail = site.mails(f"{one}@demo.emglev.example")[-1]
        assert "change" in mail.subject
        assert "Salle du Roudour" in mail.body
    amina = site.signed_in("facilitator")
    act(site, amina, workshop, "annonce/retrait")
    mail = site.mails("youth@demo.emglev.example")[-1]
    assert "annulé ou reporté" in mail.subject
    assert "n’a pas lieu" in site.visitor().get(own_link(site, "youth@demo.emglev.example")).text
    act(site, amina, workshop, "annonce")
    assert "Salle du Roudour" in site.mails("resident@demo.emglev.example")[-1].body, "announced again, they are told"
    assert statuses(site, workshop) == ["registered", "waiting"]


def test_a_month_after_the_workshop_nothing_is_left(site: Site) -> None:
    workshop = announced(site)
    come(site.signed_in("resident"), workshop, note=WORDS)
    with site.writing() as db:
        held = db.get_one(Workshop, workshop.id)
        held.starts_at = now() - timedelta(days=29)
        db.add(held)
    assert retention.purge(site.database)["registrations"] == 0
    assert retention.purge(site.database, moment=now() + timedelta(days=2))["registrations"] == 1
    assert not statuses(site, workshop)


def test_closing_an_account_gives_the_place_back_then_forgets_it(site: Site) -> None:
    workshop = announced(site, capacity=1)
    come(site.signed_in("resident"), workshop)
    come(site.signed_in("youth"), workshop)
    with site.writing() as db:
        soazig = db.exec(select(Person).where(Person.demo_persona == "resident")).one().id or 0
        db.add(Participation(workshop_id=workshop.id or 0, person_id=soazig, at=workshop.starts_at))
        closing.close(db, soazig, erases=False)
    assert statuses(site, workshop) == ["cancelled", "registered"]
    with site.writing() as db:
        assert closing.anonymise(db, soazig, before=now() + timedelta(days=31))
        assert reads.of_person(db, workshop.id or 0, soazig) is None
        assert not has_part(db, workshop.id or 0, soazig)


def test_the_list_says_how_many_places_are_left(site: Site) -> None:
    workshop = announced(site, capacity=4)
    assert "4 places" in site.visitor().get("/ateliers").text.replace("\xa0", " ")
    filled(site, workshop, 4)
    assert "complet" in site.visitor().get("/ateliers").text


def test_who_may_be_written_to_is_who_has_a_place(site: Site) -> None:
    workshop = announced(site, capacity=1)
    come(site.signed_in("resident"), workshop)
    come(site.signed_in("youth"), workshop)
    with site.reading() as db:
        assert [person.demo_persona for person in reads.registered(db, workshop)] == ["resident"]
        known = reads.announced(db, workshop)
        assert known.by_college == {College.RESIDENTS.value: 1}
