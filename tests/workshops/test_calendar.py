"""Workshops in the calendars of phones and computers."""

import re
from datetime import timedelta

from icalendar import Calendar, Event
from sqlmodel import select

from app.core.db import now
from app.core.i18n import PARIS
from app.workshops.models import Workshop
from app.workshops.states import Room
from tests.site import Site
from tests.workshops.acts import MORLAIX, act, room


def read(site: Site, path: str) -> Calendar:
    """The file at this address."""
    response = site.visitor().get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/calendar")
    return Calendar.from_ical(response.content)


def only(site: Site, workshop: Workshop) -> Event:
    """The event of this workshop's own file."""
    return read(site, f"/ateliers/{workshop.id}-{workshop.slug}.ics").events[0]


def test_a_workshop_is_a_published_event_in_the_clock_of_the_finistere(site: Site) -> None:
    workshop = room(site, status="scheduled")
    whole = read(site, f"/ateliers/{workshop.id}-{workshop.slug}.ics")
    event = whole.events[0]
    assert (whole["METHOD"], whole["VERSION"]) == ("PUBLISH", "2.0")
    assert [str(zone["TZID"]) for zone in whole.timezones] == ["Europe/Paris"]
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert event.start == workshop.starts_at.astimezone(PARIS)
    assert event.duration == timedelta(minutes=workshop.minutes)
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (workshop.title, workshop.place)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", workshop.edited)
    assert str(event["UID"]) == f"atelier-{workshop.id}@localhost"
    assert str(event["URL"]).endswith(f"/ateliers/{workshop.id}-{workshop.slug}")
    assert "mailto:" in str(event["ORGANIZER"])


def test_a_changed_workshop_keeps_its_identity_and_its_number_grows(site: Site) -> None:
    workshop, amina = room(site, status="scheduled"), site.signed_in("facilitator")
    before = only(site, workshop)
    act(site, amina, workshop, "annonce/retrait")
    called_off = only(site, workshop)
    assert called_off["STATUS"] == "CANCELLED"
    assert "rivière" not in called_off.to_ical().decode(), "what is in preparation is not public"
    assert called_off.start == before.start
    act(site, amina, workshop, "annonce")
    again = only(site, workshop)
    assert {str(event["UID"]) for event in (before, called_off, again)} == {str(before["UID"])}
    assert before["SEQUENCE"] < called_off["SEQUENCE"] < again["SEQUENCE"]


def test_the_link_to_a_distance_is_in_no_public_file(site: Site) -> None:
    workshop = room(site, status="scheduled")
    with site.writing() as db:
        held = db.get_one(Workshop, workshop.id)
        held.mode, held.link = "remote", "https://visio.example.org/secret"
        db.add(held)
    event = only(site, workshop)
    assert "secret" not in event.to_ical().decode()
    assert "LOCATION" not in event


def test_a_feed_holds_a_territory_and_what_was_called_off(site: Site) -> None:
    workshop, amina = room(site, status="scheduled"), site.signed_in("facilitator")
    path = f"/territoires/{MORLAIX}/ateliers.ics"
    with site.reading() as db:
        mine = db.exec(
            select(Workshop).where(
                Workshop.territory_id == workshop.territory_id, Workshop.status != Room.DRAFT.value,
                Workshop.starts_at > now() - timedelta(days=90),
            )
        ).all()  # fmt: skip
    feed = read(site, path)
    assert {str(event["UID"]) for event in feed.events} == {f"atelier-{each.id}@localhost" for each in mine}
    assert "Morlaix" in str(feed["NAME"])
    act(site, amina, workshop, "annonce/retrait")
    status = {str(event["UID"]): str(event["STATUS"]) for event in read(site, path).events}
    assert status[f"atelier-{workshop.id}@localhost"] == "CANCELLED"


def test_a_draft_never_announced_has_no_file(site: Site) -> None:
    draft = room(site, status="draft")
    for who in (site.visitor(), site.signed_in("facilitator")):
        assert who.get(f"/ateliers/{draft.id}-{draft.slug}.ics").status_code == 404
    assert site.visitor().get("/ateliers/99999999999-x.ics").status_code == 404
    assert site.visitor().get("/ateliers/999999-x.ics").status_code == 404
    assert site.visitor().get("/territoires/nulle-part/ateliers.ics").status_code == 404
    uids = {str(event["UID"]) for event in read(site, f"/territoires/{MORLAIX}/ateliers.ics").events}
    assert f"atelier-{draft.id}@localhost" not in uids


def test_words_that_look_like_lines_of_a_calendar_stay_words(site: Site) -> None:
    workshop = room(site, status="scheduled")
    evil = "Salle\r\nEND:VEVENT\r\nBEGIN:VEVENT\nUID:autre; , \\n"
    with site.writing() as db:
        held = db.get_one(Workshop, workshop.id)
        held.place, held.text = evil[:160], evil
        db.add(held)
    whole = read(site, f"/ateliers/{workshop.id}-{workshop.slug}.ics")
    assert len(whole.events) == 1
    assert str(whole.events[0]["UID"]) == f"atelier-{workshop.id}@localhost"


def test_the_page_and_the_list_lead_to_the_files(site: Site) -> None:
    workshop = room(site, status="scheduled")
    assert f"/ateliers/{workshop.id}-{workshop.slug}.ics" in site.visitor().get(f"/ateliers/{workshop.id}").text
    listed = site.visitor().get("/ateliers", params={"territoire": MORLAIX}).text
    assert f"/territoires/{MORLAIX}/ateliers.ics" in listed


def test_a_file_is_written_as_the_standard_asks(site: Site) -> None:
    workshop = room(site, status="scheduled")
    with site.writing() as db:
        held = db.get_one(Workshop, workshop.id)
        held.title = "Atelier du Cloître-Saint-Thégonnec : « où aller, à l’année ? »"
        held.text = "Été comme hiver, l’école reste ouverte à toutes et à tous. " * 4
        db.add(held)
    for path in (f"/ateliers/{workshop.id}-{workshop.slug}.ics", f"/territoires/{MORLAIX}/ateliers.ics"):
        raw = site.visitor().get(path).content
        assert raw.endswith(b"END:VCALENDAR\r\n") and b"\n" not in raw.replace(b"\r\n", b""), "RFC 5545, 3.1"
        lines = raw.split(b"\r\n")
        assert max(map(len, lines)) <= 75, "octets a line, folded"
        assert all(line.decode() or line == b"" for line in lines), "no letter cut in two"
        names = [line.split(b":")[0].split(b";")[0] for line in lines]
        assert [names.count(once) for once in (b"PRODID", b"VERSION", b"METHOD")] == [1, 1, 1]
        events = raw.count(b"BEGIN:VEVENT\r\n")
        assert events >= 1 and raw.count(b"\r\nUID:") == events == len(
            re.findall(rb"\r\nDTSTAMP:\d{8}T\d{6}Z\r\n", raw)
        )
        assert raw.count(b"\r\nTZID:Europe/Paris") == 1, "the zone that the hours name is described once"
