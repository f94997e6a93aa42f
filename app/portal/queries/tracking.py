"""Where one's words stand, in sentences that can be read out on the telephone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from app.core.db import now
from app.core.i18n import fdate, fnum, ngettext
from app.core.i18n import gettext as _
from app.core.machine import Event
from app.moderation.models import Appeal, Report
from app.moderation.queries import appeals, reports, subjects
from app.moderation.states import AppealStatus
from app.needs.models import Need, NeedWording
from app.needs.queries import fil
from app.needs.queries.fil import Step
from app.needs.queries.wordings import former_words
from app.needs.states import OUTCOME_LABELS, Outcome
from app.threads import queries as threads
from app.threads.states import REASON_ARTICLES, REASON_LABELS, Moderation, RefusalReason
from app.workshops.models import Card, Workshop
from app.workshops.queries import cards, moderating
from app.workshops.queries.walls import NOT_SHOWN


@dataclass(frozen=True)
class Tracked:
    """What the tracking page of a need says."""

    sentences: list[str]
    steps: list[Step]
    appeal: Appeal | None
    contestable_until: datetime | None
    withdrawal: Report | None
    former: Sequence[NeedWording]


def tracked(db: Session, need: Need) -> Tracked:
    """The state of a need in sentences, its fil with its appeals, what its author asked."""
    asked = appeals.of_subject(db, need)
    withdrawal = reports.last_withdrawal(db, need)
    until = appeals.contestable_until(db, need)
    last = asked[0] if asked else None
    events = threads.events(db, "need", need.id or 0)
    sentences = [_STATE[Moderation(need.status)](need, last, events)]
    sentences += [_contestable(until)] if until else []
    sentences += [_withdrawal(withdrawal)] if withdrawal and need.status != Moderation.WITHDRAWN else []
    chain = fil.steps(db, need)
    chain[2:2] = [_appeal_step(appeal) for appeal in reversed(asked)]
    return Tracked(sentences, chain, last, until, withdrawal, former_words(db, need.id or 0))


@dataclass(frozen=True)
class Against:
    """What was decided against a card: the facts if moderators wrote some, until when it is contested, what came."""

    facts: str
    contestable_until: datetime | None
    appeal: Appeal | None


@dataclass(frozen=True)
class TrackedCards:
    """What the tracking page of cards says: the workshop where they were written, and what became of each."""

    workshop: Workshop
    fates: Sequence[cards.Fate]
    against: Mapping[int, Against]  # by card


def tracked_cards(db: Session, code: str) -> TrackedCards | None:
    """The cards of whoever asked for this code on a phone, if anybody did."""
    seat = cards.by_tracking(db, code)
    if seat is None:
        return None
    fates = cards.fates(db, seat.id or 0)
    written = moderating.several(db, (fate.card.id for fate in fates))
    asked = {card_id: appeal for (_kind, card_id), appeal in appeals.of_subjects(db, written).items()}
    against = {
        card.id or 0: _against(db, card, asked.get(card.id or 0))
        for card in written if card.status in NOT_SHOWN or card.id in asked
    }  # fmt: skip
    return TrackedCards(db.get_one(Workshop, seat.workshop_id), fates, against)


def tracked_card(db: Session, code: str, card_id: int) -> Card | None:
    """This card, if it is one of those that the code follows."""
    seat, card = cards.by_tracking(db, code), moderating.one(db, card_id)
    return card if seat and card and card.seat_id == seat.id else None


def _against(db: Session, card: Card, asked: Appeal | None) -> Against:
    decided = subjects.decision_against(db, card) if card.status in NOT_SHOWN else None
    return Against(decided.note or "" if decided else "", appeals.contestable_until(db, card), asked)


Said = Callable[[Need, Appeal | None, Sequence[Event]], str]


def _awaiting(_need: Need, _appeal: Appeal | None, _events: Sequence[Event]) -> str:
    return _(
        "Votre besoin est enregistré. Il attend que vous confirmiez votre adresse, avec le lien du message reçu. "
        "Tant que ce n’est pas fait, personne ne le relit."
    )


def _pending(need: Need, _appeal: Appeal | None, _events: Sequence[Event]) -> str:
    due = need.created_at + timedelta(hours=need.accord.reading_hours)
    if due < now():
        words = _("Votre besoin attend d’être relu. Il devait l’être le %(date)s : la relecture est en retard.")
    else:
        words = _("Votre besoin est reçu. Le Conseil de développement le relit le %(date)s au plus tard.")
    return words % {"date": fdate(due)} + " " + _("D’ici là, vous pouvez le corriger ou le retirer.")


def _published(need: Need, _appeal: Appeal | None, _events: Sequence[Event]) -> str:
    said = _("Votre besoin est publié.")
    if need.status == Moderation.MASKED:
        said = _("Votre besoin est publié, sauf un passage. %(rule)s") % {"rule": _rule(need)}
    supports = ngettext(
        "%(n)s personne dit que c’est aussi son besoin.", "%(n)s personnes disent que c’est aussi leur besoin.",
        need.supports,
    ) % {"n": fnum(need.supports)}  # fmt: skip
    return " ".join((said, supports if need.supports else "", _answer(need))).replace("  ", " ").strip()


def _answer(need: Need) -> str:
    if need.outcome:
        label = _(OUTCOME_LABELS[Outcome(need.outcome)])
        return _("La réponse est donnée : %(label)s. Ses mots sont plus bas.") % {"label": label.lower()}
    if need.answer_due_on is None:
        return ""
    words = (
        _("La réponse était due le %(date)s : elle est en retard.")
        if need.days_late
        else _("Une réponse vous est due le %(date)s au plus tard.")
    )
    return words % {"date": fdate(need.answer_due_on)}


def _rule(need: Need) -> str:
    """The rule of the charter, and the words of who decided."""
    reason = RefusalReason(need.reason) if need.reason else RefusalReason.OFF_TOPIC
    rule = _("La règle est l’article %(n)s de la charte : %(label)s.") % {
        "n": REASON_ARTICLES[reason], "label": _(REASON_LABELS[reason]).lower(),
    }  # fmt: skip
    return f"{rule} {need.reason_note or ''}".strip()


def _refused(need: Need, _appeal: Appeal | None, _events: Sequence[Event]) -> str:
    return _("Votre besoin n’est pas publié. %(rule)s") % {"rule": _rule(need)}


def _hidden(need: Need, _appeal: Appeal | None, _events: Sequence[Event]) -> str:
    return _("Votre besoin n’est plus visible. %(rule)s") % {"rule": _rule(need)}


def _appealed(_need: Need, appeal: Appeal | None, _events: Sequence[Event]) -> str:
    if appeal is None:
        return _("Une autre personne examine de nouveau votre besoin.")
    late = appeal.due_at < now()
    words = (
        _("Vous avez contesté la décision. La réponse était due le %(date)s : elle est en retard.")
        if late
        else _("Vous avez contesté la décision. Une autre personne vous répond le %(date)s au plus tard.")
    )
    return words % {"date": fdate(appeal.due_at)}


def _upheld(_need: Need, appeal: Appeal | None, _events: Sequence[Event]) -> str:
    words = _("Une autre personne a tout relu et confirme la décision : votre besoin n’est pas visible.")
    return f"{words} {appeal.outcome_text}" if appeal and appeal.outcome_text else words


def _withdrawn(_need: Need, _appeal: Appeal | None, events: Sequence[Event]) -> str:
    verb = next((e.verb for e in reversed(events) if e.verb in ("withdraw", "withdraw_with_account")), "withdraw")
    if verb == "withdraw_with_account":
        return _(
            "Le compte qui avait dit ce besoin est fermé, et ses contributions sont retirées avec lui. "
            "Rouvert dans les trente jours, le compte les remet en ligne."
        )
    if any(e.verb == "ask_withdrawal" for e in events):
        return _("Votre besoin est retiré, comme vous l’aviez demandé. Il n’est plus visible ni compté.")
    return _("Vous avez retiré ce besoin. Il n’est plus visible ni compté.")


_STATE: dict[Moderation, Said] = {
    Moderation.DRAFT: _awaiting, Moderation.AWAITING_EMAIL: _awaiting, Moderation.PENDING: _pending,
    Moderation.PUBLISHED: _published, Moderation.MASKED: _published, Moderation.REFUSED: _refused,
    Moderation.HIDDEN: _hidden, Moderation.APPEALED: _appealed, Moderation.UPHELD: _upheld,
    Moderation.WITHDRAWN: _withdrawn,
}  # fmt: skip


def _contestable(until: datetime) -> str:
    return _("Vous pouvez contester jusqu’au %(date)s : une autre personne relira.") % {"date": fdate(until)}


def _withdrawal(asked: Report) -> str:
    day = fdate(asked.created_at)
    if asked.decided_at is None:
        words = _("Vous avez demandé son retrait le %(date)s. Le Conseil de développement vous répondra.")
        return words % {"date": day}
    return _("Vous aviez demandé son retrait le %(date)s. Réponse : %(words)s") % {
        "date": day, "words": asked.outcome_text or "",
    }  # fmt: skip


def _appeal_step(appeal: Appeal) -> Step:
    kind, asked = _("Nouvel examen"), _("Demandé le %(date)s.") % {"date": fdate(appeal.created_at)}
    if appeal.status == AppealStatus.OPEN:
        late = appeal.due_at < now()
        title = _("Réponse due le %(date)s au plus tard") % {"date": fdate(appeal.due_at)}
        return Step("here", kind, title, text=asked, late=late)
    upheld = appeal.status == AppealStatus.UPHELD
    return Step(
        "gap" if upheld else "done", kind, _("Décision confirmée") if upheld else _("Décision annulée"),
        fdate(appeal.decided_at) if appeal.decided_at else "", f"{asked} {appeal.outcome_text or ''}".strip(),
    )  # fmt: skip
