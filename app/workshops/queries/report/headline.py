"""The result of one vote in one line: what stands first, or the whole distribution where there are no choices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.i18n import fnum, ngettext
from app.core.i18n import gettext as _
from app.workshops.counting import Agreement, Graded, GradedLine, Judgment, Result
from app.workshops.models import Step
from app.workshops.queries.options import OptionView
from app.workshops.queries.report import said
from app.workshops.queries.results import Counted

NAMED = 3  # beyond so many equal choices, they are counted


@dataclass(frozen=True)
class Brief:
    """One vote and its result in words."""

    step: Step
    words: str


def in_brief(votes: Iterable[tuple[Step, Counted, Iterable[OptionView]]]) -> dict[int, Brief]:
    """Each of these votes, by its id; ``votes``: with what was put to the vote."""
    return {
        step.id or 0: Brief(step, _headline(step, result, {view.id: view for view in views}))
        for step, result, views in votes
    }


def _headline(step: Step, result: Counted, titles: Mapping[int, OptionView]) -> str:
    if not result.ballots:
        return _("Aucun bulletin n’a été envoyé.")
    if isinstance(result, Judgment):
        return _judged(step, result, titles)
    if isinstance(result, Graded):
        rule = f" {said.rule(result)}" if isinstance(result, Agreement) and result.limit is not None else ""
        return f"{answers(step, result, result.lines[0])}.{rule}"
    return _first(result, titles)


def answers(step: Step, result: Graded, line: GradedLine) -> str:
    """« Oui 9, Je m’abstiens 2 »: the answers that somebody gave, and how many gave none."""
    given = zip(result.grades, line.tally, strict=True)
    parts = [_("%(answer)s %(n)s") % {"answer": _(step.scale[grade]), "n": fnum(n)} for grade, n in given if n]
    blanks = [_("sans réponse %(n)s") % {"n": fnum(line.blanks)}] if line.blanks else []
    return ", ".join(parts + blanks)


def _judged(step: Step, result: Judgment, titles: Mapping[int, OptionView]) -> str:
    best = [line for line in result.lines if line.rank == 1]
    mention = best[0].mention
    words = _("mention %(mention)s") % {"mention": _(step.scale[mention])} if mention else _("aucune mention")
    return _ahead(best, titles, words)


def _first(result: Result, titles: Mapping[int, OptionView]) -> str:
    most = max(line.points for line in result.lines)
    best = [line for line in result.lines if line.points == most]
    if not most:
        return _("Aucune gommette n’a été posée.") if result.by_points else _("Personne n’a choisi de réponse.")
    if not result.by_points:
        return _ahead(best, titles, _of(most, result.ballots))
    words = ngettext("%(n)s gommette", "%(n)s gommettes", most) % {"n": fnum(most)}
    # Always beside the points (methods): a few people who pile their gommettes up do not pass for a crowd.
    supports = {line.option: _of(line.supporters, result.ballots) for line in best}
    return _ahead(best, titles, words, supports)


def _of(people: int, ballots: int) -> str:
    numbers = {"n": fnum(people), "all": fnum(ballots)}
    return ngettext("%(n)s personne sur %(all)s", "%(n)s personnes sur %(all)s", people) % numbers


def _ahead(
    best: Iterable[Any], titles: Mapping[int, OptionView], words: str, supports: Mapping[int, str] | None = None
) -> str:
    """The choices that stand first, and what they received."""
    beside = {option: f" ({said_by})" for option, said_by in (supports or {}).items()}
    named = [said.listed([titles[line.option].title]) + beside.get(line.option, "") for line in best]
    if len(named) == 1:
        return _("En tête : %(title)s, %(words)s.") % {"title": named[0], "words": words}
    if len(named) > NAMED:
        equal = {"n": fnum(len(named)), "words": words}
        return _("En tête, à égalité : %(n)s choix, %(words)s chacun.") % equal
    return _("En tête, à égalité : %(titles)s, %(words)s chacun.") % {"titles": ", ".join(named), "words": words}
