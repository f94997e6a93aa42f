"""Verbs of voices on a need: supporting it, commenting on it."""

from sqlmodel import Session

from app.core.i18n import gettext as _
from app.core.mail import post
from app.core.settings import get_settings
from app.identity import queries as people
from app.identity import service as identity
from app.identity.models import Person
from app.identity.states import College
from app.needs.forms import AlsoForm
from app.needs.models import Need
from app.policy.actor import Actor, Affiliation
from app.threads import service as threads
from app.threads.forms import CommentForm
from app.threads.models import Comment, Thread, Voice
from app.threads.service.holding import held_for
from app.threads.states import CommentKind

CONFIRM_SUPPORT = "support"


def in_turn(db: Session, need: Need) -> None:
    """One writer of the counters of its accord at a time."""
    threads.in_turn(db, need.accord.forum_id)


def thread_of(db: Session, need: Need) -> Thread:
    return db.get_one(Thread, need.thread_id)


def support(db: Session, need: Need, person: Person, college: str, affiliation: Affiliation | None = None) -> bool:
    """« C’est aussi mon besoin »: counted once a person, once an organisation; whether it is new."""
    in_turn(db, need)
    voice = threads.voice_for(db, need.accord.forum_id, person.id or 0, college, affiliation)
    return threads.support(db, thread_of(db, need), voice)


def unsupport(db: Session, need: Need, voice: Voice) -> None:
    """Take a support back."""
    in_turn(db, need)
    threads.unsupport(db, thread_of(db, need), voice)


def ask_support_confirmation(
    db: Session, need: Need, email: str, college: College, words: Comment | None = None
) -> None:
    """Mail the link that confirms a support given without an account, and the comment written with it."""
    data = {"need": need.id, "college": college.value} | ({"comment": words.id} if words else {})
    secret = identity.issue_proof(db, email, CONFIRM_SUPPORT, data, life=identity.CONFIRMATION_LIFE)
    body = _(
        "Bonjour,\n\nVous avez dit que « %(title)s » est aussi votre besoin.\n"
        "Ouvrez ce lien et confirmez : votre voix comptera.\n%(link)s\n\n"
        "Le lien sert pendant 7 jours. Si ce n’est pas vous, ignorez ce message : rien ne sera compté.\n"
    ) % {"title": need.title, "link": f"{get_settings().public_url}/confirmation/{secret}"}
    post(db, email, _("Confirmez votre soutien"), body)


def comment(db: Session, need: Need, form: CommentForm, me: Actor, affiliation: Affiliation | None = None) -> Comment:
    """Comment: signed in, it goes to moderation; otherwise its author confirms an address first."""
    written = _write(db, need, form, me, affiliation)
    if me.person_id is None and form.email:
        threads.ask_comment_confirmation(db, written, form.email, need.title)
    return written


def _write(db: Session, need: Need, form: CommentForm, me: Actor, affiliation: Affiliation | None) -> Comment:
    return threads.comment(
        db, thread_of(db, need), need.territory_id, kind=form.kind, text=form.text, author_id=me.person_id,
        a_posteriori=need.accord.comments_a_posteriori, **threads.signed(form, me, affiliation),
        held_for=held_for(db, Comment, form, words=form.text),
    )  # fmt: skip


def also(db: Session, need: Need, form: AlsoForm, me: Actor, affiliation: Affiliation | None, *, keep: bool) -> None:
    """A voice, and one's own words as a comment if they are kept; without an account, one link confirms both.

    Raises:
        TooManyError: too many confirmation links were sent to this address.
    """
    words = None
    if keep:
        given = form.model_dump(include={"college", "email", "in_name_of", "site", "opened"})
        words = _write(db, need, CommentForm(kind=CommentKind.REMARK, text=form.words, **given), me, affiliation)
    person = people.person(db, me.person_id) if me.person_id else None
    if person:
        support(db, need, person, form.college or me.college or "", affiliation)
    elif form.email and form.college:
        ask_support_confirmation(db, need, form.email, form.college, words)


def confirm_comment(db: Session, written: Comment, email: str, *, a_posteriori: bool) -> None:
    """The author of a comment proved an address: it goes to moderation."""
    person = identity.person_for(db, email, college=written.college)
    written.author_id, written.signature = person.id, person.pseudonym
    threads.send_comment(db, written, a_posteriori=a_posteriori)
