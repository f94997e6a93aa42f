"""A report, and its relevé de décisions, as documents: what PDF and DOCX both print."""

from collections.abc import Iterable

from app.core.documents import Document, Grid, Heading, Items, Part, Words, paragraphs
from app.core.i18n import fdate, fnum, ngettext, today
from app.core.i18n import gettext as _
from app.threads.states import REASON_LABELS, RefusalReason
from app.workshops.models import Outcome, Workshop
from app.workshops.queries.report import said, tables
from app.workshops.queries.report.parts import Report, Vote
from app.workshops.queries.walls import CardView, ClusterView, Wall
from app.workshops.states import VOTES, Room


def full(report: Report, address: str) -> Document:
    """The whole compte rendu; ``address`` is its page."""
    parts = [
        *_corrections(report), *_state(report), Items(tuple(facts(report))), *_conclusion(report),
        *_outcomes(report), *_text(_("La suite"), report.workshop.next_steps),
        *_text(_("L’objet de l’atelier"), report.workshop.text), *_presence(report), *_agenda(report),
        *_results(report), *_cards(report),
    ]  # fmt: skip
    return _document(report, _("Compte rendu d’atelier"), address, parts)


def decisions(report: Report, address: str) -> Document:
    """The relevé de décisions alone."""
    parts = [
        *_corrections(report), *_state(report), Items(tuple(facts(report))), *_outcomes(report),
        *_text(_("La suite"), report.workshop.next_steps),
    ]  # fmt: skip
    return _document(report, _("Relevé de décisions"), address, parts)


def _document(report: Report, kind: str, address: str, parts: Iterable[Part]) -> Document:
    workshop = report.workshop
    summary = _("%(kind)s, %(territory)s, %(day)s.") % {
        "kind": kind, "territory": report.territory.name, "day": fdate(workshop.starts_at, "day"),
    }  # fmt: skip
    printed = _("Fait le %(day)s. À jour à cette adresse :") % {"day": fdate(today())}
    return Document(workshop.title, kind, summary, report.territory.name, address, printed, tuple(parts))


def facts(report: Report) -> list[str]:
    """When, where, for how long."""
    workshop = report.workshop
    lines = [
        _("Quand : %(day)s") % {"day": fdate(workshop.starts_at, "meeting")},
        _("Où : %(place)s") % {"place": said.where(workshop)},
        _("Territoire : %(name)s") % {"name": report.territory.name},
        _("Durée prévue : %(minutes)s") % {"minutes": said.minutes(workshop.minutes)},
        said.held(workshop),
    ]
    if workshop.published_at:
        lines.append(_("Compte rendu publié le %(day)s") % {"day": fdate(workshop.published_at)})
    return lines


def _corrections(report: Report) -> list[Part]:
    found: list[Part] = []
    for row in report.corrections:
        found.append(Heading(_("Rectification du %(day)s") % {"day": fdate(row.at)}))
        found += paragraphs(row.text, "notice")
    return found


def _state(report: Report) -> list[Part]:
    """What the reader must know first: not published, or closed by nobody."""
    found: list[Part] = []
    if report.workshop.status != Room.PUBLISHED:
        found.append(Words(_("Ce compte rendu n’est pas publié : il peut encore changer."), "notice"))
    if report.workshop.closed_alone:
        found.append(Words(said.alone(), "notice"))
    return found


def _text(title: str, text: str) -> list[Part]:
    return [Heading(title), *paragraphs(text)] if text else []


def _conclusion(report: Report) -> list[Part]:
    return _text(_("Ce que la salle conclut"), report.workshop.conclusion)


def outcome_rows(rows: Iterable[Outcome]) -> tuple[tuple[str, ...], ...]:
    """Number, text, who, by when."""
    return tuple(
        (fnum(number), row.text, row.holder or _("à préciser"), fdate(row.due_on) if row.due_on else _("sans échéance"))
        for number, row in enumerate(rows, start=1)
    )


def _outcomes(report: Report) -> list[Part]:
    found: list[Part] = [Heading(_("Décisions"))]
    if report.decisions:
        head = (_("N°"), _("Décision"), _("Qui"), _("Échéance"))
        caption = _("Relevé de décisions")
        found.append(Grid(caption, head, outcome_rows(report.decisions), numbers=4))
    else:
        found.append(Words(_("Aucune décision n’est notée.")))
    if report.unresolved:
        lines = tuple(row.text for row in report.unresolved)
        found += [Heading(_("Points non résolus")), Items(lines, numbered=True)]
    return found


