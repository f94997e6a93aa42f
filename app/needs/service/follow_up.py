"""Verbs of the follow-up: attached to a priorité, taken up in a fiche-action, answered."""

from collections.abc import Collection

from sqlmodel import Session, col, update

from app.accords.models import Priority
from app.accords.states import Stage
from app.core.db import IN_HAND, now
from app.core.errors import ConflictError, ForbiddenError
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.settings import get_settings
from app.identity import queries as people
from app.identity import service as identity
from app.identity.models import Body
from app.needs.forms import AnswerForm
from app.needs.models import GroupMember, Need, NeedAnswer
from app.needs.queries import PUBLIC, answers
from app.needs.service.supporters import tell_supporters
from app.needs.service.voices import in_turn
from app.needs.states import FOLLOW_UP, OUTCOME_LABELS, FollowUp, Outcome
from app.threads import queries as thread_reads
from app.threads import service as threads
from app.threads.models import News
from app.threads.service.follows import announce

SHEET = "sheet"  # the kind of the mentions that fiches-actions write on a need


def attach(
    db: Session, need: Need, priority: Priority | None, *, by: int | None, note: str = "", alone: bool = True
) -> None:  # fmt: skip
    """Say which priorité this need serves, or that it serves none any more.

    Not ``alone``: with the others of its group, which tells authors once for all its needs.

    Raises:
        ForbiddenError: the priorité is of another territory.
        ConflictError: there is nothing to change.
    """
    in_turn(db, need)
    if alone:
        _chosen_apart(db, need)
    if priority is None:
        _step(db, need, "detach_grouped" if need.group_id else "detach", by=by, note=note or None)
        need.priority_id = None
        return
    fits(priority, need.accord_id)
    if need.priority_id == priority.id:
        raise ConflictError(_("Ce besoin est déjà rattaché à cette priorité."))
    told = " · ".join(part for part in (priority.title, note) if part)
    _step(db, need, "attach", by=by, note=told)
    need.priority_id = priority.id
    if alone:
        text = _("Il est rattaché à la priorité « %(title)s ».") % {"title": priority.title}
        tell(db, need, _("Votre besoin avance"), text)
        said(db, need, _("Un besoin est rattaché à une priorité : %(need)s"), text, by=by)


def fits(priority: Priority, accord_id: int) -> None:
    """A priorité that a need or a group of this accord may serve.

    Raises:
        ConflictError: it was withdrawn meanwhile.
        ForbiddenError: it is of another territory.
    """
    if priority.status == Stage.WITHDRAWN:
        raise ConflictError(_("Cette priorité vient d’être retirée : choisissez-en une autre."))
    if priority.accord_id != accord_id:
        raise ForbiddenError(_("Cette priorité est celle d’un autre territoire."))


def _chosen_apart(db: Session, need: Need) -> None:
    """Its priorité is its own from now on: leaving its group will change nothing to it."""
    db.execute(
        update(GroupMember)
        .where(col(GroupMember.need_id) == need.id, col(GroupMember.left_at).is_(None))
        .values(brought_id=None, former_id=None)
    )


def _step(db: Session, need: Need, verb: str, *, by: int | None, note: str | None) -> None:
    """A step of the follow-up; what went further stays there, the step is written all the same."""
    if need.stage in (FollowUp.TAKEN_UP, FollowUp.ANSWERED):
        note_event(db, need, verb, by=by, note=note)
    else:
        FOLLOW_UP.move(db, need, verb, by=by, note=note)


def answer(
    db: Session, need: Need, form: AnswerForm, body: Body, *, by: int, group_id: int | None = None
) -> NeedAnswer | None:  # fmt: skip
    """Answer a need: the fil, the tracking page, the board, the author and who supports it all follow.

    With ``group_id``, the answer of its group, which tells people once for all its needs. None when the same answer
    was given already: sent twice.
    """
    in_turn(db, need)
    last = next(iter(answers(db, need.id or 0)), None)
    if last and (last.text, last.outcome, last.body_id) == (form.text, form.outcome.value, body.id):
        return None
    FOLLOW_UP.move(db, need, "answer", by=by, note=form.outcome.value)
    need.outcome = form.outcome.value
    written = NeedAnswer(
        need_id=need.id or 0, group_id=group_id, outcome=form.outcome.value, text=form.text, body_id=body.id or 0,
        addressee=form.addressee if form.outcome == Outcome.REDIRECTED else None,
        author_id=by, answered_on=form.answered_on, created_at=now(),
    )  # fmt: skip
    db.add(written)
    if group_id is None:
        words = answer_words(form, body)
        tell(db, need, _("Une réponse à votre besoin"), words)
        news = said(db, need, _("Une réponse est donnée : %(need)s"), words, by=by)
        tell_supporters(db, [need.thread_id], need.title, f"/besoins/{need.id}", words, news)
    return written


