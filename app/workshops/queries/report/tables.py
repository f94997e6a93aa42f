"""The figures of votes, of the run sheet and of who was there, as tables; small collèges stand in the totals only."""

from collections.abc import Iterator

from app.core.documents import Bars, Grid
from app.core.i18n import fnum, ngettext
from app.core.i18n import gettext as _
from app.identity.states import College
from app.workshops.counting import Agreement, Graded, JudgedLine, Judgment, Result, Tally, YesNo, percent
from app.workshops.queries.report import said
from app.workshops.queries.report.parts import Presence, Report, Vote
from app.workshops.states import KIND_LABELS

_PAINTS = {college.value: place for place, college in enumerate(College)}
REST = -1  # the paint of those who are not told apart


def agenda(report: Report) -> Grid:
    """Every step, as planned and as held."""
    rows = tuple(
        (
            fnum(line.number), f"{line.step.title} ({_(KIND_LABELS[line.step.sort]).lower()})",
            said.planned(line), said.hours(line),
        )
        for line in report.agenda
    )  # fmt: skip
    head = (_("N°"), _("Séquence"), _("Prévue"), _("Tenue"))
    return Grid(_("Déroulé prévu et horaires réels"), head, rows, numbers=4)


def presence(found: Presence) -> Grid:
    """Who was there, by collège and by how they took part."""
    rows = [
        (said.college(line.college), *(fnum(n) for n in (line.phones, line.lent, line.counted, line.total)))
        for line in found.lines
    ]
    whole = found.total
    rows.append((_("Ensemble"), *(fnum(n) for n in (whole.phones, whole.lent, whole.counted, whole.total))))
    head = (_("Collège"), _("Téléphones"), _("Appareils prêtés"), _("Comptées sans appareil"), _("Personnes"))
    return Grid(_("Personnes présentes, par collège"), head, tuple(rows))


def vote(found: Vote) -> list[Grid | Bars]:
    """The full distribution of one vote, in total and by collège."""
    result = found.result
    if not result.ballots:
        return []
    if isinstance(result, Judgment):
        return _judgment(found, result)
    if isinstance(result, Graded):
        return _scale(found, result)
    return _points(found, result)


def _title(found: Vote, option: int) -> str:
    view = found.titles[option]
    return f"{view.title} ({view.reference})" if view.reference else view.title


def _points(found: Vote, result: Result) -> list[Grid | Bars]:
    dots, apart = result.by_points, result.apart
    people = (_("Gommettes"), _("Personnes")) if dots else (_("Personnes"), _("Des bulletins"), _("Des présents"))
    head = (*((_("Rang"),) if dots else ()), _("Choix"), *people, *map(said.college, apart))
    rows, bars = [], []
    for line in result.lines:
        title = _title(found, line.option)
        rank = said.rank(line.rank) + (f" {_('ex æquo')}" if line.tied else "")
        totals = (fnum(line.points), fnum(line.supporters)) if dots else _shares(line.points, result)
        by = [_points_of(line.points_by[c], line.supporters_by[c], dots=dots) for c in apart]
        rows.append((*((rank,) if dots else ()), title, *totals, *by))
        bars.append((title, _parts({c: line.points_by[c] for c in apart}, line.points)))
    caption = _by(_("Gommettes reçues") if dots else _("Réponses"), result)
    whole = max(line.points for line in result.lines) or 1
    return [
        Bars("colleges", whole, tuple(bars), _legend(result)),
        Grid(caption, head, tuple(rows), numbers=2 if dots else 1),
    ]


def _by(caption: str, result: Result | Graded) -> str:
    return _("%(what)s, au total et par collège") % {"what": caption} if result.apart else caption


def _points_of(points: int, supporters: int, *, dots: bool) -> str:
    if not dots or not points:
        return fnum(points)
    return ngettext("%(p)s par %(n)s personne", "%(p)s par %(n)s personnes", supporters) % {
        "p": fnum(points), "n": fnum(supporters),
    }  # fmt: skip


def _shares(number: int, result: Result | Graded) -> tuple[str, str, str]:
    return fnum(number), share(number, result.ballots), share(number, result.present)


