"""Votes by grades, rooms added together, and a million ballots."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workshops.counting import (
    ANSWERS,
    DEGREES,
    GOOD,
    MENTIONS,
    NORMALISED,
    PAPER,
    PHONE,
    Cast,
    Graded,
    Result,
    agreement,
    check_grades,
    dots,
    graded,
    hands,
    judgment,
    pool,
    shown_apart,
    supporters_of,
    widest_gap,
    yes_no,
)

OPTIONS = (11, 12, 13)
COLLEGES = ("habitants", "jeunes", "associations")
SEATS = dict.fromkeys(COLLEGES, 20)


def rooms(options: tuple[int, ...], grades: tuple[int, ...]) -> st.SearchStrategy[list[Cast]]:
    marks = st.dictionaries(st.sampled_from(options), st.sampled_from(grades))
    cast = st.builds(
        Cast,
        college=st.sampled_from(COLLEGES),
        marks=marks,
        late=st.booleans(),
        channel=st.sampled_from([PHONE, PAPER]),
    )
    return st.lists(cast, max_size=15)


MENTIONED, AGREED, RAISED = rooms(OPTIONS, MENTIONS), rooms((11,), DEGREES), rooms((11,), ANSWERS)


# What holds for any room


@given(MENTIONED)
def test_a_recount_by_hand_finds_the_same(room: list[Cast]) -> None:
    piles = Counter((o, cast.college, mark) for cast in room for o, mark in cast.marks.items())
    result = graded(OPTIONS, iter(room), MENTIONS, SEATS, threshold=GOOD)
    assert result.grades == MENTIONS
    assert [line.option for line in result.lines] == list(OPTIONS)
    for line in result.lines:
        assert line.tally_by == {c: tuple(piles[line.option, c, g] for g in MENTIONS) for c in COLLEGES}
        assert line.blanks_by == {
            c: sum(cast.college == c and line.option not in cast.marks for cast in room) for c in COLLEGES
        }
        assert line.supporters_by == {c: sum(piles[line.option, c, g] for g in (7, 6, 5)) for c in COLLEGES}


@given(MENTIONED)
def test_totals_are_the_sum_of_the_colleges_and_of_the_channels(room: list[Cast]) -> None:
    result = graded(OPTIONS, room, MENTIONS, SEATS)
    assert result.ballots == sum(result.ballots_by.values()) == len(room) == result.phones + result.papers
    assert result.papers == len([cast for cast in room if cast.channel == PAPER])
    assert (result.late, result.blanks) == (sum(c.late for c in room), sum(not c.marks for c in room))
    for line in result.lines:
        assert sum(line.tally) + line.blanks == result.ballots
        assert line.tally == tuple(map(sum, zip(*line.tally_by.values(), strict=True)))
        for college, n in result.ballots_by.items():
            assert sum(line.tally_by[college]) + line.blanks_by[college] == n
        assert line.supporters == sum(line.supporters_by.values())


@given(MENTIONED.filter(bool), st.data())
def test_a_replaced_ballot_counts_once(room: list[Cast], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(room) - 1))
    again = replace(room[place], marks={11: 4})
    before, after = (
        graded(OPTIONS, each, MENTIONS, SEATS) for each in (room, [*room[:place], again, *room[place + 1 :]])
    )
    assert after.ballots == before.ballots
    was = room[place].marks.get(11)
    moved = [n - m for n, m in zip(after.lines[0].tally, before.lines[0].tally, strict=True)]
    assert moved == [(g == 4) - (g == was) for g in MENTIONS]


@pytest.mark.parametrize("marks", [{99: 3}, {11: 0}, {11: 8}, {11: -1}])
def test_a_ballot_that_should_have_been_refused_is_not_counted(marks: dict[int, int]) -> None:
    assert check_grades(marks, OPTIONS, MENTIONS) == ("unknown_option" if 99 in marks else "unknown_grade")
    with pytest.raises(ValueError, match="ballot"):
        graded(OPTIONS, [Cast("jeunes", marks)], MENTIONS, SEATS)


@pytest.mark.parametrize("marks", [{}, {11: 7}, {11: 1, 12: 4, 13: 7}])
def test_an_option_may_be_left_blank(marks: dict[int, int]) -> None:
    assert check_grades(marks, OPTIONS, MENTIONS) is None


# Support, and where collèges part


@given(MENTIONED)
def test_a_person_supports_a_priority_once(room: list[Cast]) -> None:
    found = supporters_of({11, 12}, room, GOOD)
    for college, (supporters, ballots) in found.items():
        mine = [cast for cast in room if cast.college == college]
        assert (supporters, ballots) == (
            len([c for c in mine if any(c.marks.get(o, 0) >= 5 for o in (11, 12))]), len(mine),
        )  # fmt: skip


def test_the_gap_of_a_judgment_is_between_shares_of_supporters() -> None:
    room = [Cast("jeunes", {11: 5}), *[Cast("jeunes", {11: 4})] * 4, *[Cast("habitants", {11: 6})] * 3]
    room += [Cast("habitants", {})] * 2
    gap = widest_gap(judgment(OPTIONS, room, {}))
    assert gap and (gap.option, gap.low, gap.low_percent, gap.high, gap.high_percent) == (
        11,
        "jeunes",
        20,
        "habitants",
        60,
    )


# Échelle d'accord, oui ou non


def opposed(**colleges: tuple[int, int]) -> list[Cast]:
    """For each collège, so many oppositions out of so many ballots."""
    return [Cast(c, {11: 1 if n < no else 6}) for c, (no, ballots) in colleges.items() for n in range(ballots)]


@pytest.mark.parametrize(
    ("room", "limit", "met", "over"),
    [
        (opposed(jeunes=(1, 10), habitants=(0, 30)), None, None, []),
        (opposed(jeunes=(1, 10), habitants=(0, 30)), 10, True, []),
        (opposed(jeunes=(2, 19), habitants=(0, 30)), 10, False, [("jeunes", 11)]),
        (opposed(jeunes=(6, 60), habitants=(10, 99)), 10, False, [(None, 10), ("habitants", 10)]),  # 10.06 and 10.1
        (opposed(jeunes=(2, 4), habitants=(0, 30)), 10, True, []),  # four ballots are not judged apart
        (opposed(jeunes=(4, 4), habitants=(0, 30)), 10, False, [(None, 12)]),  # they are in the total
        ([], 10, None, []),
    ],
)
def test_a_rule_on_oppositions_is_judged_on_exact_shares(
    room: list[Cast], limit: int | None, met: bool | None, over: list[tuple[str | None, int]]
) -> None:
    result = agreement([11], room, {}, limit=limit)
    assert (result.met, [(part.college, part.percent) for part in result.over]) == (met, over)
    assert {*result.aside, *result.apart} == {cast.college for cast in room}


@given(AGREED)
def test_an_agreement_is_its_distribution(room: list[Cast]) -> None:
    result = agreement([11], room, SEATS)
    degrees = Counter(cast.marks.get(11) for cast in room)
    assert result.lines[0].tally == tuple(degrees[g] for g in DEGREES)
    assert result.lines[0].supporters == degrees[6] + degrees[5]


def test_a_limit_is_a_percent_and_a_text_is_one() -> None:
    with pytest.raises(ValueError, match="percent"):
        agreement([11], [], {}, limit=101)
    for count in (agreement, yes_no):
        with pytest.raises(ValueError, match="one"):
            count((11, 12), [], {})


def test_a_show_of_hands_has_two_shares() -> None:
    room = [Cast("jeunes", {11: mark}) for mark, n in ((3, 9), (1, 4), (2, 2)) for _n in range(n)]
    result = yes_no([11], [*room, Cast("jeunes", {})], {"jeunes": 20})
    assert result.shares == {3: (56, 45), 2: (13, 10), 1: (25, 20)}
    assert yes_no([11], [], {}).shares == {3: (None, None), 2: (None, None), 1: (None, None)}


# Several rooms as one

COUNTS: list[tuple[Callable[..., Result | Graded], st.SearchStrategy[list[Cast]], tuple[int, ...]]] = [
    (dots, rooms(OPTIONS, (1, 2, 3)), OPTIONS),
    (hands, rooms(OPTIONS, (1,)), OPTIONS),
    (judgment, MENTIONED, OPTIONS),
    (lambda o, c, p: judgment(o, c, p, blank=NORMALISED), MENTIONED, OPTIONS),
    (lambda o, c, p: agreement(o, c, p, limit=10), AGREED, (11,)),
    (yes_no, RAISED, (11,)),
    (lambda o, c, p: graded(o, c, DEGREES, p), AGREED, (11,)),
]


@given(st.data())
@pytest.mark.parametrize(("count", "room", "options"), COUNTS)
def test_rooms_pooled_are_their_ballots_counted_together(count, room, options, data: st.DataObject) -> None:  # type: ignore[no-untyped-def]
    one, other = data.draw(room), data.draw(room)
    there = {option + 100: option for option in options}  # the twin step of another room has options of its own
    moved = [replace(cast, marks={o + 100: n for o, n in cast.marks.items()}) for cast in other]
    here = (count(options, one, SEATS), dict(zip(options, options, strict=True)))
    pooled = pool(options, [here, (count(list(there), moved, SEATS), there)])
    assert pooled == count(options, one + other, {c: 2 * n for c, n in SEATS.items()})


def test_rooms_by_other_rules_are_not_pooled() -> None:
    names = {o: o for o in OPTIONS}
    one, other = judgment(OPTIONS, [], SEATS), judgment(OPTIONS, [], SEATS, blank=NORMALISED)
    for parts in (
        [],
        [(one, names), (other, names)],
        [(dots(OPTIONS, [], {}), names), (hands(OPTIONS, [], {}), names)],
    ):
        with pytest.raises(ValueError, match="room"):
            pool(OPTIONS, parts)
    with pytest.raises(ValueError, match="every option"):
        pool(OPTIONS, [(one, names), (judgment((11, 12), [], {}), {11: 11, 12: 12})])


# What may be published by collège


@pytest.mark.parametrize(
    ("ballots", "shown"),
    [
        ({"a": 5, "b": 30}, ["a", "b"]),
        ({"a": 0, "b": 30}, ["b"]),
        ({"a": 3, "b": 2, "c": 9, "d": 8}, ["c", "d"]),
        ({"a": 3, "b": 30, "c": 9}, ["b"]),  # else 3 would be the total less the two others
        ({"a": 4, "b": 30}, []),
        ({"a": 1}, []),
        ({}, []),
    ],
)
def test_a_small_college_cannot_be_found_by_subtraction(ballots: dict[str, int], shown: list[str]) -> None:
    assert shown_apart(ballots) == shown


# Size

FULL = {11: 6, 12: 3, 13: 1}


@pytest.mark.parametrize(
    ("count", "options", "marks"),
    [
        (dots, OPTIONS, {11: 3, 12: 1}),
        (hands, OPTIONS, {11: 1}),
        (judgment, OPTIONS, FULL),
        (agreement, (11,), {11: 5}),
        (yes_no, (11,), {11: 3}),
    ],
)
def test_a_million_ballots_are_counted_in_a_second(count, options, marks) -> None:  # type: ignore[no-untyped-def]
    room = [Cast(COLLEGES[n % 3], marks) for n in range(1000)] * 1000
    start = process_time()
    result = count(options, room, SEATS)
    assert process_time() - start < 1
    assert result.ballots == 1_000_000
