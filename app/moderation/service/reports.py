"""Reports: received with a receipt, decided by a moderator, told; and the author who asks to take their words back."""

from datetime import timedelta
from hashlib import sha256

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from app.core.db import IN_HAND, now
from app.core.errors import ConflictError, TooManyError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.mail import post
from app.core.security import digest, readable, spaced, token
from app.core.settings import get_settings
from app.identity import queries as people
from app.identity import service as identity
from app.moderation.forms.contesting import ReportDecisionForm, ReportForm
from app.moderation.models import Report
from app.moderation.queries import reports as reads
from app.moderation.queries.subjects import Subject, place
from app.moderation.service import decisions
from app.moderation.service.decisions import Verdict
from app.moderation.service.log import record
from app.moderation.service.sharing import check_free, drop
from app.moderation.service.undoing import deciding, keep
from app.moderation.states import OUTCOME_LABELS, REPORT, ReportOutcome, ReportReason, ReportStatus, Verb
from app.needs import service as need_verbs
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.needs.service import follow_up
from app.threads import service as threads
from app.threads.states import Moderation

CODE_LENGTH = 12  # 5 bits each: 60 random bits
PER_HOUR = 5  # receipts mailed to one address


def receipt_code(secret: str) -> str:
    """The secret code of a report, from its form's random key and its words: sent twice, it is the same."""
    return readable(sha256(b"emglev report " + secret.encode()).digest(), CODE_LENGTH)


def report(db: Session, about: Subject, form: ReportForm, *, by: int | None) -> tuple[Report, str | None]:
    """Record what somebody says is wrong, and give the secret code of its receipt; sent twice, it is one report.

    Someone signed in who has already reported the same thing gets the first report back, and no code: its digest alone
    was kept.

    Raises:
        TooManyError: this address was sent several receipts within the hour.
    """
    secret = "\n".join((form.once, about.__tablename__, str(about.id), form.reason, form.text))
    code = receipt_code(secret)
    known = reads.by_receipt(db, code)
    if known:
        return known, code
    if by is not None:
        identity.in_hand(db, by)  # two windows at once
        mine = [r for r in reads.waiting_on(db, about, withdrawal=False) if r.author_id == by]
        if mine:
            return mine[0], None
    _not_too_many(db, form.email)
    written = _written(about, form, by, digest(code))
    try:
        with db.begin_nested():
            db.add(written)
            db.flush()
    except IntegrityError:  # the same form, sent twice at the same moment on two connections
        return db.exec(select(Report).where(Report.receipt == digest(code))).one(), code
    note_event(db, written, "report", by=by, after=written.status)
    _send_receipt(db, written, about, code)
    threads.queue_moved(db, written.territory_id)
    return written, code


def _written(about: Subject, form: ReportForm, by: int | None, receipt: str) -> Report:
    return Report(
        receipt=receipt, subject_kind=about.__tablename__, subject_id=about.id or 0, territory_id=about.territory_id,
        reason=form.reason.value, text=form.text, name=form.name or None, email=form.email, author_id=by,
        status=ReportStatus.OPEN.value, created_at=now(),
    )  # fmt: skip


def _not_too_many(db: Session, email: str | None) -> None:
    if email is None:
        return
    lately = select(func.count()).select_from(Report).where(Report.email == email)
    if db.exec(lately.where(col(Report.created_at) > now() - timedelta(hours=1))).one() >= PER_HOUR:
        raise TooManyError(
            _("Plusieurs messages viennent de partir vers cette adresse. Laissez-la vide, ou attendez une heure."),
            retry_after=3600,
        )


def _tell(db: Session, written: Report, subject_line: str, body: str) -> None:
    """Write to whoever reported: to the address they gave, else to that of their account; to nobody otherwise."""
    if written.email:
        post(db, written.email, subject_line, body)
    elif written.author_id:
        identity.tell(db, people.person(db, written.author_id), subject_line, body)


def _send_receipt(db: Session, written: Report, about: Subject, code: str) -> None:
    """Without the words of the report: the address is not proved, and must not become a way to write to anybody."""
    body = _(
        "Bonjour,\n\nVotre signalement est reçu. Il porte sur : %(what)s\n\n"
        "Une personne du Conseil de développement le lit et décide ; aucune machine ne décide. "
        "Ce qu’il devient se lit avec ce code, à garder pour vous : %(code)s\n%(link)s\n"
    ) % {
        "what": place(db, about).title, "code": spaced(code),
        "link": f"{get_settings().public_url}/signalement/{spaced(code)}",
    }  # fmt: skip
    _tell(db, written, _("Votre signalement est reçu"), body)


