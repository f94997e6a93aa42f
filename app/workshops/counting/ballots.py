"""One ballot, what forbids it, and the rules of each kind of vote."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

PHONE, PAPER = "phone", "paper"
MENTIONS = (7, 6, 5, 4, 3, 2, 1)  # Excellent … À rejeter
DEGREES = (6, 5, 4, 3, 2, 1)  # Plein accord … Opposition
ANSWERS = (3, 2, 1)  # oui, abstention, non
GOOD, RESERVED, YES = 5, 5, 3  # from here on, an option is supported: Bien, Accord avec réserve mineure, oui


@dataclass(frozen=True)
class Cast:
    """One ballot. ``marks``, by option: a number of dots, 1 for an answer given, or a grade. Without any: blank."""

    college: str
    marks: Mapping[int, int]
    late: bool = False
    channel: str = PHONE


def check_dots(marks: Mapping[int, int], options: Collection[int], *, total: int, cap: int) -> str | None:
    """What forbids this ballot of ``total`` dots, at most ``cap`` on one option; None if nothing. Fewer is allowed."""
    if wrong := _check(marks, options):
        return wrong
    if any(mark > cap for mark in marks.values()):
        return "over_cap"
    return "over_total" if sum(marks.values()) > total else None


def check_single(marks: Mapping[int, int], options: Collection[int]) -> str | None:
    """What forbids this ballot of one answer at most; None if nothing."""
    return _check(marks, options) or ("several" if sum(marks.values()) > 1 else None)


def check_approval(marks: Mapping[int, int], options: Collection[int]) -> str | None:
    """What forbids this ballot of as many options as wished, once each; None if nothing."""
    return check_dots(marks, options, total=len(options), cap=1)


def check_grades(marks: Mapping[int, int], options: Collection[int], grades: Collection[int]) -> str | None:
    """What forbids this ballot of one grade an option; None if nothing. An option without a grade is left blank."""
    if any(option not in options for option in marks):
        return "unknown_option"
    return "unknown_grade" if any(mark not in grades for mark in marks.values()) else None


def _check(marks: Mapping[int, int], options: Collection[int]) -> str | None:
    if any(option not in options for option in marks):
        return "unknown_option"
    return "negative" if any(mark < 0 for mark in marks.values()) else None
