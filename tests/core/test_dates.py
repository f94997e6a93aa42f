"""Dates as people write them."""

from datetime import UTC, date, datetime

import pytest

from app.core.i18n import fdate
from app.core.settings import Settings


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("long", "1er décembre 2026"), ("short", "1er déc. 2026"), ("day_month", "1er décembre"),
        ("day", "mardi 1er décembre 2026"), ("meeting", "mardi 1er décembre 2026, 18 h 30"), ("clock", "18 h 30"),
    ],
)  # fmt: skip
def test_the_first_of_the_month_and_the_day_of_the_week(style: str, words: str) -> None:
    assert fdate(datetime(2026, 12, 1, 17, 30, tzinfo=UTC), style).replace("\u00a0", " ") == words


def test_a_one_that_is_not_the_first_stays() -> None:
    assert fdate(date(2026, 1, 31), "day") == "samedi 31 janvier 2026"
    assert fdate(date(2026, 11, 21)) == "21 novembre 2026"


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://localhost:8000", True), ("http://127.0.0.1:8000", True), ("http://[::1]:8000", True),
        ("http://192.168.1.20:8000", False), ("https://emglev.example", False),
    ],
)  # fmt: skip
def test_the_address_of_this_computer_alone_is_known_as_such(address: str, local: bool) -> None:
    assert Settings(public_url=address).is_local is local