def ask_withdrawal(db: Session, need: Need, text: str, *, by: int | None) -> Report:
    """The author of a published need asks that it be taken back; asked again meanwhile, it is the same demand.

    Raises:
        ConflictError: it is not published, or no longer.
    """
    db.refresh(need, ["status"], with_for_update=IN_HAND)
    if need.status not in PUBLIC:
        raise ConflictError(_("Votre besoin n’est plus publié : il n’y a rien à retirer."))
    asked = reads.waiting_on(db, need, withdrawal=True)
    if asked:
        return asked[0]
    written = Report(
        receipt=digest(token()), subject_kind="need", subject_id=need.id or 0, territory_id=need.territory_id,
        reason=ReportReason.WITHDRAWAL.value, text=text or _("Sans précision."), author_id=need.author_id,
        status=ReportStatus.OPEN.value, created_at=now(),
    )  # fmt: skip
    db.add(written)
    db.flush()
    note_event(db, written, "report", by=by, after=written.status)
    note_event(db, need, "ask_withdrawal", by=by)
    threads.queue_moved(db, need.territory_id)
    return written


def decide(db: Session, written: Report, about: Subject, form: ReportDecisionForm, *, by: int) -> str:
    """A moderator answers a report, and acts on what it is about if it must; whoever reported is told.

    Everything else that is reported about a thing that goes out of view is answered at the same time.
    Gives the batch, to undo it.

    Raises:
        ConflictError: it was answered meanwhile, or what it is about changed.
    """
    with deciding(db, by=by) as batch:
        db.refresh(written, with_for_update=IN_HAND)  # whoever comes second is shown the first answer
        if not REPORT.allows(written.status, "decide"):
            raise ConflictError(_("Quelqu’un d’autre vient de répondre à ce signalement."))
        check_free(db, written, by=by)
        _act(db, written, about, form, by=by)
        answered = [written]
        if form.outcome in (ReportOutcome.HIDDEN, ReportOutcome.WITHDRAWN):
            answered += [other for other in reads.waiting_on(db, about) if other.id != written.id]
        for one in answered:
            _answer(db, one, about, form, by=by)
    return batch


def _act(db: Session, written: Report, about: Subject, form: ReportDecisionForm, *, by: int) -> None:
    """The measure itself: each writes its own statement of reasons to the author of what was reported."""
    if form.outcome == ReportOutcome.WITHDRAWN:
        if written.reason != ReportReason.WITHDRAWAL or not isinstance(about, Need):
            raise ConflictError(_("Seul l’auteur d’un besoin peut en demander le retrait."))
        keep(db, about, by=by)
        need_verbs.withdraw(db, about, by=by)
        record(db, about, "withdraw", by=by, words=f"{about.title}\n{about.text}")
    elif form.outcome == ReportOutcome.HIDDEN and about.status != Moderation.HIDDEN:
        decisions.decide(db, about, Verdict(Verb.HIDE, form.reason, form.text), by=by)
    elif form.outcome == ReportOutcome.MASKED:
        decisions.decide(db, about, Verdict(Verb.MASK, form.reason, form.text, (form.passage,)), by=by)


def _answer(db: Session, written: Report, about: Subject, form: ReportDecisionForm, *, by: int) -> None:
    keep(db, written, by=by)
    REPORT.move(db, written, "decide", by=by)
    written.outcome, written.outcome_text = form.outcome.value, form.text
    written.decided_by, written.decided_at = by, now()
    db.add(written)
    record(db, written, "decide", by=by, reason=written.reason, words=form.text)
    drop(db, written)
    threads.queue_moved(db, written.territory_id)
    if written.reason == ReportReason.WITHDRAWAL and isinstance(about, Need):
        _tell_author(db, about, form)
    else:
        _tell_reporter(db, written, about, form)


def _tell_author(db: Session, need: Need, form: ReportDecisionForm) -> None:
    withdrawn = form.outcome == ReportOutcome.WITHDRAWN
    title = _("Votre besoin est retiré") if withdrawn else _("Votre demande de retrait")
    follow_up.tell(db, need, title, form.text)


def _tell_reporter(db: Session, written: Report, about: Subject, form: ReportDecisionForm) -> None:
    body = _(
        "Bonjour,\n\nVous aviez signalé : %(what)s\n\n"
        "Une personne du Conseil de développement a lu et décidé : %(outcome)s.\n\n%(text)s\n\n"
        "Si vous n’êtes pas d’accord, écrivez à %(mail)s ; vous pouvez aussi saisir le Défenseur des droits ou le "
        "tribunal administratif.\n"
    ) % {
        "what": place(db, about).title, "outcome": _(OUTCOME_LABELS[form.outcome]).lower(), "text": form.text,
        "mail": get_settings().contact_email,
    }  # fmt: skip
    _tell(db, written, _("Ce qu’est devenu votre signalement"), body)
