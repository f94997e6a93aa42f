"""Dots and approvals as Pabulib files, which other people's tools of participatory budgeting read.

Sources: D. Stolicki, S. Szufa, N. Talmon, *Pabulib: A Participatory Budgeting Library*, 2020; the description of the
format at pabulib.org, which names the keys, their order, and the words they may take. A workshop has no costs: each
option costs 1, and the budget is one option. Blank ballots have no line: the format has none for them. The format has
no word for a way of voting that is not said: where some are not (recount.UNSAID), that column is left out.
"""

import csv
import io
from collections.abc import Sequence

from app.workshops.counting.ballots import PAPER, PHONE, Cast
from app.workshops.counting.recount import DOTS, Method, published, shuffled

VOTED = {PAPER: "paper", PHONE: "internet"}


def write_pabulib(method: Method, casts: Sequence[Cast], seed: int, *, day: str, place: str) -> str:
    """The ballots in the .pb format, without their collèges: not even in their order.

    ``day`` is the day of the vote, day.month.year; ``place`` where it was held.

    Raises:
        ValueError: this kind of vote is not one of the format.
    """
    if method.words:
        raise ValueError("grades are not a vote of Pabulib")
    kept = [cast for cast in shuffled(published(casts), seed) if any(cast.marks.values())]
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";", lineterminator="\n")
    rows.writerows([["META"], ["key", "value"], *_meta(method, len(kept), day, place)])
    points = method.kind == DOTS
    ways = all(cast.channel in VOTED for cast in kept)
    rows.writerows([["PROJECTS"], ["project_id", "cost", "votes", *(["score"] if points else []), "name"]])
    rows.writerows(_projects(method, kept, points=points))
    rows.writerows(
        [["VOTES"], ["voter_id", "vote", *(["points"] if points else []), *(["voting_method"] if ways else [])]]
    )
    rows.writerows(_vote(number, cast, points=points, ways=ways) for number, cast in enumerate(kept, start=1))
    return written.getvalue()


def _meta(method: Method, votes: int, day: str, place: str) -> list[list[object]]:
    meta: list[list[object]] = [
        ["description", method.question], ["country", "France"], ["unit", place], ["instance", day],
        ["num_projects", len(method.options)], ["num_votes", votes], ["budget", 1],
        ["vote_type", "cumulative" if method.kind == DOTS else "approval"], ["rule", "unknown"],
        ["date_begin", day], ["date_end", day], ["min_length", 1],
    ]  # fmt: skip
    if method.kind == DOTS:
        total, cap = method.rules["gommettes"], method.rules["au_plus_par_choix"]
        meta += [["max_length", len(method.options)], ["max_points", cap], ["max_sum_points", total]]
    else:
        meta.append(["max_length", method.rules["choix_au_plus"]])
    return [*meta, ["language", "fr"]]


def _projects(method: Method, casts: Sequence[Cast], *, points: bool) -> list[list[object]]:
    rows: list[list[object]] = []
    for number, title in zip(method.numbers, method.options, strict=True):
        marks = [cast.marks.get(number, 0) for cast in casts]
        rows.append([number, 1, sum(mark > 0 for mark in marks), *([sum(marks)] if points else []), title])
    return rows


def _vote(number: int, cast: Cast, *, points: bool, ways: bool) -> list[object]:
    """One ballot: its options from the most dots to the fewest, as the format asks."""
    marked = sorted(
        ((option, mark) for option, mark in cast.marks.items() if mark), key=lambda pair: (-pair[1], pair[0])
    )
    options, given = (",".join(str(pair[part]) for pair in marked) for part in (0, 1))
    return [number, options, *([given] if points else []), *([VOTED[cast.channel]] if ways else [])]
