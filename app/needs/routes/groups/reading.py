"""The list of groups, and one group: what it says, whose words it gathers, who shares it, what it received."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.accords import queries as accords
from app.core.db import Db
from app.core.forms import Filled, blank
from app.core.i18n import today
from app.core.web import go, page
from app.identity import queries as people
from app.identity.access import Me, public
from app.identity.queries import organisations
from app.needs import citations
from app.needs.access import group_for
from app.needs.forms import GroupFilter, LeaveAnswerForm
from app.needs.models import NeedGroup
from app.needs.queries import group_lists, groups
from app.needs.queries.fil import CARDS, card_steps
from app.needs.states import EDITORS_ONLY, GROUP_LABELS, GROUP_STATE_LABELS, OUTCOME_LABELS, GroupStatus
from app.places.queries import reference
from app.policy import GROUP_READ
from app.policy.actor import Actor
from app.threads import queries as threads
from app.threads.forms import VoiceForm
from app.threads.queries import follows
from app.threads.states import FollowKind

router = APIRouter(dependencies=[Depends(public)])
ReadGroup = Annotated[NeedGroup, Depends(group_for(GROUP_READ))]


def edited_by(me: Actor) -> frozenset[int] | None:
    """Where this person groups needs; None means everywhere."""
    held = [me.territories(kind) for kind in ("moderator", "technician")]
    return None if None in held else frozenset().union(*(where for where in held if where is not None))


@router.get("/besoins-partages", name="needs.groups")
def index(request: Request, db: Db, me: Me) -> Response:
    """Every group that is alive, the latest first."""
    find = GroupFilter.model_validate(dict(request.query_params))
    edited, places = edited_by(me), reference(db)
    edits = edited is None or bool(edited)
    if find.etat in EDITORS_ONLY and not edits:
        find.etat = None
    territory = places.by_slug.get(find.territoire)
    listed = group_lists.listed(db, find, territory.territory_id if territory else None, edited)
    return page(
        request, "needs/groups/index.html", nav="needs", listed=listed, find=find, territory=territory, places=places,
        themes={t.id: t for t in accords.themes(db)}, outcomes=OUTCOME_LABELS, labels=GROUP_LABELS,
        states={s: w for s, w in GROUP_STATE_LABELS.items() if edits or s not in EDITORS_ONLY},
        query={k: v for k, v in request.query_params.items() if k not in ("apres", "avant") and v},
        asked=group_lists.pending_requests(db, edited) if edits else 0,
    )  # fmt: skip


def shown(db: Db, me: Actor, group: NeedGroup) -> dict[str, Any]:
    """What the page of a group shows, in as many queries for thirty needs as for two."""
    places, key = reference(db), group.id or 0
    members = groups.members(db, key)
    by_college = groups.voices(db, [key]).get(key, {})
    voice = threads.voice_of(db, group.accord.forum_id, me.person_id)
    _counts, supporters = threads.supports_by_college(db, group.thread_id)
    answers = groups.answers(db, key)
    return {
        "group": group, "members": members, "places": places, "territory": places.by_id[group.territory_id],
        "theme": next(t for t in accords.themes(db, group.accord.scheme_id) if t.id == group.theme_id),
        "sentences": said(group, {m.reference: m.id for m in members}), "needs": {m.reference: m for m in members},
        "supports": by_college, "total": sum(by_college.values()), "parts": groups.parts(db, key), "voice": voice,
        "supported": threads.supports(db, group.thread_id, voice.id if voice else None), "supporters": supporters,
        "spoken": threads.spoken(db, me, group.accord.forum_id, group.thread_id),
        "pages": organisations.pages_of(
            db, {m.organisation_id for m in members} | {o.id for o in supporters}
        ),
        "waiting": groups.waiting(db, [key]).get(key, groups.NOTHING), "answers": answers,
        "bodies": {a.body_id: people.body(db, a.body_id) for a in answers}, "outcomes": OUTCOME_LABELS,
        "sheets": groups.taken_up(db, [m.thread_id for m in members]), "labels": GROUP_LABELS,
        "rooms": card_steps(threads.mentions(db, group.thread_id, CARDS[1])),
        "priority": accords.priority(db, group.priority_id) if group.priority_id else None,
        "events": threads.events(db, groups.KIND, key), "day": today(),
        "requests": groups.requests(db, [key]).get(key, []), "GroupStatus": GroupStatus,
        "follow": follows.follow_of(db, me.person_id, FollowKind.THREAD, group.thread_id),
    }  # fmt: skip


def said(group: NeedGroup, references: dict[str, int]) -> list[list[citations.Part]]:
    """The summary as everyone reads it: only the sentences that a need of the group still backs."""
    return [citations.parts(sentence) for sentence in citations.backed(group.summary, references)]


def show_group(
    request: Request, db: Db, me: Me, group: NeedGroup, *, status: int = 200,
    voice_form: Filled[VoiceForm] | None = None, decision: Filled[LeaveAnswerForm] | None = None, decided: int = 0,
) -> Response:  # fmt: skip
    """The page of a group; ``decided``: the request whose answer has to be typed again."""
    return page(
        request, "needs/groups/show.html", status=status, nav="needs",
        voice_form=voice_form or blank(VoiceForm, college=me.college), decided=decided,
        decision=decision, undecided=blank(LeaveAnswerForm), **shown(db, me, group),
    )  # fmt: skip


@router.get("/besoins-partages/{group_id:int}", name="needs.group_short")
def short(request: Request, group: ReadGroup) -> Response:
    """The short address leads to the readable one."""
    urls = request.app.state.urls
    return RedirectResponse(urls("needs.group", group_id=group.id, slug=group.slug), status_code=301)


@router.get("/besoins-partages/{group_id:int}-{slug}", name="needs.group")
def show(request: Request, db: Db, me: Me, group: ReadGroup, slug: str) -> Response:
    """One group of needs."""
    if slug != group.slug:
        return short(request, group)
    return show_group(request, db, me, group)


def back(request: Request, group: NeedGroup, flash: str | None = None, anchor: str = "") -> Response:
    """To the page of the group; what there is to say is at its top."""
    place = "flash" if flash else anchor
    return go(request, "needs.group", group_id=group.id, slug=group.slug, flash=flash, anchor=place)
