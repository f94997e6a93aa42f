"""What a report says of the paper ballots left out of a result: not read again, read in two ways, void."""

from collections.abc import Iterable

from app.core.i18n import fnum, ngettext
from app.workshops.queries.paper import Papers


def left_out(papers: Papers) -> list[str]:
    """A sentence for each reason why ballots of one vote are not in its result."""
    said = (
        ngettext(
            "%(n)s bulletin papier saisi n’a pas été relu par une deuxième personne : il n’est pas compté.",
            "%(n)s bulletins papier saisis n’ont pas été relus par une deuxième personne : ils ne sont pas comptés.",
            papers.entered,
        ),
        ngettext(
            "%(n)s bulletin papier a été lu de deux façons, sans que l’on tranche : il n’est pas compté.",
            "%(n)s bulletins papier ont été lus de deux façons, sans que l’on tranche : ils ne sont pas comptés.",
            papers.differs,
        ),
        ngettext("%(n)s bulletin papier est nul.", "%(n)s bulletins papier sont nuls.", papers.void),
    )
    return _counted(said, (papers.entered, papers.differs, papers.void))


def to_settle(votes: Iterable[Papers]) -> list[str]:
    """What is better settled before the report of these votes is published."""
    found = list(votes)
    unread, differs = sum(papers.entered for papers in found), sum(papers.differs for papers in found)
    said = (
        ngettext("%(n)s bulletin papier n’a pas été relu.", "%(n)s bulletins papier n’ont pas été relus.", unread),
        ngettext(
            "%(n)s bulletin papier a été lu de deux façons : il n’est pas compté.",
            "%(n)s bulletins papier ont été lus de deux façons : ils ne sont pas comptés.", differs,
        ),
    )  # fmt: skip
    return _counted(said, (unread, differs))


def _counted(said: Iterable[str], numbers: Iterable[int]) -> list[str]:
    return [words % {"n": fnum(n)} for words, n in zip(said, numbers, strict=True) if n]
