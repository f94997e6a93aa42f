"""Verbs of moderators on needs: what readers get, what the search finds, what the author is told."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from app.core import search
from app.core.db import now
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.mail import quoted
from app.needs.models import Need
from app.needs.queries import KIND, PUBLIC
from app.needs.service.follow_up import said, tell
from app.needs.service.voices import in_turn
from app.threads import service as threads
from app.threads.states import MODERATION, Moderation, RefusalReason


@dataclass(frozen=True)
class Words:
    """What readers read of a need: its title, its text, where it says it is, its point on the map."""

    title: str
    text: str
    place: str = ""
    point: tuple[float, float] | None = None


def words_of(need: Need) -> Words:
    """What readers get of it now."""
    point = None if need.latitude is None or need.longitude is None else (need.latitude, need.longitude)
    return Words(need.title, need.text, need.place_note or "", point)


def published(db: Session, need: Need, *, by: int | None = None) -> None:
    """It can be found from now on; the clock of its answer starts; those who follow the place or the theme are told."""
    need.published_at = now()
    need.answer_due_on = (now() + timedelta(days=need.accord.answer_days)).date()
    db.add(need)
    search.index(db, KIND, need.id or 0, need.title, need.text)
    said(db, need, _("Un nouveau besoin est publié : %(need)s"), quoted(need.text), by=by)


def show(db: Session, need: Need, words: Words) -> None:
    """Readers, and the search, get these words from now on."""
    need.title, need.text = words.title, words.text
    need.place_note = words.place or None
    need.latitude, need.longitude = words.point or (None, None)
    db.add(need)
    db.flush()
    find_again(db, need)


def find_again(db: Session, need: Need) -> None:
    """The search finds it if everyone may read it, and only then."""
    if need.status in PUBLIC:
        search.index(db, KIND, need.id or 0, need.title, need.text)
    else:
        search.forget(db, KIND, need.id or 0)


def publish(db: Session, need: Need, *, by: int) -> None:
    """A moderator lets it be read; the clock of the answer starts."""
    in_turn(db, need)
    MODERATION.move(db, need, "publish", by=by)
    published(db, need, by=by)
    text = _(
        "Le Conseil de développement l’a relu et publié, sans changer un mot. "
        "Une réponse vous est due le %(date)s au plus tard."
    )
    tell(db, need, _("Votre besoin est publié"), text % {"date": fdate(need.answer_due_on or now())})
    threads.queue_moved(db, need.territory_id)


def refuse(db: Session, need: Need, *, by: int, reason: RefusalReason, note: str) -> None:
    """A moderator does not publish it: the rule and the words go to its author at once."""
    threads.measure(db, need, "refuse", by=by, reason=reason, note=note)
    tell(db, need, _("Votre besoin n’est pas publié"), threads.refusal_text(reason, note))


def hide(db: Session, need: Need, *, by: int, reason: RefusalReason, note: str) -> None:
    """A moderator takes a published need out of view: nobody finds it any more; its supports stay."""
    in_turn(db, need)
    threads.measure(db, need, "hide", by=by, reason=reason, note=note)
    find_again(db, need)
    tell(db, need, _("Votre besoin est retiré de la vue"), threads.refusal_text(reason, note))


def mask(db: Session, need: Need, *, by: int, reason: RefusalReason, note: str, words: Words) -> None:
    """Readers get these words, in which a passage is masked; a need that waited is published with them."""
    in_turn(db, need)
    waited = need.status == Moderation.PENDING
    threads.measure(db, need, "publish_masked" if waited else "mask", by=by, reason=reason, note=note)
    show(db, need, words)
    if waited:
        published(db, need, by=by)
        subject = _("Votre besoin est publié, un passage masqué")
    else:
        subject = _("Un passage de votre besoin est masqué")
    tell(db, need, subject, threads.refusal_text(reason, note))


def restore(db: Session, need: Need, *, by: int, words: Words | None = None, masked: bool = False) -> None:
    """Everyone reads it again: with these words where a passage was masked, or with its passage still ``masked``."""
    in_turn(db, need)
    MODERATION.move(db, need, "restore_masked" if masked else "restore", by=by)
    show(db, need, words or words_of(need))
    text = _("Le Conseil de développement l’a relu et l’a remis.")
    tell(db, need, _("Votre besoin est de nouveau publié"), text)
    threads.queue_moved(db, need.territory_id)