def share(number: int, whole: int) -> str:
    """« 45 % », or a dash of nobody."""
    found = percent(number, whole)
    return "-" if found is None else _("%(n)s %%") % {"n": fnum(found)}


def _legend(result: Result) -> tuple[tuple[int, str], ...]:
    known = tuple((_PAINTS[college], said.college(college)) for college in result.apart)
    return known if len(known) == sum(map(bool, result.ballots_by.values())) else (*known, (REST, _("Autres collèges")))


def _mentions(found: Vote, result: Graded) -> tuple[tuple[int, str], ...]:
    return tuple((place, _(found.step.scale[grade])) for place, grade in enumerate(result.grades))


def _parts(by: dict[str, int], whole: int) -> tuple[tuple[int, int], ...]:
    known = [(_PAINTS[college], n) for college, n in by.items() if n]
    rest = whole - sum(by.values())
    return (*known, (REST, rest)) if rest else tuple(known)


def _judgment(found: Vote, result: Judgment) -> list[Grid | Bars]:
    """One table for the room and one a collège: a row a choice, a column a mention."""
    scale = found.step.scale
    head = (_("Choix"), *(_(scale[grade]) for grade in result.grades), _("Sans mention"), _("Mention"))
    rows = [(*_judged(found, line), mention(found, line.mention)) for line in result.lines]
    bars = tuple(
        (_title(found, line.option), tuple((place, n) for place, n in enumerate(line.profile) if n))
        for line in result.lines
    )
    whole = max((sum(line.profile) for line in result.lines), default=0) or 1
    grids = [Grid(_("Mentions données par toute la salle"), head, tuple(rows))]
    grids += [_judged_by(found, result, college, head) for college in result.apart]
    return [Bars("grades", whole, bars, _mentions(found, result)), *grids]


def _judged(found: Vote, line: JudgedLine) -> tuple[str, ...]:
    return f"{said.rank(line.rank)} {_title(found, line.option)}", *_tally(line.tally, line.blanks)


def _judged_by(found: Vote, result: Judgment, college: str, head: tuple[str, ...]) -> Grid:
    rows = tuple(
        (
            _title(found, line.option), *_tally(line.tally_by[college], line.blanks_by[college]),
            mention(found, line.mention_by[college]),
        )
        for line in result.lines
    )  # fmt: skip
    return Grid(_("Mentions données par ce collège : %(college)s") % {"college": said.college(college)}, head, rows)


def _tally(tally: Tally, blanks: int) -> tuple[str, ...]:
    return (*map(fnum, tally), fnum(blanks))


def mention(found: Vote, grade: int | None) -> str:
    """What a grade is called."""
    return "-" if grade is None else _(found.step.scale[grade])


def _scale(found: Vote, result: Graded) -> list[Grid | Bars]:
    """One question on a scale: a row a degree, a column a collège."""
    line = result.lines[0]
    shares = (_("Des bulletins"), _("Des présents")) if isinstance(result, YesNo) else (_("Des bulletins"),)
    head = (_("Réponse"), _("Ensemble"), *shares, *map(said.college, result.apart))
    rows = []
    for name, number, by in _degrees(found, result):
        rows.append((name, *_shares(number, result)[: 1 + len(shares)], *(fnum(by[c]) for c in result.apart)))
    caption = _by(_("Degrés d’accord") if isinstance(result, Agreement) else _("Réponses"), result)
    bars = (_("Ensemble"), tuple((place, n) for place, n in enumerate(line.tally) if n))
    return [Bars("grades", result.ballots, (bars,), _mentions(found, result)), Grid(caption, head, tuple(rows))]


def _degrees(found: Vote, result: Graded) -> Iterator[tuple[str, int, dict[str, int]]]:
    """Each degree with its people, in total and by collège; then those who gave none."""
    line = result.lines[0]
    for place, grade in enumerate(result.grades):
        by = {college: tally[place] for college, tally in line.tally_by.items()}
        yield _(found.step.scale[grade]), line.tally[place], by
    yield _("Sans réponse"), line.blanks, line.blanks_by
