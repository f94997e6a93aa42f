"""Jugement majoritaire: the definition, ballot by ballot, and figures that others published."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import lcm

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workshops.counting import (
    MENTIONS,
    NORMALISED,
    WORST,
    Cast,
    Judgment,
    judgment,
    majority_place,
    majority_ranks,
)
from app.workshops.counting.grades import Tally

OPTIONS = (11, 12, 13, 14)
COLLEGES = ("habitants", "jeunes")
SEATS = dict.fromkeys(COLLEGES, 20)
MARKS = st.dictionaries(st.sampled_from(OPTIONS), st.sampled_from(MENTIONS))
ROOMS = st.lists(st.builds(Cast, college=st.sampled_from(COLLEGES), marks=MARKS), max_size=12)
POLICIES = st.sampled_from([WORST, NORMALISED])


def majority_value(grades: Sequence[int]) -> list[int]:
    """The definition, word for word: write the lower median down, withdraw that ballot, again until none is left."""
    left, written = sorted(grades), []
    while left:
        written.append(left.pop((len(left) - 1) // 2))
    return written


def places(values: Sequence[list[int]]) -> list[int]:
    return [1 + sum(other > value for other in values) for value in values]


def best_first(tally: Sequence[int]) -> Tally:
    """The published vectors write the worst grade first."""
    return tuple(reversed(tally))


def ranks(result: Judgment) -> dict[int, int]:
    return {line.option: line.rank for line in result.lines}


# The definition


@given(st.integers(1, 9).flatmap(lambda n: st.lists(st.lists(st.integers(1, 4), min_size=n, max_size=n), max_size=5)))
def test_the_order_is_the_definition_ballot_by_ballot(columns: list[list[int]]) -> None:
    profiles = [tuple(Counter(column)[grade] for grade in (4, 3, 2, 1)) for column in columns]
    assert majority_ranks(profiles) == places([majority_value(column) for column in columns])
    for profile, column in zip(profiles, columns, strict=True):
        place = majority_place(profile)
        assert place is not None and (4, 3, 2, 1)[place] == majority_value(column)[0]


@given(ROOMS)
def test_a_missing_mention_is_the_worst_one(room: list[Cast]) -> None:
    filled = [replace(cast, marks={o: cast.marks.get(o, 1) for o in OPTIONS}) for cast in room]
    asked, given_all = judgment(OPTIONS, room, SEATS), judgment(OPTIONS, filled, SEATS)
    for line, full in zip(asked.lines, given_all.lines, strict=True):
        assert (line.option, line.rank, line.tied, line.mention) == (full.option, full.rank, full.tied, full.mention)
        assert (line.profile, line.mention_by) == (full.tally, full.mention_by)
        assert line.blanks == sum(o not in cast.marks for cast in room for o in [line.option])


@given(st.lists(st.builds(Cast, college=st.just("jeunes"), marks=MARKS), max_size=6))
def test_normalised_is_each_option_on_the_same_number_of_ballots(room: list[Cast]) -> None:
    marks = {o: [cast.marks[o] for cast in room if o in cast.marks] for o in OPTIONS}
    common = lcm(*(len(each) for each in marks.values() if each))
    values = [majority_value(each * (common // len(each)) if each else []) for each in marks.values()]
    result = judgment(OPTIONS, room, SEATS, blank=NORMALISED)
    assert [ranks(result)[o] for o in OPTIONS] == places(values)
    for line in result.lines:
        assert line.mention == (majority_value(marks[line.option])[0] if marks[line.option] else None)
        assert line.profile == line.tally


@given(ROOMS, POLICIES, st.data())
def test_the_order_of_the_ballots_does_not_matter(room: list[Cast], blank: str, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(room))
    assert judgment(OPTIONS, shuffled, SEATS, blank=blank) == judgment(OPTIONS, room, SEATS, blank=blank)


@given(ROOMS.filter(bool), st.sampled_from(OPTIONS), st.data())
def test_a_better_mention_never_lowers_an_option(room: list[Cast], option: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(room) - 1))
    better = data.draw(st.integers(room[place].marks.get(option, 1), 7))
    raised = replace(room[place], marks={**room[place].marks, option: better})
    before = judgment(OPTIONS, room, SEATS)
    after = judgment(OPTIONS, [*room[:place], raised, *room[place + 1 :]], SEATS)
    assert ranks(after)[option] <= ranks(before)[option]
    ours = [next(line.mention or 1 for line in result.lines if line.option == option) for result in (before, after)]
    assert ours[0] <= ours[1]
    assert after.ballots == before.ballots


@given(ROOMS, POLICIES)
def test_equal_options_stay_equal_and_keep_their_own_order(room: list[Cast], blank: str) -> None:
    twins = [
        replace(cast, marks={**cast.marks, 99: cast.marks[11]} if 11 in cast.marks else cast.marks) for cast in room
    ]
    result = judgment((99, *OPTIONS), twins, SEATS, blank=blank)
    assert ranks(result)[99] == ranks(result)[11]
    assert [line.option for line in result.lines if line.option in (99, 11)] == [99, 11]
    assert all(line.tied for line in result.lines if line.option in (99, 11))
    assert [line.rank for line in result.lines] == sorted(line.rank for line in result.lines)
    for one, other in pairwise(result.lines):
        assert one.tied or one.rank < other.rank


def test_at_equality_the_contestation_prevails() -> None:
    room = [Cast("jeunes", {11: mark}) for mark in (7, 7, 2, 2)]
    assert judgment([11], room, {}).lines[0].mention == 2


def test_an_option_that_nobody_judged_comes_last_without_a_mention() -> None:
    result = judgment(OPTIONS, [Cast("jeunes", {12: 1})], {}, blank=NORMALISED)
    assert ranks(result) == {12: 1, 11: 2, 13: 2, 14: 2}
    assert [line.mention for line in result.lines] == [1, None, None, None]
    empty = judgment(OPTIONS, [], {})
    assert all((line.rank, line.tied, line.mention) == (1, True, None) for line in empty.lines)


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="policy"):
        judgment(OPTIONS, [], {}, blank="median")


# Published figures

# MieuxVoter, majority-judgment-library-typescript, assertions.json (MIT): nine cases, the worst grade first, the fill
# of each case being what its « mode » says of missing judgments (None: the tallies are judged on equal totals).
MIEUXVOTER = [
    (3, 0, [[1, 1, 1], [1, 0, 2], [3, 0, 0], [2, 0, 1], [0, 3, 0]], [3, 1, 5, 4, 2]),
    (37_000, 0, [[11142, 6970, 4040, 1968, 9888, 2992], [10141, 8971, 4043, 1965, 8884, 2996],
                 [14141, 8971, 1043, 1965, 7884, 2996]], [1, 2, 3]),
    (72_327_456, 0, [[5272679, 19797001, 10732688, 9612936, 1379840, 16886281, 8646031],
                     [16354546, 11690342, 9451800, 14245973, 817593, 12461162, 7306040],
                     [9849171, 17970690, 14276861, 4606692, 16404594, 6760147, 2459301],
                     [2645563, 12907474, 1278331, 22843261, 8025412, 8964952, 15662463],
                     [16293252, 12277630, 38348, 14929905, 11087753, 10634266, 7066302]], [3, 4, 5, 1, 2]),
    (10, 0, [[2, 2, 2, 2, 2], [1, 2, 2, 2, 2], [0, 0, 4, 0, 0], [0, 0, 0, 0, 2], [0, 0, 0, 1, 1]], [1, 1, 3, 4, 5]),
    (10, 2, [[2, 2, 2, 2, 2], [2, 2, 1, 2, 2], [0, 0, 4, 0, 0], [0, 0, 0, 0, 2], [0, 0, 0, 1, 1]], [4, 4, 3, 1, 2]),
    (10, "median", [[2, 2, 2, 2, 2], [2, 2, 1, 2, 2], [0, 0, 4, 0, 0], [0, 0, 0, 0, 2], [0, 0, 0, 1, 1]],
     [4, 4, 3, 1, 2]),
    (10, None, [[2, 2, 2, 2, 2], [1, 1, 1, 1, 1], [0, 0, 5, 0, 0], [0, 2, 0, 2, 0], [1, 0, 0, 1, 1]], [3, 3, 2, 5, 1]),
    (10_805_010_410, None, [[2161002082] * 5, [1080501041] * 5, [0, 0, 1000092263, 0, 0],
                            [0, 1050092837, 0, 1050092837, 0], [980091907, 0, 0, 980091907, 980091907]],
     [3, 3, 2, 5, 1]),
    (21, 0, [[1, 1, 4, 3, 7, 4, 1], [0, 2, 4, 3, 7, 4, 1], [1, 1, 4, 3, 7, 4, 1], [1, 0, 4, 3, 7, 4, 1]], [2, 1, 2, 4]),
]  # fmt: skip


@pytest.mark.parametrize(("people", "fill", "tallies", "expected"), MIEUXVOTER)
def test_the_published_cases_of_mieuxvoter(
    people: int, fill: int | str | None, tallies: list[list[int]], expected: list[int]
) -> None:
    judged = []
    for tally in tallies:
        place = (len(tally) - 1 - (majority_place(best_first(tally)) or 0)) if fill == "median" else fill
        missing = [people - sum(tally) if n == place else 0 for n in range(len(tally))]
        judged.append(best_first([n + more for n, more in zip(tally, missing, strict=True)]))
    assert majority_ranks(judged) == expected


# The tests of the same library, in code: its README, then billions of people.
@pytest.mark.parametrize(
    ("tallies", "expected"),
    [
        ([[4, 5, 2, 1, 3, 1, 2], [3, 6, 2, 1, 3, 1, 2]], [2, 1]),
        ([[11312415004, 21153652410, 24101523299, 18758623562], [11312415004, 21153652400, 24101523299, 18758623572]],
         [2, 1]),
        ([[2, 3, 0, 3], [2, 0, 4, 2], [2, 1, 3, 2]], [3, 1, 2]),
        ([[2, 2, 2], [1, 1, 1], [0, 1, 0], [0, 0, 1]], [3, 3, 2, 1]),
    ],
)  # fmt: skip
def test_the_examples_of_mieuxvoter(tallies: list[list[int]], expected: list[int]) -> None:
    assert majority_ranks([best_first(tally) for tally in tallies]) == expected


# Orsay, 22 April 2007, three polling stations, 1,733 valid ballots, six mentions (no « Excellent »). Source: Balinski
# and Laraki, *Election by Majority Judgement: Experimental Evidence*, École polytechnique, cahier 2007-28: the three
# candidates ahead, their order and majority-gauges, and their per mille by mention, which are rounded.
ORSAY = {
    "Bayrou": (136, 307, 251, 148, 84, 74),
    "Royal": (167, 227, 191, 168, 122, 126),
    "Sarkozy": (191, 198, 143, 115, 71, 282),
}
GAUGES = {"Bayrou": (44.3, "+", 30.6), "Royal": (39.4, "-", 41.5), "Sarkozy": (38.9, "-", 46.9)}


def test_orsay_2007() -> None:
    assert majority_ranks(list(ORSAY.values())) == [1, 2, 3]
    for name, (above, sign, below) in GAUGES.items():
        tally = ORSAY[name]
        place = majority_place(tally)
        assert place == 2  # Assez bien
        found = (sum(tally[:2]) / 10, sum(tally[3:]) / 10)
        assert found == (pytest.approx(above, abs=0.11), pytest.approx(below, abs=0.11))  # the percents are rounded
        assert ("+" if found[0] > found[1] else "-") == sign
