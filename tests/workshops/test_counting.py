"""Ballots are counted exactly, whatever a room says."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.workshops.counting import (
    Cast,
    Result,
    check_approval,
    check_dots,
    check_single,
    dots,
    hands,
    percent,
    supporters_of,
    widest_gap,
)

OPTIONS = (11, 12, 13, 14, 15)
COLLEGES = ("habitants", "jeunes", "associations")
TOTAL, CAP = 7, 3  # the rule of Toulouse, 2019

SEATS = dict.fromkeys(COLLEGES, 20)


def marked(cap: int) -> st.SearchStrategy[dict[int, int]]:
    return st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, cap))


def casts(marks: st.SearchStrategy[dict[int, int]]) -> st.SearchStrategy[list[Cast]]:
    return st.lists(st.builds(Cast, college=st.sampled_from(COLLEGES), marks=marks, late=st.booleans()), max_size=15)


DOTS = marked(CAP).filter(lambda marks: sum(marks.values()) <= TOTAL)
ROOMS = casts(DOTS)
SHOWS = casts(marked(1))


def figures(result: Result) -> dict[int, tuple[int, int]]:
    return {line.option: (line.points, line.supporters) for line in result.lines}


def ranks(result: Result) -> dict[int, int]:
    return {line.option: line.rank for line in result.lines}


# What holds for any room


@given(ROOMS, st.data())
def test_the_order_of_the_ballots_does_not_matter(room: list[Cast], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(room))
    assert dots(OPTIONS, shuffled, SEATS) == dots(OPTIONS, room, SEATS)
    assert supporters_of(OPTIONS, shuffled) == supporters_of(OPTIONS, room)


@given(ROOMS)
def test_a_recount_by_hand_finds_the_same(room: list[Cast]) -> None:
    """Another way to count: one pile a dot, then sorted."""
    piles = Counter((o, cast.college) for cast in room for o, n in cast.marks.items() for _dot in range(n))
    people = Counter(o for cast in room for o, n in cast.marks.items() if n)
    result = dots(OPTIONS, iter(room), SEATS)
    for line in result.lines:
        assert line.points_by == {c: piles[line.option, c] for c in COLLEGES}
        assert line.supporters == people[line.option]
    points = {o: sum(piles[o, c] for c in COLLEGES) for o in OPTIONS}
    assert [line.option for line in result.lines] == sorted(
        OPTIONS, key=lambda o: (-points[o], -people[o], OPTIONS.index(o))
    )
    by_points = sorted(points.values(), reverse=True)
    assert ranks(result) == {o: by_points.index(points[o]) + 1 for o in OPTIONS}
    assert {line.option for line in result.lines if line.tied} == {o for o in OPTIONS if by_points.count(points[o]) > 1}


@given(ROOMS)
def test_totals_are_the_sum_of_the_colleges_and_within_their_bounds(room: list[Cast]) -> None:
    result = dots(OPTIONS, room, SEATS)
    assert result.ballots == sum(result.ballots_by.values()) == len(room)
    assert result.present == sum(result.present_by.values()) == 60
    assert result.blanks == sum(1 for cast in room if sum(cast.marks.values()) == 0)
    assert result.late == len([cast for cast in room if cast.late])
    for line in result.lines:
        assert line.points == sum(line.points_by.values()) <= CAP * result.ballots
        assert line.supporters == sum(line.supporters_by.values()) <= min(line.points, result.ballots)
        assert all(line.supporters_by[c] <= result.ballots_by[c] for c in COLLEGES)
    assert sum(line.points for line in result.lines) <= TOTAL * (result.ballots - result.blanks)


@given(ROOMS.filter(bool), DOTS, st.data())
def test_replacing_a_ballot_only_moves_its_own_marks(
    room: list[Cast], marks: dict[int, int], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(room) - 1))
    old = room[place]
    after = figures(dots(OPTIONS, [*room[:place], replace(old, marks=marks), *room[place + 1 :]], SEATS))
    for option, (points, supporters) in figures(dots(OPTIONS, room, SEATS)).items():
        was, now = old.marks.get(option, 0), marks.get(option, 0)
        assert after[option] == (points + now - was, supporters + (now > 0) - (was > 0))


@given(ROOMS.filter(bool), st.sampled_from(OPTIONS), st.data())
def test_one_more_dot_never_lowers_an_option(room: list[Cast], option: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(room) - 1))
    marks = dict(room[place].marks)
    marks[option] = marks.get(option, 0) + 1
    before = dots(OPTIONS, room, SEATS)
    after = dots(OPTIONS, [*room[:place], replace(room[place], marks=marks), *room[place + 1 :]], SEATS)
    assert ranks(after)[option] <= ranks(before)[option]
    shown = [[line.option for line in result.lines].index(option) for result in (after, before)]
    assert shown[0] <= shown[1]


@given(ROOMS, st.permutations(OPTIONS))
def test_renaming_the_options_renames_the_result(room: list[Cast], names: list[int]) -> None:
    new = dict(zip(OPTIONS, names, strict=True))
    renamed = [replace(cast, marks={new[o]: n for o, n in cast.marks.items()}) for cast in room]
    before = dots(OPTIONS, room, SEATS)
    same_order = dots([new[o] for o in OPTIONS], renamed, SEATS)
    assert [replace(line, option=new[line.option]) for line in before.lines] == list(same_order.lines)
    other_order = dots(OPTIONS, renamed, SEATS)
    assert {line.option: line for line in other_order.lines} == {line.option: line for line in same_order.lines}


@given(ROOMS, ROOMS, st.sets(st.sampled_from(OPTIONS)))
def test_two_rooms_pooled_add_people_and_ballots(one: list[Cast], other: list[Cast], carried: set[int]) -> None:
    first, second, both = (dots(OPTIONS, room, SEATS) for room in (one, other, one + other))
    assert both.ballots_by == {c: first.ballots_by[c] + second.ballots_by[c] for c in COLLEGES}
    added = {o: tuple(map(sum, zip(figures(first)[o], figures(second)[o], strict=True))) for o in OPTIONS}
    assert figures(both) == added
    parts = [supporters_of(carried, room) for room in (one, other)]
    for college, pooled in supporters_of(carried, one + other).items():
        assert pooled == tuple(sum(part.get(college, (0, 0))[i] for part in parts) for i in (0, 1))


@given(ROOMS, st.sets(st.sampled_from(OPTIONS)))
def test_a_person_supports_a_priority_once(room: list[Cast], carried: set[int]) -> None:
    found = supporters_of(carried, room)
    assert set(found) == {cast.college for cast in room}
    for college, (supporters, ballots) in found.items():
        mine = [cast for cast in room if cast.college == college]
        assert ballots == len(mine)
        assert supporters == len([cast for cast in mine if {o for o, n in cast.marks.items() if n} & carried])


@given(SHOWS)
def test_a_show_of_hands_counts_people_and_keeps_the_order(room: list[Cast]) -> None:
    result = hands(OPTIONS, iter(room), SEATS)
    assert [line.option for line in result.lines] == list(OPTIONS)
    for line in result.lines:
        assert line.points == line.supporters == sum(cast.marks.get(line.option, 0) for cast in room)
        assert line.rank == 1 + len([other for other in result.lines if other.points > line.points])
    as_dots = dots(OPTIONS, room, SEATS)
    assert replace(as_dots, lines=(), by_points=False) == replace(result, lines=())
    assert {line.option: line for line in as_dots.lines} == {line.option: line for line in result.lines}


@pytest.mark.parametrize("count", [dots, hands])
@pytest.mark.parametrize("marks", [{99: 1}, {11: -1}, {11: 1, 99: 0}])
def test_a_ballot_that_should_have_been_refused_is_not_counted(count, marks: dict[int, int]) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="ballot"):
        count(OPTIONS, [Cast("jeunes", marks)], SEATS)


def test_a_hand_is_raised_once() -> None:
    with pytest.raises(ValueError, match="hand"):
        hands(OPTIONS, [Cast("jeunes", {11: 2})], SEATS)


def test_colleges_keep_the_order_they_were_given_in_and_nobody_is_lost() -> None:
    room = [Cast("jeunes", {11: 1}), Cast("z", {}), Cast("a", {}), Cast("habitants", {})]
    result = dots(OPTIONS, room, SEATS)
    assert list(result.ballots_by) == list(result.lines[0].points_by) == [*COLLEGES, "a", "z"]
    assert list(result.present_by) == list(COLLEGES)


# Shares


@given(st.integers(0, 500), st.integers(1, 500))
def test_percents_are_rounded_half_up(n: int, out_of: int) -> None:
    found, exact = percent(n, out_of), Fraction(100 * n, out_of)
    assert found is not None
    assert found - Fraction(1, 2) <= exact < found + Fraction(1, 2)


def test_nobody_has_no_share() -> None:
    assert percent(0, 0) is None
    assert (percent(1, 8), percent(1, 200), percent(1, 201)) == (13, 1, 0)


# What a ballot may hold

ANY_MARKS = st.dictionaries(st.sampled_from((*OPTIONS, 99)), st.integers(-1, 4), max_size=4)


@given(ANY_MARKS, st.integers(1, 9), st.integers(1, 4))
def test_dots_are_accepted_exactly_as_defined(marks: dict[int, int], total: int, cap: int) -> None:
    allowed = set(marks) <= set(OPTIONS) and all(0 <= n <= cap for n in marks.values()) and sum(marks.values()) <= total
    assert (check_dots(marks, OPTIONS, total=total, cap=cap) is None) == allowed


@given(ANY_MARKS)
def test_answers_are_accepted_exactly_as_defined(marks: dict[int, int]) -> None:
    held = sorted(n for n in marks.values() if n)
    known = set(marks) <= set(OPTIONS)
    assert (check_single(marks, OPTIONS) is None) == (known and held in ([], [1]))
    assert (check_approval(marks, OPTIONS) is None) == (known and set(held) <= {1})


@pytest.mark.parametrize(
    ("marks", "of_dots", "of_single", "of_approval"),
    [
        ({}, None, None, None),
        ({11: 0, 12: 1}, None, None, None),
        ({11: 1, 12: 1}, None, "several", None),
        ({11: 2}, None, "several", "over_cap"),
        ({11: 3, 12: 3, 13: 1}, None, "several", "over_cap"),
        ({11: 3, 12: 3, 13: 2}, "over_total", "several", "over_cap"),
        ({11: 4}, "over_cap", "several", "over_cap"),
        ({11: -1, 12: 1}, "negative", "negative", "negative"),
        ({99: -1}, "unknown_option", "unknown_option", "unknown_option"),
    ],
)
def test_what_is_wrong_with_a_ballot_is_named(
    marks: dict[int, int], of_dots: str | None, of_single: str | None, of_approval: str | None
) -> None:
    assert check_dots(marks, OPTIONS, total=TOTAL, cap=CAP) == of_dots
    assert check_single(marks, OPTIONS) == of_single
    assert check_approval(marks, OPTIONS) == of_approval


# The gap to talk about


def room_of(**supporters: tuple[int, int]) -> list[Cast]:
    """For each collège, so many who give a dot to option 11, out of so many ballots."""
    return [Cast(c, {11: 1} if n < yes else {}) for c, (yes, ballots) in supporters.items() for n in range(ballots)]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ((1, 5), (3, 5), (20, 60)),  # 40 points exactly
        ((2, 10), (3, 5), (20, 60)),
        ((20, 100), (59, 100), None),
        ((1, 4), (5, 5), None),  # four ballots are too few
        ((5, 13), (11, 14), (38, 79)),  # shown 41 apart: 40.1 in truth
        ((7, 18), (11, 14), None),  # shown 40 apart (39 and 79): 39.7 in truth
    ],
)
def test_a_gap_is_40_points_between_colleges_of_5_ballots(
    low: tuple[int, int], high: tuple[int, int], expected: tuple[int, int] | None
) -> None:
    gap = widest_gap(dots(OPTIONS, room_of(jeunes=high, entreprises=low), {}))
    assert (gap and (gap.low_percent, gap.high_percent)) == expected
    if gap:
        assert (gap.option, gap.low, gap.high) == (11, "entreprises", "jeunes")


@given(st.lists(st.builds(Cast, college=st.sampled_from(COLLEGES), marks=DOTS), min_size=20, max_size=50))
def test_no_option_parts_two_colleges_more_than_the_gap(room: list[Cast]) -> None:
    result = dots(OPTIONS, room, SEATS)
    heard = result.apart
    assume(len(heard) >= 2)
    widths = {}
    for line in result.lines:
        rates = [Fraction(100 * line.supporters_by[c], result.ballots_by[c]) for c in heard]
        widths[line.option] = max(rates) - min(rates)
    gap = widest_gap(result)
    assert (gap is not None) == (max(widths.values()) >= 40)
    if gap:
        assert widths[gap.option] == max(widths.values())


def test_an_empty_room_has_a_result_and_no_gap() -> None:
    result = dots(OPTIONS, [], SEATS)
    assert (result.ballots, result.blanks, result.present) == (0, 0, 60)
    assert all(line.rank == 1 and line.tied and not line.points for line in result.lines)
    assert widest_gap(result) is None
    assert widest_gap(hands([], room_of(jeunes=(0, 5), habitants=(0, 5)), {})) is None
