"""gettext over French source strings, and the French way of writing dates and numbers."""

import re
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import lru_cache
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal

LOCALE = "fr"
KEPT = 4096  # dates and numbers already written: a page says the same ones again and again
PARIS = ZoneInfo("Europe/Paris")
_SOURCE = NullTranslations()
_translations: ContextVar[NullTranslations | None] = ContextVar("translations", default=None)

_DATE_PATTERNS = {
    "long": "d MMMM y", "short": "d MMM y", "day_month": "d MMMM", "month": "MMMM y", "day": "EEEE d MMMM y",
}  # fmt: skip
_FIRST = re.compile(r"(^| )1 (?=\D)")  # of a month: « 1er décembre »
_UNSUPPORTED = str.maketrans({"\u202f": "\u00a0", "\u2011": "-"})  # absent from both fonts


def gettext(message: str) -> str:
    """The message in the reader's language (French is the source language)."""
    return (_translations.get() or _SOURCE).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The singular below two, as French counts: « 0 besoin », « 1,5 besoin », « 2 besoins »."""
    chosen = singular if abs(n) < 2 else plural
    return (_translations.get() or _SOURCE).gettext(chosen)


def local(moment: datetime) -> datetime:
    """The moment as a clock in the Finistère shows it."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(PARIS)


def fdate(value: date | datetime, style: str = "long") -> str:
    """A date as people write it; ``style``: long, short, day_month, month, datetime, or clock for the hour alone.

    Where one is invited, the day of the week is said: ``day``, or ``meeting`` with the hour.
    """
    if style in ("datetime", "meeting", "clock"):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=PARIS)
        clock = format_datetime(local(moment), "H 'h' mm", locale=LOCALE).translate(_UNSUPPORTED).replace(" ", "\u00a0")
        return clock if style == "clock" else f"{fdate(moment, 'day' if style == 'meeting' else 'long')}, {clock}"
    return _day(local(value).date() if isinstance(value, datetime) else value, style)


@lru_cache(KEPT)
def _day(day: date, style: str) -> str:
    text = format_date(day, _DATE_PATTERNS[style], locale=LOCALE).translate(_UNSUPPORTED)
    return _FIRST.sub(r"\g<1>1er ", text, count=1)


@lru_cache(KEPT)
def fnum(value: float | int) -> str:
    """A number with French separators, in characters that both fonts have."""
    return format_decimal(value, locale=LOCALE).translate(_UNSUPPORTED)


def ago(moment: datetime) -> str:
    """How long since, in one unit: « il y a 2 jours »."""
    elapsed = local(moment) - datetime.now(PARIS)
    return format_timedelta(elapsed, add_direction=True, locale=LOCALE).translate(_UNSUPPORTED)


def today() -> date:
    """The date on the walls of the Finistère."""
    return datetime.now(PARIS).date()
