"""Verbs of moderators on comments; what every moderated thing shares: its queue, and what its author is told."""

from datetime import timedelta
from typing import Protocol

from sqlmodel import Session

from app.core import live
from app.core.db import now
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.machine import Subject, note_event
from app.core.mail import quoted
from app.core.settings import get_settings
from app.identity import queries as people
from app.identity import service as identity
from app.threads.models import Comment
from app.threads.states import (
    CONTEST_DAYS,
    MODERATION,
    REASON_ARTICLES,
    REASON_LABELS,
    Moderation,
    RefusalReason,
)

ALL_QUEUES = "moderation"


class Moderated(Subject, Protocol):
    """What somebody wrote, and that moderators decide on."""

    territory_id: int
    status: str
    reason: str | None
    reason_note: str | None


def queue_topic(territory_id: int) -> str:
    """The live topic of a territory's moderation queue."""
    return f"moderation-{territory_id}"


def queue_moved(db: Session, territory_id: int) -> None:
    """Tell the open pages of this queue, and those that show every queue, to look again."""
    live.publish(db, queue_topic(territory_id))
    live.publish(db, ALL_QUEUES)


def refusal_text(reason: RefusalReason, note: str) -> str:
    """The statement of reasons that follows a measure (Regulation (EU) 2022/2065, article 17): the facts, the rule
    quoted with its article, who decided and by which means, how to contest and until when."""
    url = get_settings().public_url
    rule = _("Règle de la charte, article %(n)s : %(rule)s.\n%(link)s") % {
        "n": REASON_ARTICLES[reason], "rule": _(REASON_LABELS[reason]),
        "link": f"{url}/charte#article-{REASON_ARTICLES[reason]}",
    }  # fmt: skip
    facts = _("Ce qui a été relevé : %(note)s") % {"note": note} if note else ""
    means = _(
        "Une personne du Conseil de développement a lu vos mots et a décidé. Un outil simple peut souligner un "
        "numéro, une adresse ou un mot ; il ne décide jamais. La décision vaut sur tout le site, sans limite de durée."
    )
    contest = _(
        "Vous pouvez contester jusqu’au %(date)s, depuis Mon espace (%(space)s) ou depuis votre page de suivi avec "
        "votre code (%(tracking)s). Une autre personne relira et vous répondra. Vous pouvez aussi saisir le "
        "Défenseur des droits ou le tribunal administratif."
    ) % {
        "date": fdate(now() + timedelta(days=CONTEST_DAYS)), "space": f"{url}/mon-espace",
        "tracking": f"{url}/suivi",
    }  # fmt: skip
    return "\n\n".join(part for part in (facts, rule, means, contest) if part)


def measure(db: Session, subject: Moderated, verb: str, *, by: int, reason: RefusalReason, note: str) -> None:
    """A move against somebody's words, with the rule and the facts kept beside them (a need, a comment, a file…).

    Words masked already stay masked when one masks more of them: only the history then moves.
    """
    if verb == "mask" and subject.status == Moderation.MASKED:
        note_event(db, subject, verb, by=by, note=reason.value, before=subject.status, after=subject.status)
    else:
        MODERATION.move(db, subject, verb, by=by, note=reason.value)
    subject.reason, subject.reason_note = reason.value, note
    queue_moved(db, subject.territory_id)


def publish_comment(db: Session, written: Comment, *, by: int, about: str) -> None:
    """A moderator lets it be read."""
    MODERATION.move(db, written, "publish", by=by)
    written.published_at = now()
    tell_author(
        db, written, about, _("Votre commentaire est publié"), _("Il a été relu par le Conseil de développement.")
    )
    queue_moved(db, written.territory_id)


def refuse_comment(db: Session, written: Comment, *, by: int, about: str, reason: RefusalReason, note: str) -> None:
    """A moderator does not publish it, and says which rule and why."""
    measure(db, written, "refuse", by=by, reason=reason, note=note)
    tell_author(db, written, about, _("Votre commentaire n’est pas publié"), refusal_text(reason, note))


def hide_comment(db: Session, written: Comment, *, by: int, about: str, reason: RefusalReason, note: str) -> None:
    """A moderator takes a published comment out of view."""
    measure(db, written, "hide", by=by, reason=reason, note=note)
    tell_author(db, written, about, _("Votre commentaire est retiré de la vue"), refusal_text(reason, note))


def mask_comment(
    db: Session, written: Comment, *, by: int, about: str, reason: RefusalReason, note: str, text: str
) -> None:
    """Readers get these words from now on, in which a passage is masked; one that waited is published with them."""
    waited = written.status == Moderation.PENDING
    measure(db, written, "publish_masked" if waited else "mask", by=by, reason=reason, note=note)
    written.text = text
    if waited:
        written.published_at = now()
        subject = _("Votre commentaire est publié, un passage masqué")
    else:
        subject = _("Un passage de votre commentaire est masqué")
    tell_author(db, written, about, subject, refusal_text(reason, note))


def restore_comment(
    db: Session, written: Comment, *, by: int, about: str, text: str | None = None, masked: bool = False
) -> None:
    """Everyone reads it again: with these words where a passage was masked, or with its passage still ``masked``."""
    MODERATION.move(db, written, "restore_masked" if masked else "restore", by=by)
    if text is not None:
        written.text = text
    tell_author(
        db, written, about, _("Votre commentaire est de nouveau publié"),
        _("Le Conseil de développement l’a relu et l’a remis."),
    )  # fmt: skip
    queue_moved(db, written.territory_id)


def tell_author(db: Session, written: Comment, about: str, subject: str, text: str) -> None:
    """Write to who wrote this comment, if they left an address."""
    author = people.person(db, written.author_id) if written.author_id else None
    if author:
        body = _("Bonjour,\n\nVotre commentaire sous « %(about)s » :\n\n%(text)s\n\nVos mots :\n\n%(words)s\n")
        identity.tell(db, author, subject, body % {"about": about, "text": text, "words": quoted(written.text)})
