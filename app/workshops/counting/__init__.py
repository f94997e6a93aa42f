"""Counting what a room says, exactly: integers and fractions, never a float.

Pure functions, without database or web, so that anyone can recount. Rules and worked examples: the public page
*Méthode* (templates/texts/methode-ateliers.fr.md). A workshop's vote measures positions, it decides nothing. Hence no
winner here: points, people, shares, mentions, in total and by collège.
"""

from app.workshops.counting.agreeing import Agreement, Opposition, agreement
from app.workshops.counting.ballots import (
    ANSWERS,
    DEGREES,
    GOOD,
    MENTIONS,
    PAPER,
    PHONE,
    RESERVED,
    YES,
    Cast,
    check_approval,
    check_dots,
    check_grades,
    check_single,
)
from app.workshops.counting.grades import Graded, GradedLine, Tally, YesNo, graded, yes_no
from app.workshops.counting.judging import (
    NORMALISED,
    WORST,
    JudgedLine,
    Judgment,
    judge,
    judgment,
    majority_place,
    majority_ranks,
)
from app.workshops.counting.pabulib import write_pabulib
from app.workshops.counting.points import Line, Result, dots, hands
from app.workshops.counting.pooling import pool
from app.workshops.counting.printed import printed
from app.workshops.counting.recount import (
    Method,
    UnreadableFileError,
    from_json,
    published,
    read_ballots,
    recounted,
    to_json,
    write_ballots,
)
from app.workshops.counting.support import supporters_of, widest_gap
from app.workshops.counting.turnout import OTHERS, Turnout, percent, shown_apart, together, withheld

__all__ = [
    "ANSWERS", "DEGREES", "GOOD", "MENTIONS", "NORMALISED", "OTHERS", "PAPER", "PHONE", "RESERVED", "WORST", "YES",
    "Agreement", "Cast", "Graded", "GradedLine", "JudgedLine", "Judgment", "Line", "Method", "Opposition", "Result",
    "Tally", "Turnout", "UnreadableFileError", "YesNo", "agreement", "check_approval", "check_dots", "check_grades",
    "check_single", "dots", "from_json", "graded", "hands", "judge", "judgment", "majority_place", "majority_ranks",
    "percent", "pool", "printed", "published", "read_ballots", "recounted", "shown_apart", "supporters_of", "to_json",
    "together", "widest_gap", "withheld", "write_ballots", "write_pabulib", "yes_no",
]  # fmt: skip