def answer_words(form: AnswerForm, body: Body) -> str:
    """The answer as people read it in a mail."""
    return _("%(outcome)s. %(body)s vous répond, le %(date)s :\n\n%(text)s") % {
        "outcome": _(OUTCOME_LABELS[form.outcome]), "body": body.name,
        "date": fdate(form.answered_on), "text": form.text,
    }  # fmt: skip


def said(
    db: Session, need: Need, title: str, text: str, *, by: int | None, besides: Collection[int | None] = ()
) -> News:  # fmt: skip
    """Tell those who follow this need, its theme or its territory; its author has a mail of their own."""
    return announce(
        db, thread_id=need.thread_id, territory_id=need.territory_id, theme_id=need.theme_id,
        title=title % {"need": need.title}, text=text, path=f"/besoins/{need.id}", by=by,
        besides={need.author_id, *besides},
    )  # fmt: skip


def _in_hand(db: Session, need: Need) -> None:
    """This need as the last writer left it: two fiches that take it up at once are two."""
    in_turn(db, need)
    db.refresh(need, ["sheets", "stage", "priority_id", "group_id"], with_for_update=IN_HAND)


def take_up(
    db: Session, need: Need, *, sheet_id: int, reference: str, title: str, state: str, path: str, by: int | None,
    tell_author: bool = True,
) -> None:  # fmt: skip
    """A published fiche-action answers this need, or moved: its fil follows; its author is told once."""
    _in_hand(db, need)
    known = any(m.subject_id == sheet_id for m in thread_reads.mentions(db, need.thread_id, SHEET))
    threads.mention(db, need.thread_id, kind=SHEET, subject_id=sheet_id, title=title, state=state, path=path)
    if known:
        return
    if need.stage == FollowUp.ANSWERED:
        note_event(db, need, "take_up", by=by, note=f"{reference} · {title}")
    else:
        FOLLOW_UP.move(db, need, "take_up", by=by, note=f"{reference} · {title}")
    need.sheets += 1
    if not tell_author:
        return
    words = _("Il est repris dans la fiche-action %(reference)s, « %(title)s ».") % {
        "reference": reference, "title": title,
    }  # fmt: skip
    tell(db, need, _("Votre besoin avance"), f"{words}\n{get_settings().public_url}{path}")
    said(db, need, _("Un besoin est repris dans une fiche-action : %(need)s"), words, by=by)


def put_back(db: Session, need: Need, *, sheet_id: int, by: int | None, note: str) -> None:
    """A fiche-action does not answer this need any more."""
    _in_hand(db, need)
    if not any(m.subject_id == sheet_id for m in thread_reads.mentions(db, need.thread_id, SHEET)):
        return
    threads.unmention(db, need.thread_id, kind=SHEET, subject_id=sheet_id)
    need.sheets -= 1
    if need.stage == FollowUp.TAKEN_UP and need.sheets == 0:
        alone = "put_back_grouped" if need.group_id else "put_back_alone"
        FOLLOW_UP.move(db, need, "put_back" if need.priority_id else alone, by=by, note=note)
    else:
        note_event(db, need, "put_back", by=by, note=note)


def tell(db: Session, need: Need, subject: str, text: str) -> None:
    """Write to the author, if they left an address."""
    author = people.person(db, need.author_id) if need.author_id else None
    if author:
        body = _("Bonjour,\n\nVotre besoin « %(title)s » (%(reference)s) :\n\n%(text)s\n") % {
            "title": need.title, "reference": need.reference, "text": text,
        }  # fmt: skip
        if need.status in PUBLIC:
            body += _("\nLe lire et le suivre : %(link)s\n") % {
                "link": f"{get_settings().public_url}/besoins/{need.id}"
            }
        identity.tell(db, author, subject, body)
