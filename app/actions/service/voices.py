"""Verbs of voices on a fiche: taking position, commenting; and the answers of institutions."""

from sqlmodel import Session

from app.actions.forms import SheetCommentForm
from app.actions.models import ActionSheet
from app.actions.service.writing import address, tell_followers
from app.core.db import now
from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.core.i18n import gettext as _
from app.core.mail import post, quoted
from app.core.settings import get_settings
from app.identity import queries as people
from app.identity import service as identity
from app.identity.models import Body, Person
from app.identity.states import College
from app.policy import SHEET_POSITION
from app.policy.actor import ANONYMOUS, Actor, Affiliation
from app.threads import service as threads
from app.threads.models import Comment, Thread, Voice
from app.threads.service.holding import held_for
from app.threads.states import OFFICIAL_ANSWER, STANCE_LABELS, Moderation, Stance

CONFIRM_POSITION = "position"


def thread_of(db: Session, sheet: ActionSheet) -> Thread:
    return db.get_one(Thread, sheet.thread_id)


def take_position(
    db: Session, sheet: ActionSheet, person: Person, college: str, stance: Stance,
    affiliation: Affiliation | None = None,
) -> str:  # fmt: skip
    """Pour, nuancé or contre, by this person's voice or their organisation's: ``new``, ``changed`` or ``same``."""
    voice = threads.voice_for(db, sheet.accord.forum_id, person.id or 0, college, affiliation)
    return threads.take_position(db, thread_of(db, sheet), voice, stance)


def leave_position(db: Session, sheet: ActionSheet, voice: Voice) -> None:
    """Take one's position back."""
    threads.leave_position(db, thread_of(db, sheet), voice)


def ask_position_confirmation(db: Session, sheet: ActionSheet, email: str, college: College, stance: Stance) -> None:
    """Mail the link that confirms a position taken without an account."""
    data = {"sheet": sheet.id, "college": college.value, "stance": stance.value}
    secret = identity.issue_proof(db, email, CONFIRM_POSITION, data, life=identity.CONFIRMATION_LIFE)
    body = _(
        "Bonjour,\n\nVotre position sur la fiche-action %(reference)s, « %(title)s » : %(stance)s.\n"
        "Ouvrez ce lien et confirmez : votre voix comptera.\n%(link)s\n\n"
        "Elle se change et se retire jusqu’à la fin du débat. Sans confirmation sous 7 jours, elle ne compte pas. "
        "Si ce n’est pas vous, ignorez ce message.\n"
    ) % {
        "reference": sheet.reference, "title": sheet.title, "stance": _(STANCE_LABELS[stance]),
        "link": f"{get_settings().public_url}/confirmation/{secret}",
    }  # fmt: skip
    post(db, email, _("Confirmez votre position sur %(reference)s") % {"reference": sheet.reference}, body)


def confirm_position(db: Session, sheet: ActionSheet, person: Person, college: str, stance: Stance) -> str:
    """The address is proved: the position counts, or replaces the one held; as ``take_position``.

    Raises:
        ForbiddenError: the debate on this fiche closed meanwhile.
    """
    if not ANONYMOUS.can(SHEET_POSITION, sheet):
        raise ForbiddenError(_("Cette fiche ne reçoit plus de position en ce moment."))
    return take_position(db, sheet, person, college, stance)


def comment(
    db: Session, sheet: ActionSheet, form: SheetCommentForm, me: Actor, affiliation: Affiliation | None = None
) -> Comment:
    """Comment the version read; signed in, it goes to moderation, otherwise its author confirms an address first."""
    read = form.version if 0 < form.version <= sheet.version else sheet.version
    written = threads.comment(
        db, thread_of(db, sheet), sheet.territory_id, kind=form.kind, text=form.text, author_id=me.person_id,
        a_posteriori=sheet.accord.comments_a_posteriori, version=read, **threads.signed(form, me, affiliation),
        held_for=held_for(db, Comment, form, words=form.text),
    )  # fmt: skip
    if me.person_id is None and form.email:
        threads.ask_comment_confirmation(db, written, form.email, sheet.title)
    return written


def answer(db: Session, sheet: ActionSheet, asked: Comment, *, text: str, body: Body, by: int) -> Comment:
    """Answer a comment in the name of a body; its author gets a mail. The same words twice are one answer.

    Raises:
        NotFoundError: the comment is not under this fiche, or is itself an answer.
        ForbiddenError: the body is of another territory.
        ConflictError: the comment is not published.
    """
    if asked.thread_id != sheet.thread_id or asked.kind == OFFICIAL_ANSWER:
        raise NotFoundError
    if body.territory_id not in (None, sheet.territory_id):
        raise ForbiddenError(_("Cette instance est celle d’un autre territoire."))
    if asked.status not in (Moderation.PUBLISHED, Moderation.MASKED):
        raise ConflictError(_("Ce commentaire n’est pas publié : il ne reçoit pas de réponse."))
    started = now()
    written = threads.answer_officially(
        db, asked, text=text, body_id=body.id or 0, signature=body.name, college=College.INSTITUTIONS.value, by=by
    )
    if written.created_at >= started:
        _tell(db, sheet, asked, written, body)
        words = _("%(body)s répond à un commentaire :\n\n%(text)s") % {"body": body.name, "text": text}
        title = _("Une réponse est donnée sous une fiche-action : %(title)s")
        tell_followers(db, sheet, title, words, by=by, besides=[asked.author_id])
    return written


def _tell(db: Session, sheet: ActionSheet, asked: Comment, written: Comment, body: Body) -> None:
    author = people.person(db, asked.author_id) if asked.author_id else None
    if author is None:
        return
    words = _(
        "Bonjour,\n\n%(body)s répond à votre commentaire sur la fiche-action %(reference)s, « %(title)s » :\n\n"
        "%(text)s\n\nVos mots :\n\n%(words)s\n\nLire la fiche : %(link)s\n"
    ) % {
        "body": body.name, "reference": sheet.reference, "title": sheet.title, "text": quoted(written.text),
        "words": quoted(asked.text), "link": f"{get_settings().public_url}{address(sheet)}#commentaire-{asked.id}",
    }  # fmt: skip
    identity.tell(db, author, _("Une réponse à votre commentaire"), words)
