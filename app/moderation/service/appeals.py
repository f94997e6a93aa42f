"""Appeals: an author contests, another person reads it all again and answers with words."""

from datetime import datetime, timedelta

from sqlmodel import Session

from app.core.db import IN_HAND, now
from app.core.errors import ConflictError
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.settings import get_settings
from app.identity import queries as people
from app.identity import service as identity
from app.moderation.forms.contesting import AppealDecisionForm
from app.moderation.models import Appeal
from app.moderation.queries import appeals as reads
from app.moderation.queries.subjects import Subject, decision_against, place, subject
from app.moderation.service import originals
from app.moderation.service.log import record
from app.moderation.service.sharing import check_free, drop
from app.moderation.service.undoing import deciding, keep
from app.moderation.states import APPEAL, APPEAL_DAYS, AppealStatus
from app.needs import service as need_verbs
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.needs.service import moderating
from app.needs.service.voices import in_turn
from app.threads import service as threads
from app.threads.models import Comment, ProfileText
from app.threads.service import profiles
from app.threads.states import MODERATION, Moderation
from app.workshops.models import Card
from app.workshops.service import moderating as cards

_JUDGED = (Moderation.APPEALED, Moderation.MASKED, Moderation.PUBLISHED)


def contest(db: Session, about: Subject, text: str, *, by: int | None) -> Appeal:
    """The author of something refused, hidden or masked asks another person to look again.

    Sent twice, it is one appeal. ``by``: who is signed in, None with a tracking code alone.

    Raises:
        ConflictError: there is nothing to contest, or no longer.
    """
    db.refresh(about, ["status"], with_for_update=IN_HAND)
    asked = next((a for a in reads.of_subject(db, about) if a.status == AppealStatus.OPEN), None)
    if asked:
        return asked
    decided = decision_against(db, about)
    if decided is None or not reads.may_contest(db, about):
        raise ConflictError(_("Cette décision ne se conteste plus : la situation a changé entre-temps."))
    if about.status != Moderation.MASKED:
        MODERATION.move(db, about, "appeal", by=by)
    appeal = Appeal(
        subject_kind=about.__tablename__, subject_id=about.id or 0, territory_id=about.territory_id,
        author_id=about.author_id, organisation_id=about.organisation_id, text=text, contested_by=decided.by,
        status=AppealStatus.OPEN.value, due_at=now() + timedelta(days=APPEAL_DAYS), created_at=now(),
    )  # fmt: skip
    db.add(appeal)
    db.flush()
    note_event(db, appeal, "appeal", by=by, after=appeal.status)
    _send_receipt(db, about, appeal)
    threads.queue_moved(db, appeal.territory_id)
    return appeal


def _send_receipt(db: Session, about: Subject, appeal: Appeal) -> None:
    text = _(
        "Votre demande de nouvel examen est reçue. Une autre personne que celle qui a décidé vous répond le %(date)s "
        "au plus tard, avec ses raisons.\n\nVos mots :\n%(words)s"
    ) % {"date": fdate(appeal.due_at), "words": appeal.text}
    _tell(db, about, _("Votre contestation est reçue"), text)


def _tell(db: Session, about: Subject, subject_line: str, text: str) -> None:
    """Write to the author, if an address is known; the tracking page and Mon espace say it in any case."""
    author = people.person(db, about.author_id) if about.author_id else None
    body = _("Bonjour,\n\nÀ propos de : %(what)s\n\n%(text)s\n\nLe relire ici : %(link)s\n") % {
        "what": place(db, about).title, "text": text, "link": f"{get_settings().public_url}/mon-espace",
    }  # fmt: skip
    identity.tell(db, author, subject_line, body)


