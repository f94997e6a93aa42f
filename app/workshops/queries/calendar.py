"""Workshops as iCalendar (RFC 5545, RFC 5546 PUBLISH): what is public on their pages, in the clock of the Finistère."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText
from sqlmodel import Session, col, func, select

from app.core.db import now
from app.core.i18n import PARIS
from app.core.i18n import gettext as _
from app.core.machine import Event as Noted
from app.core.settings import get_settings
from app.workshops.models import Workshop
from app.workshops.states import Mode, Room

UNSCHEDULE = "unschedule"
BEHIND = timedelta(days=90)  # a feed keeps what is over for as long
SHOWN = 200
EVERY = timedelta(hours=6)  # how often a calendar looks again


def taken_back(db: Session, workshop_id: int) -> datetime | None:
    """When the workshop was to be held, if its announcement was taken back and it is not announced again."""
    found = _taken_back(db, [workshop_id])
    return found.get(workshop_id)


def _taken_back(db: Session, ids: Iterable[int]) -> dict[int, datetime]:
    """The moments at which these were announced, as the event of their cancellation keeps it."""
    last = (
        select(func.max(Noted.id))
        .where(Noted.subject_kind == Workshop.__tablename__, Noted.verb == UNSCHEDULE, col(Noted.subject_id).in_(ids))
        .group_by(col(Noted.subject_id))
    )
    rows = db.exec(select(Noted).where(col(Noted.id).in_(last)))
    return {noted.subject_id: datetime.fromisoformat(noted.note) for noted in rows if noted.note}


def feed(db: Session, territory_id: int) -> Sequence[tuple[Workshop, datetime | None]]:
    """The announced workshops of a territory, and those that were called off: with the moment they were to be held."""
    moment = now() - BEHIND
    here = select(Workshop).where(Workshop.territory_id == territory_id).order_by(col(Workshop.starts_at)).limit(SHOWN)
    public = db.exec(
        here.where(Workshop.status != Room.DRAFT.value, col(Workshop.starts_at) > moment)
    ).all()  # fmt: skip
    drafts = {one.id or 0: one for one in db.exec(here.where(Workshop.status == Room.DRAFT.value))}
    off = {key: at for key, at in _taken_back(db, drafts).items() if at > moment} if drafts else {}
    return [(one, None) for one in public] + [(drafts[key], at) for key, at in off.items()]


def calendar(entries: Iterable[tuple[Workshop, datetime | None]], *, name: str = "") -> bytes:
    """These workshops as one file; a second member says when one that is called off was to be held."""
    whole = Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", "-//Emglev//Ateliers//FR")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", "PUBLISH")
    if name:
        whole.add("name", name)
        whole.add("x-wr-calname", name)
        whole.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
        whole.add("x-published-ttl", EVERY)
    for workshop, off in entries:
        whole.add_component(_event(workshop, off))
    whole.add_missing_timezones()
    return bytes(whole.to_ical())


def _event(workshop: Workshop, off: datetime | None) -> Event:
    """Its identity never changes; its number grows with each change, so that calendars replace what they had."""
    settings = get_settings()
    starts = (off or workshop.starts_at).astimezone(PARIS)
    event = Event()
    event.add("uid", f"atelier-{workshop.id}@{urlsplit(settings.public_url).hostname}")
    event.add("sequence", workshop.edited)
    event.add("dtstamp", now().astimezone(UTC))
    event.add("dtstart", starts)
    event.add("organizer", _organizer())
    if off:  # in preparation again: nothing but that it does not take place is public
        event.add("status", "CANCELLED")
        event.add("summary", _("Atelier annulé ou reporté"))
        return event
    page = f"{settings.public_url}/ateliers/{workshop.id}-{workshop.slug}"
    event.add("status", "CONFIRMED")
    event.add("duration", timedelta(minutes=workshop.minutes))
    event.add("summary", workshop.title)
    if workshop.mode != Mode.REMOTE:
        event.add("location", workshop.place)
    event.add("description", "\n\n".join(part for part in (workshop.text, _how(workshop), page) if part))
    event.add("url", page)
    return event


def _how(workshop: Workshop) -> str:
    """At a distance: the link is given to those registered, never in a public file."""
    return _("À distance : le lien est donné à l’inscription.") if workshop.mode != Mode.ONSITE else ""


def _organizer() -> vCalAddress:
    name, address = parseaddr(get_settings().mail_from)
    who = vCalAddress(f"mailto:{address}")
    who.params["CN"] = vText(name or "Emglev")
    return who