def _presence(report: Report) -> list[Part]:
    found: list[Part] = [Heading(_("Qui était là"))]
    if not report.presence.total.total:
        return [*found, Words(_("Personne n’a rejoint la salle."))]
    found.append(tables.presence(report.presence))
    if report.presence.small:
        found.append(Words(said.few(report.presence.small), "note"))
    return found


def _agenda(report: Report) -> list[Part]:
    if not report.agenda:
        return []
    return [Heading(_("Déroulé")), tables.agenda(report)]


def _results(report: Report) -> list[Part]:
    lines = [line for line in report.agenda if line.step.kind in VOTES]
    if not lines:
        return []
    results = [vote.result for vote in report.votes.values()]
    measure = f"{_('Ces votes mesurent des positions, ils ne décident pas.')} {said.measure(results)}"
    found: list[Part] = [Heading(_("Résultats des votes")), Words(measure, "notice")]
    hidden = said.hidden(results)
    found += [Words(hidden, "note")] if hidden else []
    for line in lines:
        found.append(Heading(line.step.title, 3))
        found += [*paragraphs(line.step.text), Words(" ".join(said.method(line.step)), "note")]
        vote = report.votes.get(line.step.id or 0)
        found += _vote(vote) if vote else [Words(_("Ce vote n’a pas eu lieu, ou ses résultats n’ont pas été montrés."))]
    return found


def _vote(vote: Vote) -> list[Part]:
    found: list[Part] = _subject(vote)
    found.append(Words(said.turnout(vote.result) if vote.result.ballots else _("Aucun bulletin n’a été envoyé.")))
    found += tables.vote(vote)
    small = said.small(vote.result)
    found += [Words(words) for words in said.remarks(vote)]
    found += [Words(small, "note")] if small else []
    if vote.objections:
        found += [Words(_("Objections écrites :")), *(Words(words, "quote") for words in vote.objections)]
    if vote.kept_back:
        found.append(Words(said.kept_back(vote.kept_back), "note"))
    return found


def _subject(vote: Vote) -> list[Part]:
    """The one thing that an agreement, or yes and no, was about, where the question does not say it."""
    view = vote.options[0] if vote.options else None
    if view is None or len(vote.options) > 1 or not vote.step.scale or view.title == vote.step.title:
        return []
    title = f"{view.title} ({view.reference})" if view.reference else view.title
    return [Words(_("Sur : %(title)s") % {"title": title})]


def _cards(report: Report) -> list[Part]:
    found: list[Part] = []
    for line in report.agenda:
        wall = report.walls.get(line.step.id or 0)
        if wall is not None:
            found += [Heading(line.step.title, 3), *_wall(wall, report.workshop)]
    return [Heading(_("Cartes et groupes")), *found] if found else []


def _wall(wall: Wall, workshop: Workshop) -> list[Part]:
    if not wall.shown and not wall.masked:
        found: list[Part] = [Words(_("Aucune carte n’a été affichée."))]
    else:
        found = []
    for cluster in wall.told:
        found.append(Words(_cluster(cluster)))
        found.append(Items(tuple(_card(card, workshop) for card in cluster.lines)))
    if wall.loose_lines:
        found += [Words(_("Sans groupe :")), Items(tuple(_card(card, workshop) for card in wall.loose_lines))]
    return found + [Words(words, "note") for words in unshown(wall)]


def _cluster(cluster: ClusterView) -> str:
    number = len(cluster.cards)
    count = ngettext("%(n)s carte", "%(n)s cartes", number) % {"n": fnum(number)}
    became = cluster.need or cluster.group
    after = _(", reprises dans %(reference)s") % {"reference": became.reference} if became else ""
    return _("« %(title)s », %(cards)s%(after)s :") % {"title": cluster.title, "cards": count, "after": after}


def _card(card: CardView, workshop: Workshop) -> str:
    if card.masked:
        return f"[{said.masked(card)}]"
    beside = [words for words in (card.signed, said.read_after(card, workshop)) if words]
    return f"{card.text} ({', '.join(beside)})" if beside else card.text


def unshown(wall: Wall) -> list[str]:
    """How many cards are not shown, and why."""
    found = [words for words in (said.left_unread(wall), said.taken_off(wall)) if words]
    for reason, number in sorted(wall.by_reason.items()):
        words = ngettext("%(n)s carte non retenue", "%(n)s cartes non retenues", number) % {"n": fnum(number)}
        found.append(f"{words} : {said.lowered(_(REASON_LABELS[RefusalReason(reason)]))}." if reason else f"{words}.")
    return found
