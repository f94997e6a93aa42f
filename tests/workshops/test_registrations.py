"""Who says they come: one tap, a link to confirm, a queue."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlmodel import col, select

from app.core.db import now
from app.core.i18n import fdate
from app.identity.models import Person
from app.workshops.models import Registration, Workshop
from app.workshops.queries import registrations as reads
from app.workshops.service import registrations
from app.workshops.states import Attendance, Room
from tests.site import Site
from tests.workshops.acts import colleague, soup
from tests.workshops.coming import WORDS, announced, come, filled, own_link, statuses


def test_somebody_signed_in_comes_in_one_tap_and_is_written_to(site: Site) -> None:
    workshop = announced(site)
    soazig = site.signed_in("resident")
    shown = come(soazig, workshop)
    assert "Votre venue est enregistrée" in shown
    assert statuses(site, workshop) == ["registered"]
    mail = site.mails("resident@demo.emglev.example")[-1]
    assert workshop.place in mail.body
    assert f"/ateliers/{workshop.id}-{workshop.slug}.ics" in mail.body
    assert "Ateliers où vous venez" in soazig.get("/mon-espace").text
    come(soazig, workshop, note=WORDS)
    assert statuses(site, workshop) == ["registered"], "said again, it is the same registration"


def test_without_an_account_an_address_is_confirmed_first(site: Site) -> None:
    workshop, visitor = announced(site), site.visitor()
    refused = visitor.post(f"/ateliers/{workshop.id}/inscription", {"note": WORDS})
    assert refused.status_code == 422
    assert WORDS in refused.text, "what was typed stays"
    come(visitor, workshop, email="Loeiz@Example.org", note=WORDS)
    assert not statuses(site, workshop), "nothing is held before the address is confirmed"
    path = site.link("loeiz@example.org")
    assert site.visitor().get(path).status_code == 200
    assert not statuses(site, workshop), "opening the link holds nothing: mail scanners do it"
    assert workshop.title in visitor.get(path).text, "one reads which workshop before confirming"
    done = soup(visitor.post(path))
    assert done.h1 and done.h1.get_text() == "Votre place est gardée"
    assert fdate(workshop.starts_at, "meeting") in done.get_text() and workshop.place in done.get_text()
    assert done.select_one(f'a[href="/ateliers/{workshop.id}-{workshop.slug}.ics"]')
    assert statuses(site, workshop) == ["registered"]
    assert visitor.post(path).status_code == 410


def test_what_was_asked_is_answered_in_the_place_of_the_form(site: Site) -> None:
    workshop, visitor = announced(site), site.visitor()
    answer = visitor.post(
        f"/ateliers/{workshop.id}/inscription", {"email": "loeiz@example.org"}, follow_redirects=False
    )
    assert answer.headers["location"].endswith("message=1#inscription")
    place = soup(visitor.get(answer.headers["location"])).select_one("#inscription")
    assert place and place["tabindex"] == "-1" and "Un message vous attend" in place.get_text()
    assert place.select_one("form") is None and place.select_one('a[href$="#inscription"]')
    soazig = site.signed_in("resident")
    come(soazig, workshop)
    mine = soup(soazig.get(answer.headers["location"])).select_one("#inscription")
    assert mine and "Votre venue est enregistrée" in mine.get_text()


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(site: Site) -> None:
    workshop = announced(site)
    pages = [
        soup(site.visitor().post(f"/ateliers/{workshop.id}/inscription", {"email": email})).select_one("main")
        for email in ("resident@demo.emglev.example", "inconnue@example.org")
    ]
    assert pages[0] and pages[1] and pages[0].get_text() == pages[1].get_text()


def test_beyond_the_places_one_waits_and_is_let_in_when_one_comes_free(site: Site) -> None:
    workshop = announced(site, capacity=1)
    first, second, third = (site.signed_in(one) for one in ("resident", "youth", "association"))
    come(first, workshop)
    assert "1re place sur la liste d’attente" in come(second, workshop)
    assert "2e place sur la liste d’attente" in come(third, workshop)
    assert "2 personnes attendent une place" in site.visitor().get(f"/ateliers/{workshop.id}").text.replace("\xa0", " ")
    site.visitor().post(own_link(site, "resident@demo.emglev.example"))
    assert statuses(site, workshop) == ["cancelled", "registered", "waiting"]
    assert "Une place est à vous" in site.mails("youth@demo.emglev.example")[-1].subject
    assert "1re place" in third.get(f"/ateliers/{workshop.id}").text
    come(first, workshop)
    assert statuses(site, workshop) == ["waiting", "registered", "waiting"], "who comes back queues again"


def test_more_places_let_in_as_many(site: Site) -> None:
    workshop = announced(site, capacity=1)
    filled(site, workshop, 4, status=Attendance.WAITING)
    with site.writing() as db:
        held = db.get_one(Workshop, workshop.id)
        held.capacity = 3
        assert registrations.fill(db, held) == 3
    assert statuses(site, workshop) == ["registered"] * 3 + ["waiting"]
    with site.writing() as db:
        held = db.get_one(Workshop, workshop.id)
        held.capacity = None
        assert registrations.fill(db, held) == 1
    assert statuses(site, workshop) == ["registered"] * 4


def test_at_a_distance_takes_no_place_and_alone_gets_the_link(site: Site) -> None:
    workshop = announced(site, capacity=1, mode="both")
    here, away = site.signed_in("resident"), site.signed_in("youth")
    assert workshop.link not in come(here, workshop, way="salle")
    assert workshop.link in come(away, workshop, way="distance")
    assert workshop.link in site.mails("youth@demo.emglev.example")[-1].body
    assert workshop.link not in site.mails("resident@demo.emglev.example")[-1].body
    assert workshop.link not in site.visitor().get(f"/ateliers/{workshop.id}").text
    assert statuses(site, workshop) == ["registered", "registered"]
    come(here, workshop, way="distance")
    with site.reading() as db:
        assert reads.places_of(db, workshop) == reads.Places(0, 2, 0, 1)


def test_the_link_mailed_opens_a_page_whose_button_cancels(site: Site) -> None:
    workshop = announced(site)
    come(site.signed_in("resident"), workshop, note=WORDS)
    path = own_link(site, "resident@demo.emglev.example")
    shown = site.visitor().get(path)
    assert shown.headers["cache-control"] == "no-store"
    assert statuses(site, workshop) == ["registered"], "reading the page cancels nothing"
    assert "annulée" in site.visitor().post(path).text
    assert "annulée" in site.visitor().post(path).text, "pressed twice, it stays so"
    assert statuses(site, workshop) == ["cancelled"]
    with site.reading() as db:
        assert db.exec(select(Registration.note)).all().count(WORDS) == 0, "what was asked for goes with it"
    assert site.visitor().get("/inscriptions/nimporte").status_code == 404
    assert site.visitor().get("/inscriptions/" + "x" * 400).status_code == 404


@pytest.mark.parametrize("case", ["begun", "draft", "open", "off", "past"])
def test_what_takes_no_registration_says_so(site: Site, case: str) -> None:
    workshop = announced(site)
    with site.writing() as db:
        held = db.get_one(Workshop, workshop.id)
        if case == "off":
            held.registration = False
        elif case == "past":
            held.starts_at = now() - timedelta(minutes=1)
        else:
            held.sqlmodel_update(
                {"status": {"begun": Room.RUNNING, "draft": Room.DRAFT, "open": Room.LOBBY}[case].value}
            )
        db.add(held)
    response = site.signed_in("resident").post(f"/ateliers/{workshop.id}/inscription", {})
    assert response.status_code == (404 if case == "draft" else 403)
    assert not statuses(site, workshop)
    if case not in ("draft",):
        assert "inscription" in response.text


@pytest.mark.parametrize(
    "sent",
    [{"email": "pas une adresse"}, {"email": "a@b.fr", "note": "x" * 301}, {"email": "a@b.fr", "way": "avion"}, {}],
)
def test_a_wrong_form_writes_nothing(site: Site, sent: dict[str, str]) -> None:
    workshop = announced(site)
    before = len(site.mails())
    assert site.visitor().post(f"/ateliers/{workshop.id}/inscription", sent).status_code == 422
    assert len(site.mails()) == before
    assert not statuses(site, workshop)


def test_what_somebody_wrote_is_shown_as_text(site: Site) -> None:
    workshop, evil = announced(site), "<script>alert(1)</script> {{ 7*7 }}"
    come(site.signed_in("resident"), workshop, note=evil)
    shown = site.signed_in("facilitator").get(f"/ateliers/{workshop.id}/inscriptions")
    assert "<script>alert" not in shown.text
    assert evil in soup(shown).get_text()


def test_the_crew_knows_figures_and_needs_never_who(site: Site) -> None:
    workshop = announced(site)
    come(site.signed_in("resident"), workshop, note=WORDS)
    amina = site.signed_in("facilitator")
    shown = amina.get(f"/ateliers/{workshop.id}/inscriptions")
    assert WORDS in shown.text
    with site.reading() as db:
        soazig = db.exec(select(Person).where(Person.demo_persona == "resident")).one()
    for secret in (soazig.email, soazig.pseudonym, own_link(site, soazig.email or "")):
        assert secret and secret not in shown.text
    for who in (site.visitor(), site.signed_in("resident"), site.signed_in("moderator")):
        assert who.get(f"/ateliers/{workshop.id}/inscriptions").status_code in (200, 403)
        assert WORDS not in who.get(f"/ateliers/{workshop.id}/inscriptions").text
    assert WORDS not in site.visitor().get(f"/ateliers/{workshop.id}").text


def test_who_facilitates_here_without_being_of_the_crew_reads_figures_not_needs(site: Site) -> None:
    workshop = announced(site)
    come(site.signed_in("resident"), workshop, note=WORDS)
    shown = colleague(site).get(f"/ateliers/{workshop.id}/inscriptions")
    assert shown.status_code == 200 and "Seule l’équipe de l’atelier lit ces mots" in shown.text
    assert WORDS not in shown.text


def test_two_people_for_the_last_place_one_has_it(site: Site) -> None:
    workshop = announced(site, capacity=1)
    with site.reading() as db:
        ids = list(db.exec(select(Person.id).where(col(Person.demo_persona).in_(["resident", "youth", "association"]))))
    ready = Barrier(len(ids))

    def ask(person_id: int) -> None:
        ready.wait()
        with site.database.writing() as db:
            held = db.get_one(Workshop, workshop.id)
            registrations.register(db, held, person_id, remote=False, note="")

    threads = [Thread(target=ask, args=(person_id,)) for person_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses(site, workshop)) == ["registered", "waiting", "waiting"]


def test_neither_a_late_reminder_nor_a_place_that_is_taken_is_promised(site: Site) -> None:
    workshop, mona = announced(site, capacity=1), site.signed_in("resident")
    address, free = f"/ateliers/{workshop.id}", "On peut aussi venir sans s’inscrire"
    assert free in site.visitor().get(address, follow_redirects=True).text
    for hours, promised in ((72, True), (30, False)):
        with site.writing() as db:
            held = db.get_one(Workshop, workshop.id)
            held.starts_at = now() + timedelta(hours=hours)
            db.add(held)
        assert ("deux jours avant" in come(mona, workshop)) is promised
    assert free not in site.visitor().get(address, follow_redirects=True).text
