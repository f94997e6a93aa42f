"""One need, as a page and as a PDF."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.accords import queries as accords
from app.core import pdf
from app.core.db import Db
from app.core.forms import Filled, blank
from app.core.i18n import fdate, today
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.web import go, page
from app.identity.access import Me, public
from app.identity.queries import organisations
from app.identity.states import College
from app.needs.access import need_for
from app.needs.forms import LeaveForm
from app.needs.models import Need
from app.needs.queries import fil, groups
from app.needs.queries.wordings import former_words
from app.places.geometry import Sketch
from app.places.queries import reference, sketch_around
from app.policy import NEED_ATTACH, NEED_MODERATE, NEED_READ, NEED_TRANSCRIBE
from app.policy.actor import ANONYMOUS, Actor
from app.threads import queries as threads
from app.threads.forms import CommentForm, VoiceForm
from app.threads.queries import files, follows
from app.threads.states import COMMENT_LABELS, FollowKind

router = APIRouter(dependencies=[Depends(public)])
ReadNeed = Annotated[Need, Depends(need_for(NEED_READ))]


def _show_context(db: Db, me: Me, need: Need) -> dict[str, Any]:
    places = reference(db)
    voice = threads.voice_of(db, need.accord.forum_id, me.person_id)
    by_college, supporters = threads.supports_by_college(db, need.thread_id)
    comments = threads.comments(db, me, need.thread_id)
    signed = {need.organisation_id} | {comment.organisation_id for comment in comments}
    signed |= {organisation.id for organisation in supporters}
    return {
        "need": need, "territory": places.by_id[need.territory_id],
        "commune": places.commune_by_insee.get(need.commune_insee or ""),
        "theme": next(t for t in accords.themes(db, need.accord.scheme_id) if t.id == need.theme_id),
        "steps": fil.steps(db, need), "supports": by_college, "total": sum(by_college.values()),
        "supported": threads.supports(db, need.thread_id, voice.id if voice else None),
        "comments": comments, "kinds": COMMENT_LABELS, "voice": voice,
        "spoken": threads.spoken(db, me, need.accord.forum_id, need.thread_id), "supporters": supporters,
        "pages": organisations.pages_of(db, signed), "files": files.visible(db, me, need.thread_id),
        "sketch": _drawn(db, need), "place": groups.place_of(db, need),
        "follow": follows.follow_of(db, me.person_id, FollowKind.THREAD, need.thread_id),
        "former": former_words(db, need.id or 0) if _is_staff(me, need) else (),
    }  # fmt: skip


def _is_staff(me: Actor, need: Need) -> bool:
    """Whether one is shown the words before they were corrected: who moderates, transcribes or answers here."""
    return any(me.can(right, need) for right in (NEED_MODERATE, NEED_TRANSCRIBE, NEED_ATTACH))


def _drawn(db: Db, need: Need) -> Sketch | None:
    """The communes around a need that says where exactly."""
    if need.latitude is None or need.longitude is None:
        return None
    return sketch_around(db, need.territory_id, need.commune_insee)


def show_need(
    request: Request, db: Db, me: Me, need: Need, *, status: int = 200,
    voice_form: Filled[VoiceForm] | None = None, comment_form: Filled[CommentForm] | None = None,
    leave_form: Filled[LeaveForm] | None = None,
) -> Response:  # fmt: skip
    return page(
        request, "needs/show.html", status=status, nav="needs",
        voice_form=voice_form or blank(VoiceForm, college=me.college),
        comment_form=comment_form or blank(CommentForm, college=me.college, kind="remarque"),
        leave_form=leave_form or blank(LeaveForm), **_show_context(db, me, need),
    )  # fmt: skip


@router.get("/besoins/{need_id:int}", name="needs.short")
def short(request: Request, need: ReadNeed) -> Response:
    """The short address leads to the readable one."""
    return RedirectResponse(request.app.state.urls("needs.show", need_id=need.id, slug=need.slug), status_code=301)


@router.get("/besoins/{need_id:int}-{slug}", name="needs.show")
def show(request: Request, db: Db, me: Me, need: ReadNeed, slug: str) -> Response:
    """One need: its words, its supporters, its comments, its fil."""
    if slug != need.slug:
        return short(request, need)
    return show_need(request, db, me, need)


def back(request: Request, need: Need, flash: str | None = None, anchor: str = "") -> Response:
    """To the page of the need; what there is to say is at its top, so that is where one lands."""
    place = "flash" if flash else anchor
    return go(request, "needs.show", need_id=need.id, slug=need.slug, flash=flash, anchor=place)


@router.get("/besoins/{need_id:int}.pdf", name="needs.pdf", dependencies=[Depends(limit("pdf", "20/minute"))])
def as_pdf(request: Request, db: Db, need: ReadNeed) -> Response:
    """The page of a need as a tagged PDF."""
    shown = _show_context(db, ANONYMOUS, need)
    steps = [
        {"kind": s.kind_label, "title": s.title, "date": s.date_text, "text": s.text,
         "tag": s.tag or "", "state": s.state}
        for s in shown["steps"]
    ]  # fmt: skip
    data = {
        "title": need.title, "reference": need.reference, "text": need.text.split("\n\n"), "signature": need.signature,
        "place": ", ".join(filter(None, (shown["commune"] and shown["commune"].name, need.place_note))),
        "territory": shown["territory"].name, "theme": shown["theme"].name, "date": fdate(need.created_at),
        "total": shown["total"],
        "colleges": [{"name": _(c.label), "count": shown["supports"].get(c, 0)} for c in College],
        "steps": steps, "url": request.app.state.settings.public_url + str(request.url.path).removesuffix(".pdf"),
        "printed": fdate(today()),
    }  # fmt: skip
    return Response(
        pdf.render("need.typ", data), media_type="application/pdf",
        headers={"content-disposition": f'inline; filename="{need.reference}.pdf"'},
    )  # fmt: skip
