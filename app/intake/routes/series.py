"""Typing one contribution after the other, without leaving the keyboard."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.forms import Filled, blank, read
from app.core.i18n import today
from app.core.security import PRIVATE, spaced
from app.core.web import page
from app.identity.access import Me, Requires
from app.intake import queries
from app.intake.access import choices_for
from app.intake.forms import SeriesForm
from app.intake.queries.choices import Choices, check
from app.intake.routes.bench import around, offered
from app.intake.service.transcription import AlreadyTypedError, Typed, transcribe
from app.needs.models import Need
from app.policy import INTAKE_OPEN, NEED_TRANSCRIBE
from app.threads import service as thread_verbs
from app.threads.states import Origin

router = APIRouter(dependencies=[Depends(Requires(INTAKE_OPEN))])
Here = Annotated[Choices, Depends(choices_for(NEED_TRANSCRIBE))]
Sent = Annotated[Filled[SeriesForm], Depends(read(SeriesForm))]
# From one contribution to the next; never the theme nor the collège, which every count is made by.
KEPT = ("origin", "campaign_id", "collected_on", "place")
ORDER = ("origin", "campaign_id", "sheet_ref", "collected_on", "place", "theme", "college", "title", "text")


def _first_empty(form: Filled[SeriesForm]) -> str:
    """Where one goes on typing; a call has no sheet, and a collecte may be left out."""
    skipped = {"campaign_id"} | (set() if form.values.get("origin") == Origin.PAPER else {"sheet_ref"})
    return next((name for name in ORDER if name not in skipped and not form.values.get(name)), "title")


def _show(
    request: Request, db: Db, me: Me, here: Choices, form: Filled[SeriesForm], *, status: int = 200,
    done: Typed | None = None, first: Need | None = None,
) -> Response:  # fmt: skip
    context: dict[str, Any] = {
        "form": form, "done": done, "code": spaced(done.code) if done and done.code else "", "first": first,
        "focus": _first_empty(form), "recent": queries.typed_by(db, me.person_id or 0, here.territory.territory_id),
    }  # fmt: skip
    return page(
        request, "intake/series.html", status=status, headers=PRIVATE, **context, **offered(here),
        **around(db, me, here.territory),
    )  # fmt: skip


@router.get("/saisie", name="intake.series")
def series(request: Request, db: Db, me: Me, here: Here, collecte: int = 0) -> Response:
    """A blank form; with the next sheet of the collecte, if one is named or only one runs."""
    running = [c for c in here.campaigns.values() if c.starts_on <= today() and (c.ends_on or today()) >= today()]
    chosen = here.campaigns.get(collecte) or (running[0] if len(running) == 1 else None)
    form = blank(
        SeriesForm, once=thread_verbs.submission_key(), origin=Origin.PAPER.value, collected_on=today().isoformat(),
        campaign_id=chosen.id if chosen else None, sheet_ref=queries.next_sheet(db, chosen, "") if chosen else "",
    )  # fmt: skip
    return _show(request, db, me, here, form)


@router.post("/saisie", name="intake.transcribe")
def record(request: Request, db: Db, me: Me, here: Here, form: Sent) -> Response:
    """Record it, and give at once the form of the next with what does not change."""
    check(here, form)
    data = form.ok
    if data is None:
        if "once" in form.errors:
            form.values["once"] = thread_verbs.submission_key()
        return _show(request, db, me, here, form, status=422)
    try:
        done = transcribe(db, here, data, by=me.person_id or 0)
    except AlreadyTypedError as twice:
        form.refuse("sheet_ref", twice.message)
        return _show(request, db, me, here, form, status=409, first=twice.first)
    chosen = here.campaigns.get(data.campaign_id or 0)
    following = queries.next_sheet(db, chosen, data.sheet_ref) if chosen else queries.following(data.sheet_ref)
    kept = {name: form.values.get(name) for name in KEPT} | {"campaign_id": data.campaign_id or ""}
    sheet = following if data.sheet_ref else ""
    after = blank(SeriesForm, once=thread_verbs.submission_key(), sheet_ref=sheet, **kept)
    return _show(request, db, me, here, after, done=done)