def decide(db: Session, appeal: Appeal, about: Subject, form: AppealDecisionForm, *, by: int) -> str:
    """Another person confirms the decision, or goes back on it; its author is told why. Gives the batch, to undo it.

    Raises:
        ConflictError: it was answered meanwhile, or its author took everything back.
    """
    with deciding(db, by=by) as batch:
        if isinstance(about, Need):
            in_turn(db, about)
        elif isinstance(about, ProfileText):
            profiles.in_turn(db, about)
        db.refresh(about, ["status"], with_for_update=IN_HAND)
        db.refresh(appeal, with_for_update=IN_HAND)  # whoever comes second is shown the first answer
        if appeal.status != AppealStatus.OPEN:
            raise ConflictError(_("Quelqu’un d’autre vient de répondre à ce recours."))
        check_free(db, appeal, by=by)
        judged = [about, appeal] if about.status in _JUDGED else [appeal]  # taken back by its author, it stays so
        for each in judged:
            keep(db, each, by=by)
        APPEAL.move(db, appeal, form.decision, by=by)
        appeal.decided_by, appeal.decided_at, appeal.outcome_text = by, now(), form.text
        db.add(appeal)
        _follow(db, about, form.decision, by=by)
        for each in judged:
            record(db, each, form.decision, by=by, reason=about.reason, words=form.text)
        if form.decision == "reverse" and about.status == Moderation.PUBLISHED:
            _clear(db, about)  # readers, and its author, read it as any other
        _tell_outcome(db, about, form)
        drop(db, appeal)
        threads.queue_moved(db, appeal.territory_id)
    return batch


def _follow(db: Session, about: Subject, decision: str, *, by: int) -> None:
    """What is contested goes where the answer leads it."""
    if about.status == Moderation.MASKED and decision == "reverse":
        _unmask(db, about, by=by)
    elif about.status == Moderation.APPEALED and decision == "reverse":
        _give_back(db, about, by=by)
    elif about.status == Moderation.APPEALED:
        MODERATION.move(db, about, "uphold", by=by)


def catch_up(db: Session, about: Subject, *, since: datetime) -> None:
    """Words that come back, their account being open again: what was answered ``since`` it closed takes effect."""
    answered = next((appeal for appeal in reads.of_subject(db, about) if appeal.decided_at), None)
    if answered is None or answered.decided_at is None or answered.decided_at < since:
        return
    reverses = answered.status == AppealStatus.REVERSED
    about = subject(db, about.__tablename__, about.id or 0) or about  # a need, with its accord
    _follow(db, about, "reverse" if reverses else "uphold", by=answered.decided_by or 0)
    if reverses and about.status == Moderation.PUBLISHED:
        _clear(db, about)


def _clear(db: Session, about: Subject) -> None:
    """No rule stands against it any more."""
    about.reason = None
    if not isinstance(about, Card):  # the facts about a card are in its history
        about.reason_note = None
    db.add(about)


def _give_back(db: Session, about: Subject, *, by: int) -> None:
    """Everyone reads it as it last was: a passage masked before it was hidden stays masked."""
    masked = originals.of(db, about) is not None
    MODERATION.move(db, about, "reverse_masked" if masked else "reverse", by=by)
    if isinstance(about, Need):
        if about.published_at is None:
            need_verbs.published(db, about)
        moderating.find_again(db, about)
    elif isinstance(about, ProfileText):
        profiles.accept_again(db, about)
    else:
        about.published_at = about.published_at or now()
    if isinstance(about, Card):
        cards.moved(db, about)
    db.add(about)


def _unmask(db: Session, about: Subject, *, by: int) -> None:
    """Everyone reads it as it was first written."""
    first = originals.first_words(db, about)
    MODERATION.move(db, about, "restore", by=by)
    if isinstance(about, Need):
        masked_title = about.title
        moderating.show(db, about, first)
        originals.copies(db, about, masked_title)
    elif isinstance(about, Comment):
        about.text = first.text
        db.add(about)
    originals.forget(db, about)


def _tell_outcome(db: Session, about: Subject, form: AppealDecisionForm) -> None:
    if form.decision == "reverse":
        title = _("La décision est annulée")
        text = _("Une autre personne a tout relu et revient sur la décision. %(now)s\n\n%(why)s")
    else:
        title = _("La décision est confirmée")
        text = _(
            "Une autre personne a tout relu et confirme la décision.\n\n%(why)s\n\n"
            "Vous pouvez encore saisir le Défenseur des droits ou le tribunal administratif."
        )
    shown = _("Vos mots sont publiés.") if about.status in PUBLIC else _("Vos mots ne sont plus en ligne pour autant.")
    _tell(db, about, title, text % {"why": form.text, "now": shown})
