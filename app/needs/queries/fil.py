"""The fil of a need: every step of its chain, done or to come, in words for its author."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.accords import queries as accords
from app.accords.models import Priority
from app.core.i18n import fdate, fnum, ngettext, today
from app.core.i18n import gettext as _
from app.core.machine import Event, label
from app.identity import queries as people
from app.needs import queries
from app.needs.models import Need, NeedAnswer
from app.needs.queries import groups
from app.needs.states import OUTCOME_LABELS, Outcome
from app.threads import queries as threads
from app.threads.models import Mention
from app.threads.states import (
    ORIGIN_LABELS,
    REASON_ARTICLES,
    REASON_LABELS,
    Moderation,
    Origin,
    RefusalReason,
)

CARDS = ("card", "cluster")  # the kinds of the mentions that workshops write when cards join a need
SUPPORT = {  # what supporting is, by method of vote
    "dots": label("vote par gommettes, au moins une gommette"),
    "judgment": label("jugement majoritaire, mention Bien ou mieux"),
    "agreement": label("échelle d’accord, au plus une réserve mineure"),
    "yes_no": label("oui, non, je m’abstiens : réponse oui"), "hands": label("question à choix, réponse choisie"),
}  # fmt: skip


@dataclass
class Step:
    """One knot of the fil: ``state`` is done, here, future or gap."""

    state: str
    kind_label: str
    title: str
    date_text: str = ""
    text: str = ""
    link: tuple[str, str] | None = None
    tag: str | None = None
    late: bool = False


def mini(row: Need) -> list[str]:
    """The five knots of a list row: received, attached, taken up, answered, done."""
    answered = row.outcome is not None
    refused = row.outcome == Outcome.NOT_RETAINED
    attached = row.priority_id is not None
    taken_up = row.sheets > 0
    states = ["done", "done" if attached else "future", "done" if taken_up else "future"]
    states += [("gap" if refused else "done") if answered else "future", "future"]
    if not answered and "future" in states:
        states[states.index("future")] = "here"
    return states


def steps(db: Session, need: Need) -> list[Step]:
    """The whole fil of one need."""
    events = threads.events(db, "need", need.id or 0)
    priority = accords.priority(db, need.priority_id) if need.priority_id else None
    chain = [_received(need), _moderation(need, events)]
    if need.status in queries.PUBLIC:
        elsewhere = threads.mentions(db, need.thread_id)
        chain += [
            *_group(db, need, events),
            _priority(need, priority, events),
            *_sheets(need, [m for m in elsewhere if m.kind == "sheet"]),
            *card_steps([m for m in elsewhere if m.kind in CARDS]),
            *vote_steps([m for m in elsewhere if m.kind == "vote"]),
            *_answers(db, need),
            _result(need),
        ]
    waiting = [step for step in chain if step.state == "future"]
    if waiting and need.outcome is None and not any(step.state in ("here", "gap") for step in chain):
        waiting[0].state = "here"
    return chain


def _moment(events: Sequence[Event], *verbs: str) -> datetime | None:
    return next((e.at for e in reversed(events) if e.verb in verbs), None)


def _received(need: Need) -> Step:
    return Step(
        "done", _("Besoin"), _("Reçu"), fdate(need.created_at),
        _("%(origin)s. Référence %(reference)s.") % {"origin": _way(need), "reference": need.reference},
    )  # fmt: skip


def _way(need: Need) -> str:
    """By which way it came, and through whose hands, without their names."""
    way = _(ORIGIN_LABELS[Origin(need.origin)])
    if need.transcribed_by is None:
        return way
    if need.second_read_at is None:
        return _("%(way)s, saisi par un relais") % {"way": way}
    return _("%(way)s, saisi par un relais, relu par une deuxième personne") % {"way": way}


def _moderation(need: Need, events: Sequence[Event]) -> Step:
    kind = _("Relecture")
    if need.status == Moderation.AWAITING_EMAIL:
        text = _("Ouvrez le message reçu et confirmez votre adresse : la relecture commence ensuite.")
        return Step("here", kind, _("Adresse à confirmer"), text=text)
    if need.status == Moderation.PENDING:
        text = _("Le Conseil de développement lit chaque texte avant publication, sous deux jours.")
        return Step("here", kind, _("En cours de relecture"), text=text)
    if need.status == Moderation.WITHDRAWN:
        return _withdrawn(need, events)
    if need.status in (Moderation.REFUSED, Moderation.HIDDEN, Moderation.APPEALED, Moderation.UPHELD):
        return _refused(need, events)
    return _published(need, events)


def _published(need: Need, events: Sequence[Event]) -> Step:
    """How it came to be public: read first, read afterwards, or after its author contested a decision."""
    kind, at = _("Relecture"), need.published_at
    day = fdate(at) if at else ""
    last = next((e.verb for e in reversed(events) if e.verb in _SHOWN), "publish")
    if last == "post":
        return Step("done", kind, _("Publié dès l’envoi"), day, _("Ici, la relecture vient après la publication."))
    days = (at - need.created_at).days if at else 0
    text = _("Relu le jour même.") if days < 1 else _("Relu en %(n)s j.") % {"n": days}
    if need.status == Moderation.MASKED:
        text += " " + _("Un passage a été masqué, selon la charte.")
    if last in ("reverse", "restore"):
        reread = _moment(events, last)
        title = _("Publié après un nouvel examen")
        return Step("done", kind, title, fdate(reread) if reread else day)
    return Step("done", kind, _("Publié après lecture par le Conseil de développement"), day, text)


_SHOWN = frozenset({"publish", "publish_masked", "post", "reverse", "restore", "undo_unmask"})


def _withdrawn(need: Need, events: Sequence[Event]) -> Step:
    """Taken back by its author, by a moderator at its author's demand, or with the account of its author."""
    verb = next((e.verb for e in reversed(events) if e.verb in ("withdraw", "withdraw_with_account")), "withdraw")
    at = _moment(events, verb)
    asked = _moment(events, "ask_withdrawal")
    title = _("Retiré par son auteur")
    if verb == "withdraw_with_account":
        title = _("Retiré : son auteur a fermé son compte")
    elif asked:
        title = _("Retiré à la demande de son auteur")
    return Step("gap", _("Relecture"), title, fdate(at) if at else "")


