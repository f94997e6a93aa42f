"""Following a need, a group, a fiche, a theme or a territory; choosing how often; stopping."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError, TooManyError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.web import go, go_to, page
from app.identity import queries as people
from app.identity.access import Me, Requires, public
from app.needs.queries import PUBLIC
from app.policy import OWN_SPACE
from app.portal.forms import FollowForm, RhythmForm
from app.portal.queries import follows as reads
from app.portal.routes.tracking import TrackedNeed, Typed, show_tracking
from app.portal.service import following
from app.threads.models import Follow
from app.threads.queries import follows as threads
from app.threads.service import follows
from app.threads.states import RHYTHM_LABELS, FollowKind, Rhythm

router = APIRouter()
OPEN = [Depends(public)]
ASKED = [Depends(public), Depends(limit("follow", "40/10minute"))]
MINE = [Depends(Requires(OWN_SPACE))]
EVERYTHING = 0  # no follow has this id


def _subject(db: Db, kind: FollowKind, subject_id: int) -> reads.Followed:
    about = reads.subject(db, kind, subject_id)
    if about is None:
        raise NotFoundError(_("Cette page n’existe pas, ou n’est pas publique."))
    return about


def _show(
    request: Request, db: Db, me: Me, kind: FollowKind, subject_id: int, form: Filled[FollowForm]
) -> Response:  # fmt: skip
    return page(
        request, "portal/follow.html", status=422 if form.errors else 200, form=form, kind=kind, subject_id=subject_id,
        about=_subject(db, kind, subject_id), rhythms=RHYTHM_LABELS,
        mine=threads.follow_of(db, me.person_id, kind, subject_id),
    )  # fmt: skip


@router.get("/suivre/{kind}/{subject_id:int}", name="portal.follow", dependencies=OPEN)
def show(request: Request, db: Db, me: Me, kind: FollowKind, subject_id: int) -> Response:
    """How to be told of what happens to it."""
    return _show(request, db, me, kind, subject_id, blank(FollowForm, rhythm=Rhythm.WEEKLY.value))


@router.post("/suivre/{kind}/{subject_id:int}", name="portal.start_following", dependencies=ASKED)
def start(
    request: Request, db: Db, me: Me, kind: FollowKind, subject_id: int,
    form: Annotated[Filled[FollowForm], Depends(read(FollowForm))],
) -> Response:  # fmt: skip
    """Follow it: at once when signed in, by a link to confirm otherwise."""
    about = _subject(db, kind, subject_id)
    if form.data and not me.signed_in and not form.data.email:
        form.refuse("email", _("Donnez l’adresse où vous voulez recevoir les nouvelles."))
    data = form.ok
    if data is None:
        return _show(request, db, me, kind, subject_id, form)
    if me.person_id:
        following.start(db, me.person_id, kind, subject_id, Rhythm(data.rhythm))
        words = {
            Rhythm.AT_ONCE: _("C’est noté : un message vous préviendra à chaque nouvelle."),
            Rhythm.WEEKLY: _("C’est noté : les nouvelles seront dans votre lettre du lundi."),
        }
        return go_to(request, about.path, flash=words[Rhythm(data.rhythm)])
    try:
        following.ask_confirmation(db, data.email or "", kind, subject_id, Rhythm(data.rhythm), about.title)
    except TooManyError as busy:
        form.refuse("email", busy.message)
        return _show(request, db, me, kind, subject_id, form)
    return go_to(request, about.path, flash=_("Un message vous attend : ouvrez son lien pour recevoir les nouvelles."))


@router.post("/suivi/{code}/abonnement", name="portal.follow_tracked", dependencies=ASKED)
def start_tracked(
    request: Request, db: Db, me: Me, need: TrackedNeed, code: str,
    form: Annotated[Filled[FollowForm], Depends(read(FollowForm))],
) -> Response:  # fmt: skip
    """From the tracking page, published or not: news of one's own contribution, at an address."""
    if form.data and not form.data.email:
        form.refuse("email", _("Donnez l’adresse où vous voulez recevoir les nouvelles."))
    data = form.ok
    if data and data.email:
        named = need.title if need.status in PUBLIC else need.reference  # nobody is mailed words that nobody read
        try:
            following.ask_confirmation(
                db, data.email, FollowKind.THREAD, need.thread_id, Rhythm(data.rhythm), named, tracked=True
            )
        except TooManyError as busy:
            form.refuse("email", busy.message)
    if form.errors:
        return show_tracking(request, db, me, need, code, status=422, typed=Typed(follow=form))
    words = _("Un message vous attend : ouvrez son lien pour recevoir les nouvelles.")
    return go(request, "portal.tracking", code=code, anchor="flash", flash=words)


@router.post("/suivre/{kind}/{subject_id:int}/arret", name="portal.stop_following", dependencies=MINE)
def stop(request: Request, db: Db, me: Me, kind: FollowKind, subject_id: int) -> Response:
    """Follow it no more; pressed twice, it stays so."""
    held = threads.follow_of(db, me.person_id, kind, subject_id)
    if held:
        follows.change(db, held, Rhythm.NEVER)
    about = reads.subject(db, kind, subject_id)
    flash = _("Vous ne recevrez plus ces nouvelles.")
    return go_to(request, about.path, flash=flash) if about else go(request, "portal.follows", flash=flash)


@router.get("/mon-espace/suivis", name="portal.follows", dependencies=MINE)
def mine(request: Request, db: Db, me: Me) -> Response:
    """All that one follows."""
    held = threads.follows_of(db, me.person_id or 0)
    return page(
        request, "portal/follows.html", person=people.person(db, me.person_id or 0), held=held,
        about=reads.subjects(db, [(follow.subject_kind, follow.subject_id) for follow in held]), rhythms=RHYTHM_LABELS,
    )  # fmt: skip


def _held(db: Db, me: Me, follow_id: int) -> Follow:
    held = next((follow for follow in threads.follows_of(db, me.person_id or 0) if follow.id == follow_id), None)
    if held is None:
        raise NotFoundError
    return held


@router.post("/mon-espace/suivis/{follow_id:int}", name="portal.change_follow", dependencies=MINE)
def change(
    request: Request, db: Db, me: Me, follow_id: int, form: Annotated[Filled[RhythmForm], Depends(read(RhythmForm))]
) -> Response:
    """Be told more or less often, or stop; number 0 stops everything."""
    data = form.ok
    if data is None:
        return go(request, "portal.follows", flash=_("Choisissez une des réponses proposées."), level="attention")
    if follow_id == EVERYTHING and data.rhythm == Rhythm.NEVER.value:
        follows.stop_all(db, me.person_id or 0)
        return go(request, "portal.follows", flash=_("Vous ne suivez plus rien."))
    follows.change(db, _held(db, me, follow_id), Rhythm(data.rhythm))
    return go(request, "portal.follows", flash=_("C’est enregistré."))
