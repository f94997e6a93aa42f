"""A moving window: as many as allowed in any such time, each key for itself, and nothing kept for ever."""

import pytest
from limits import parse

from app.core import limits
from app.core.errors import TooManyError
from app.core.limits import Limiter

RULE = parse("3/minute")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The hour, in seconds, which the test moves."""
    hour = [1000.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: hour[0])
    return hour


def test_the_one_too_many_is_refused_and_told_when_to_come_back(clock: list[float]) -> None:
    limiter = Limiter()
    for moment in (1000.0, 1010.0, 1020.0):
        clock[0] = moment
        limiter.hit(RULE, "ballot", "a")
    clock[0] = 1030.0
    with pytest.raises(TooManyError) as refused:
        limiter.hit(RULE, "ballot", "a")
    assert refused.value.retry_after == 30
    limiter.hit(RULE, "ballot", "b")
    clock[0] = 1060.1
    limiter.hit(RULE, "ballot", "a")
    with pytest.raises(TooManyError):
        limiter.hit(RULE, "ballot", "a")


def test_what_is_refused_does_not_count(clock: list[float]) -> None:
    limiter = Limiter()
    for _n in range(3):
        limiter.hit(RULE, "x")
    for _n in range(10):
        clock[0] += 5
        with pytest.raises(TooManyError):
            limiter.hit(RULE, "x")
    clock[0] = 1060.1
    limiter.hit(RULE, "x")


def test_two_rules_of_one_name_count_apart(clock: list[float]) -> None:
    limiter = Limiter()
    for _n in range(3):
        limiter.hit(RULE, "x")
    limiter.hit(parse("10/minute"), "x")


def test_windows_that_are_over_are_forgotten(clock: list[float]) -> None:
    limiter = Limiter()
    for number in range(limits.KEPT):
        limiter.hit(RULE, str(number))
    clock[0] += 61
    limiter.hit(RULE, "one more")
    assert len(limiter._windows) == 1


def test_a_reset_forgets_everything(clock: list[float]) -> None:
    limiter = Limiter()
    for _n in range(3):
        limiter.hit(RULE, "x")
    limiter.reset()
    limiter.hit(RULE, "x")