def _refused(need: Need, events: Sequence[Event]) -> Step:
    """Never public, or no longer: by which rule, in which words."""
    verb = next((e.verb for e in reversed(events) if e.verb in ("refuse", "hide")), "refuse")
    at = _moment(events, verb)
    reason = RefusalReason(need.reason) if need.reason else RefusalReason.OFF_TOPIC
    rule = _("Charte, article %(n)s : %(rule)s.") % {
        "n": REASON_ARTICLES[reason],
        "rule": _(REASON_LABELS[reason]),
    }
    return Step(
        "gap", _("Relecture"), _("Retiré de la vue") if verb == "hide" else _("Non publié"), fdate(at) if at else "",
        f"{rule} {need.reason_note or ''}".strip(), (f"/charte#article-{REASON_ARTICLES[reason]}", _("Lire la charte")),
    )  # fmt: skip


def _group(db: Session, need: Need, events: Sequence[Event]) -> list[Step]:
    """The needs with which it is grouped, or those that it left."""
    place = groups.place_of(db, need)
    at = _moment(events, "group", "ungroup")
    if place is None:
        left = next((event for event in reversed(events) if event.verb == "ungroup"), None)
        text = _("Il en a fait partie, et continue seul.")
        return [Step("done", _("Besoin partagé"), left.note or "", fdate(left.at), text)] if left else []
    words = ngettext(
        "Un besoin sous ce titre, avec ses mots et ses soutiens.",
        "%(n)s besoins disent la même chose, chacun avec ses mots et ses soutiens.", place.needs,
    ) % {"n": place.needs}  # fmt: skip
    path = f"/besoins-partages/{place.group.id}"
    link = (path, _("Lire le besoin partagé"))
    return [Step("done", _("Besoin partagé"), place.group.title, fdate(at) if at else "", words, link)]


def _priority(need: Need, priority: Priority | None, events: Sequence[Event]) -> Step:
    if priority is None:
        text = _("L’équipe technique relie chaque besoin à une priorité du territoire, quand il y en a une.")
        state = "future" if need.outcome is None else "done"
        title = _("À rattacher à une priorité") if need.outcome is None else _("Sans priorité de rattachement")
        return Step(state, _("Priorité"), title, text=text)
    at = _moment(events, "attach")
    return Step(
        "done", _("Priorité"), priority.title, fdate(at) if at else "",
        link=(f"/priorites/{priority.id}", _("Voir la priorité et ses besoins")),
    )  # fmt: skip


