"""Workshops for the calendars of phones and computers."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.identity.access import public
from app.places.queries import reference
from app.policy import WORKSHOP_READ
from app.policy.actor import ANONYMOUS
from app.workshops import queries
from app.workshops.queries import calendar

router = APIRouter(dependencies=[Depends(public)])


class CalendarFile(Response):
    """What a calendar reads, the same for everybody."""

    media_type = "text/calendar; charset=utf-8; method=PUBLISH"

    def __init__(self, content: bytes, name: str) -> None:
        headers = {"content-disposition": f'inline; filename="{name}.ics"', "cache-control": "public, max-age=300"}
        super().__init__(content, headers=headers, media_type=self.media_type)


@router.get("/ateliers/{workshop_id:int}-{slug}.ics", name="workshops.calendar_file")
def one(db: Db, workshop_id: int, slug: str) -> Response:
    """One workshop; called off, it says so, so that calendars that have it take it out. Its title may have changed."""
    workshop = queries.one(db, workshop_id) if workshop_id < 2**31 else None
    off = None
    if workshop is not None and not ANONYMOUS.can(WORKSHOP_READ, workshop):
        off = calendar.taken_back(db, workshop_id)
        workshop = workshop if off else None
    if workshop is None:
        raise NotFoundError(_("Cet atelier n’existe pas, ou n’est pas encore annoncé."))
    return CalendarFile(calendar.calendar([(workshop, off)]), f"atelier-{workshop.id}")


@router.get("/territoires/{slug}/ateliers.ics", name="workshops.calendar_feed")
def feed(db: Db, slug: str) -> Response:
    """The workshops of a territory, to subscribe to."""
    territory = reference(db).by_slug.get(slug)
    if territory is None:
        raise NotFoundError(_("Ce territoire n’existe pas."))
    name = _("Ateliers, %(name)s") % {"name": territory.name}
    return CalendarFile(calendar.calendar(calendar.feed(db, territory.territory_id), name=name), f"ateliers-{slug}")
