"""A report as lines of a table: one figure or one sentence a line, for whoever computes."""

from collections.abc import Iterator

from app.core.i18n import gettext as _
from app.core.i18n import local
from app.workshops.counting import Graded, JudgedLine, Result
from app.workshops.models import Outcome, Workshop
from app.workshops.queries.report import said
from app.workshops.queries.report.document import unshown
from app.workshops.queries.report.parts import AgendaLine, PresenceLine, Report, Vote
from app.workshops.queries.walls import CardView
from app.workshops.states import KIND_LABELS, Room

FIELDS = ("partie", "numero", "intitule", "element", "mesure", "college", "valeur")
Row = tuple[int | str, ...]
EVERYONE = "ensemble"


def rows(report: Report) -> Iterator[Row]:
    """Every line, in the order of the report; ``numero`` is that of the step, or of the decision."""
    workshop = report.workshop
    yield "atelier", "", workshop.title, _("territoire"), "", "", report.territory.name
    yield "atelier", "", workshop.title, _("lieu"), "", "", said.where(workshop)
    yield "atelier", "", workshop.title, _("début"), "", "", local(workshop.starts_at).isoformat(timespec="minutes")
    yield "atelier", "", workshop.title, _("durée prévue"), _("minutes"), "", workshop.minutes
    yield (
        "atelier",
        "",
        workshop.title,
        _("publié"),
        "",
        "",
        _yes(workshop.status == Room.PUBLISHED),
    )
    yield (
        "atelier",
        "",
        workshop.title,
        _("salle fermée seule"),
        "",
        "",
        _yes(workshop.closed_alone),
    )
    for correction in report.corrections:
        yield "rectification", "", local(correction.at).date().isoformat(), "", "", "", correction.text
    yield from _texts(report)
    yield from _presence(report.presence.total, EVERYONE)
    for line in report.presence.lines:
        yield from _presence(line, line.college)
    for step in report.agenda:
        yield from _step(step)
        if vote := report.votes.get(step.step.id or 0):
            yield from _vote(step, vote)
        yield from _cards(report, step)


def _yes(so: bool) -> str:
    return _("oui") if so else _("non")


def _texts(report: Report) -> Iterator[Row]:
    for part, text in (("conclusion", report.workshop.conclusion), ("suite", report.workshop.next_steps)):
        if text:
            yield part, "", "", "", "", "", text
    for part, listed in (("decision", report.decisions), ("point non resolu", report.unresolved)):
        for number, row in enumerate(listed, start=1):
            yield from _outcome(part, number, row)


def _outcome(part: str, number: int, row: Outcome) -> Iterator[Row]:
    yield part, number, row.text, _("texte"), "", "", row.text
    if row.holder:
        yield part, number, row.text, _("qui"), "", "", row.holder
    if row.due_on:
        yield part, number, row.text, _("échéance"), "", "", row.due_on.isoformat()


def _presence(line: PresenceLine, college: str) -> Iterator[Row]:
    for measure, number in (
        (_("téléphones"), line.phones), (_("appareils prêtés"), line.lent),
        (_("comptées sans appareil"), line.counted), (_("personnes"), line.total),
    ):  # fmt: skip
        yield "presence", "", "", "", measure, college, number


def _step(line: AgendaLine) -> Iterator[Row]:
    step = line.step
    yield "deroule", line.number, step.title, _("sorte"), "", "", _(KIND_LABELS[step.sort])
    yield "deroule", line.number, step.title, _("prévue"), "", "", local(line.planned_at).isoformat(timespec="minutes")
    yield "deroule", line.number, step.title, _("prévue"), _("minutes"), "", step.minutes
    for words, moment in ((_("commencée"), line.started), (_("finie"), line.ended if line.held else None)):
        if moment:
            yield "deroule", line.number, step.title, words, "", "", local(moment).isoformat(timespec="seconds")


def _vote(line: AgendaLine, vote: Vote) -> Iterator[Row]:
    number, title, result = line.number, line.step.title, vote.result
    yield "vote", number, title, "", _("méthode"), "", " ".join(said.method(line.step))
    for measure, n in (
        (_("bulletins"), result.ballots), (_("personnes présentes"), result.present), (_("blancs"), result.blanks),
        (_("tardifs"), result.late), (_("téléphones"), result.phones), (_("bulletins papier"), result.papers),
        (_("bulletins papier non relus"), vote.papers.entered),
        (_("bulletins papier lus de deux façons"), vote.papers.differs),
        (_("bulletins papier nuls"), vote.papers.void),
    ):  # fmt: skip
        yield "vote", number, title, "", measure, EVERYONE, n
    for college in result.apart:
        yield "vote", number, title, "", _("bulletins"), college, result.ballots_by[college]
    figures = _graded(vote, result) if isinstance(result, Graded) else _points(vote, result)
    for figure in figures:
        yield "vote", number, title, *figure
    for words in said.remarks(vote):
        yield "vote", number, title, "", _("remarque"), "", words
    for words in vote.objections:
        yield "objection", number, title, "", "", "", words


def _points(vote: Vote, result: Result) -> Iterator[Row]:
    for line in result.lines:
        option = vote.titles[line.option].title
        if result.by_points:
            yield option, _("rang"), EVERYONE, line.rank
            yield option, _("gommettes"), EVERYONE, line.points
            for college in result.apart:
                yield option, _("gommettes"), college, line.points_by[college]
        yield option, _("personnes"), EVERYONE, line.supporters
        for college in result.apart:
            yield option, _("personnes"), college, line.supporters_by[college]


def _graded(vote: Vote, result: Graded) -> Iterator[Row]:
    scale = vote.step.scale
    for line in result.lines:
        option = vote.titles[line.option].title
        if isinstance(line, JudgedLine):
            yield option, _("rang"), EVERYONE, line.rank
            yield option, _("mention majoritaire"), EVERYONE, _(scale[line.mention]) if line.mention else ""
        for college, tally, blanks in (
            (EVERYONE, line.tally, line.blanks),
            *((c, line.tally_by[c], line.blanks_by[c]) for c in result.apart),
        ):
            for grade, n in zip(result.grades, tally, strict=True):
                yield option, _(scale[grade]), college, n
            yield option, _("sans réponse"), college, blanks


def _cards(report: Report, line: AgendaLine) -> Iterator[Row]:
    wall = report.walls.get(line.step.id or 0)
    if wall is None:
        return
    for cluster in wall.told:
        for card in cluster.lines:
            yield _card(line, cluster.title, card, report.workshop)
    for card in wall.loose_lines:
        yield _card(line, "", card, report.workshop)
    for words in unshown(wall):
        yield "carte", line.number, line.step.title, "", _("remarque"), "", words


def _card(line: AgendaLine, group: str, card: CardView, workshop: Workshop) -> Row:
    """A card, or what stands in its place; ``mesure`` says who signed, and when it was read if it was not there."""
    if card.masked:
        return "carte masquee", line.number, line.step.title, group, "", "", said.masked(card)
    beside = ", ".join(words for words in (card.signed, said.read_after(card, workshop)) if words)
    return "carte", line.number, line.step.title, group, beside, "", card.text