def _sheets(need: Need, mentions: Sequence[Mention]) -> list[Step]:
    """The fiches-actions that take it up, as they wrote it here."""
    taken = [
        Step(
            "done", _("Fiche-action"), mention.title, fdate(mention.at), _("Où elle en est : %(state)s.") % {
                "state": _(mention.state).lower(),
            },
            (mention.path, _("Lire la fiche-action")),
        )
        for mention in mentions
    ]  # fmt: skip
    if taken or need.outcome is not None:
        return taken
    return [Step("future", _("Fiche-action"), _("Une fiche-action reprendra les besoins rattachés"))]


def card_steps(mentions: Sequence[Mention]) -> list[Step]:
    """The workshops whose cards became this need, or said the same; a mention keeps « cards/new » or « …/joined »."""
    steps = []
    for mention in mentions:
        number, _slash, how = mention.state.partition("/")
        words = (
            ngettext("Il vient de %(n)s carte écrite là.", "Il vient de %(n)s cartes écrites là.", int(number))
            if how == "new"
            else ngettext("%(n)s carte y dit la même chose.", "%(n)s cartes y disent la même chose.", int(number))
        )
        link = (mention.path, _("Lire l’atelier et ses cartes"))
        steps.append(Step("done", _("Atelier"), mention.title, fdate(mention.at), words % {"n": number}, link))
    return steps


def vote_steps(votes: Sequence[Mention]) -> list[Step]:
    """The workshops that voted on it."""
    steps = []
    for vote in votes:
        supporters, said = vote_figures(vote)
        words = ngettext(
            "%(n)s personne a soutenu la fiche-action, %(said)s.",
            "%(n)s personnes ont soutenu la fiche-action, %(said)s.",
            supporters,
        )
        counted = words % {"n": fnum(supporters), "said": said}
        link = (vote.path, _("Lire l’atelier et ses résultats"))
        steps.append(Step("done", _("Atelier"), vote.title, fdate(vote.at), counted, link))
    return steps


def vote_figures(vote: Mention) -> tuple[int, str]:
    """How many supported it; then, in words, out of how many ballots, by what method, and the mention it was given.

    Kept as « supporters/ballots/method/majority mention », the last of a jugement majoritaire only.
    """
    supporters, ballots, *rest = vote.state.split("/")
    method, mention = (*rest, "", "")[:2]
    cast = ngettext("sur %(n)s bulletin", "sur %(n)s bulletins", int(ballots)) % {"n": fnum(int(ballots))}
    given = _("mention majoritaire : %(mention)s") % {"mention": _(mention)} if mention else ""
    return int(supporters), " ; ".join(filter(None, (cast, _(SUPPORT[method]) if method else "", given)))


def _answers(db: Session, need: Need) -> list[Step]:
    written = list(reversed(queries.answers(db, need.id or 0)))
    if written:
        return [_answered(db, need, answer) for answer in written]
    if need.answer_due_on is None:
        return [Step("future", _("Réponse"), _("Une réponse vous est due"))]
    late = need.days_late
    if late:
        title = _("Réponse en retard de %(n)s j") % {"n": late}
        text = _("Attendue depuis le %(since)s, elle était due le %(date)s.") % {
            "since": fdate(need.published_at or need.created_at), "date": fdate(need.answer_due_on),
        }  # fmt: skip
    else:
        title = _("Réponse due le %(date)s au plus tard") % {"date": fdate(need.answer_due_on)}
        text = _("Attendue depuis le %(since)s.") % {"since": fdate(need.published_at or need.created_at)}
    return [Step("future", _("Réponse"), title, text=text, late=bool(late))]


def _days_since(need: Need) -> int:
    return (today() - need.published_at.date()).days if need.published_at else 0


def _answered(db: Session, need: Need, answer: NeedAnswer) -> Step:
    body = people.body(db, answer.body_id)
    outcome = Outcome(answer.outcome)
    tag = _(OUTCOME_LABELS[outcome])
    if answer.addressee:
        tag = f"{tag} : {answer.addressee}"
    state = "gap" if outcome == Outcome.NOT_RETAINED else "done"
    title = _("Réponse : %(body)s") % {"body": body.name if body else _("l’équipe technique")}
    return Step(state, _("Réponse"), title, fdate(answer.answered_on), answer.text, tag=tag)


def _result(need: Need) -> Step:
    return Step("future", _("Résultat"), _("Ce qui a été fait, et son bilan public"))
