"""The fil of a fiche: its needs, its priorité, itself, the decision, the result; and where it broke off."""

from collections.abc import Sequence
from datetime import datetime

from app.accords.models import Priority
from app.actions.models import ActionSheet
from app.actions.states import EXITS, SHEET_LABELS, STEP_STATUSES, Sheet, SheetStep
from app.core.i18n import fdate, ngettext
from app.core.i18n import gettext as _
from app.core.machine import Event
from app.needs.models import Need
from app.needs.queries.fil import Step, vote_steps
from app.threads.models import Mention

_DECIDING = STEP_STATUSES[SheetStep.DECIDING]
_ACTING = STEP_STATUSES[SheetStep.ACTING]


def steps(
    sheet: ActionSheet, needs: Sequence[Need], priorities: Sequence[Priority], events: Sequence[Event],
    votes: Sequence[Mention] = (),
) -> list[Step]:  # fmt: skip
    """The whole fil of one fiche; a square knot tells where and why it broke off."""
    reached = _reached(sheet, events)
    chain = [_needs(needs, events), _priority(priorities, events), _sheet(sheet, reached, events), *vote_steps(votes)]
    if reached in _DECIDING | _ACTING or reached == Sheet.REJECTED:
        chain.append(_decision(sheet, reached, events))
    if reached in _ACTING and reached != Sheet.VOTED:
        chain.append(_result(reached, events))
    if sheet.status in EXITS:
        return [*chain, _exit(sheet, events)]
    if reached == Sheet.REJECTED:
        return chain
    return chain + _awaited(len(chain) - len(votes), reached)


def _reached(sheet: ActionSheet, events: Sequence[Event]) -> Sheet:
    """How far it went: where it is, or where it was when it left."""
    if sheet.status not in EXITS:
        return Sheet(sheet.status)
    left = next((e for e in reversed(events) if e.after in EXITS and e.before), None)
    return Sheet(left.before) if left and left.before else Sheet.IDEA


def _moment(events: Sequence[Event], *afters: Sheet) -> datetime | None:
    return next((e.at for e in reversed(events) if e.after in afters), None)


def _date(moment: datetime | None) -> str:
    return fdate(moment) if moment else ""


def _first(events: Sequence[Event], verb: str) -> datetime | None:
    return next((e.at for e in events if e.verb == verb), None)


def _needs(needs: Sequence[Need], events: Sequence[Event]) -> Step:
    if not needs:
        return Step("future", _("Besoins"), _("Aucun besoin rattaché"), text=_("Elle ne répond à aucun besoin publié."))
    number = len(needs)
    title = ngettext("Un besoin repris", "%(n)s besoins repris", number) % {"n": number}
    date = _date(_first(events, "link_need"))
    link = ("#besoins", ngettext("Lire ce besoin", "Lire ces besoins", number))
    return Step("done", _("Besoins"), title, date, link=link)


def _priority(priorities: Sequence[Priority], events: Sequence[Event]) -> Step:
    if not priorities:
        return Step("future", _("Priorité"), _("Aucune priorité rattachée"))
    first, others = priorities[0], len(priorities) - 1
    text = ngettext("Et une autre priorité.", "Et %(n)s autres priorités.", others) % {"n": others} if others else ""
    link = (f"/priorites/{first.id}", _("Voir la priorité et ses besoins"))
    return Step("done", _("Priorité"), first.title, _date(_first(events, "set_priorities")), text, link)


def _sheet(sheet: ActionSheet, reached: Sheet, events: Sequence[Event]) -> Step:
    kind = _("Fiche-action")
    if reached in _DECIDING | _ACTING or reached == Sheet.REJECTED:
        moment = _moment(events, Sheet.VALIDATED)
        return Step("done", kind, _(SHEET_LABELS[Sheet.VALIDATED]), _date(moment))
    moment = _moment(events, reached) or sheet.created_at
    state = "done" if sheet.status in EXITS else "here"
    return Step(state, kind, _(SHEET_LABELS[reached]), _date(moment))


def _decision(sheet: ActionSheet, reached: Sheet, events: Sequence[Event]) -> Step:
    kind, label = _("Décision"), _(SHEET_LABELS[reached])
    if reached in _ACTING:
        return Step("done", kind, _(SHEET_LABELS[Sheet.VOTED]), _date(_moment(events, Sheet.VOTED)))
    date = _date(_moment(events, reached))
    reason = next((e.note for e in reversed(events) if e.after == reached and e.note), "")
    if reached == Sheet.REJECTED:
        return Step("gap", kind, label, date, reason)
    state = "done" if sheet.status in EXITS else "here"
    return Step(state, kind, label, date, reason if reached == Sheet.ADJOURNED else "")


def _result(reached: Sheet, events: Sequence[Event]) -> Step:
    state = "done" if reached in (Sheet.DONE, Sheet.EVALUATED) else "here"
    return Step(state, _("Résultat"), _(SHEET_LABELS[reached]), _date(_moment(events, reached)))


def _exit(sheet: ActionSheet, events: Sequence[Event]) -> Step:
    tag = _("Reprise par : %(who)s") % {"who": sheet.addressee} if sheet.addressee else None
    left = Sheet(sheet.status)
    reason, date = sheet.exit_reason or "", _date(_moment(events, left))
    return Step("gap", _("Sortie de l’accord"), _(SHEET_LABELS[left]), date, reason, tag=tag)


def _awaited(known: int, reached: Sheet) -> list[Step]:
    """What is still to come, after the first ``known`` knots."""
    decision = Step(
        "future", _("Décision"), _("Les votes attendus"),
        text=_("Du territoire, puis de la Commission permanente du Département."),
    )  # fmt: skip
    started = reached == Sheet.VOTED
    result = Step(
        "here" if started else "future", _("Résultat"), _("Ce qui a été fait, et son bilan public"),
        text=_("Votée : elle peut commencer.") if started else "",
    )  # fmt: skip
    return [decision, result][known - 3 :] if known < 5 else []
