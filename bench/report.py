"""What a run found: cases with their floors and targets, printed as they come, kept in bench/results.json and .md."""

import json
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

from app.core.db import Database
from app.core.i18n import today

RESULTS = Path(__file__).parent / "results.md"
PACKAGES = ("fastapi", "starlette", "uvicorn", "uvloop", "sqlalchemy", "sqlmodel", "psycopg", "jinja2")
HEAD = """# Measures

Made by `make bench`; the next run replaces this file and `results.json`, which holds the same cases. A floor is
measured beside what it bounds, in interleaved rounds of one run, on one machine that may have been busy: ratios travel
from machine to machine, milliseconds do not. A value is the median of its rounds, the spread is the least and the
greatest of them. « CPU time » is the processor time of the Python process: the work of a PostgreSQL server is not in
it, so what it does is read on the wall, in the quickest round. A target that is missed says « manqué ».
"""


@dataclass(frozen=True)
class Case:
    """One figure; ``ratio`` is value ÷ floor, ``met`` is None without a target."""

    name: str
    value: float
    unit: str
    floor: float | None
    ratio: float | None
    target: str
    met: bool | None
    rounds: int
    spread: tuple[float, float]
    engine: str

    def row(self) -> str:
        """A line of the table."""
        said = {True: "yes", False: "**manqué**", None: ""}[self.met]
        low, high = self.spread
        spread = f"{_short(low)} to {_short(high)}" if self.rounds > 1 else ""
        cells = (
            self.name, f"{_short(self.value)} {self.unit}", "" if self.floor is None else _short(self.floor),
            "" if self.ratio is None else f"× {_short(self.ratio)}", self.target, said, str(self.rounds), spread,
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"


@dataclass
class Section:
    """One question, how it was asked, and its figures."""

    title: str
    how: str
    engine: str
    cases: list[Case] = field(default_factory=list)

    def add(
        self, name: str, values: float | Sequence[float], unit: str = "ms", *, floor: float | None = None,
        most: float | None = None, least: float | None = None, ratio: bool = False,
    ) -> None:  # fmt: skip
        """One more figure, of one or several rounds; ``most`` or ``least`` bounds it, or its ``ratio`` to the floor."""
        rounds = [float(v) for v in values] if isinstance(values, Sequence) else [float(values)]
        value = median(rounds)
        times = value / floor if floor else None
        bounded = times if ratio and times is not None else value
        met = None if most is None and least is None else (
            bounded <= (most if most is not None else bounded) and bounded >= (least if least is not None else bounded)
        )  # fmt: skip
        sign, bound = ("≤", most) if most is not None else ("≥", least)
        target = "" if bound is None else f"{'ratio ' if ratio else ''}{sign} {bound:g}{'' if ratio else ' ' + unit}"
        case = Case(
            name, _kept(value), unit, None if floor is None else _kept(floor), None if times is None else _kept(times),
            target.strip(), met, len(rounds), (_kept(min(rounds)), _kept(max(rounds))), self.engine,
        )  # fmt: skip
        self.cases.append(case)
        print(f"  {case.row().strip('| ')}", flush=True)

    def markdown(self) -> str:
        """The section as its reader sees it."""
        head = "| Measure | Value | Floor | Ratio | Target | Met | Rounds | Spread |\n" + "| --- " * 8 + "|"
        return "\n".join([f"## {self.title}\n", f"{self.how}\n", head, *(case.row() for case in self.cases), ""])


class Report:
    """The sections of one run."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.engines = [f"SQLite {sqlite3.sqlite_version}"]

    def section(self, title: str, how: str, engine: str = "") -> Section:
        """Begin a section."""
        print(title, flush=True)
        self.sections.append(Section(title, how, engine))
        return self.sections[-1]

    def write(self, seconds: float) -> None:
        """Replace the results."""
        software = [f"Python {platform.python_version()}", *self.engines]
        software += [f"{name} {version(name)}" for name in PACKAGES]
        cases = [case for section in self.sections for case in section.cases]
        missed = [case for case in cases if case.met is False]
        told = (
            f"{len(cases)} cases in {seconds:.0f} s, {len(missed)} missed of {sum(c.met is not None for c in cases)}."
        )
        head = f"{HEAD}\n{today().isoformat()}. {', '.join(software)}. {told}\n"
        RESULTS.write_text("\n".join([head, *(s.markdown() for s in self.sections)]), encoding="utf-8")
        written = json.dumps({"cases": [asdict(case) for case in cases]}, ensure_ascii=False, indent=1)
        RESULTS.with_suffix(".json").write_text(written + "\n", encoding="utf-8")


def clock(database: Database) -> str:
    """Which time a section reads: SQLite works in this process, PostgreSQL in others."""
    return "CPU time" if database.is_sqlite else "Time on the wall, quickest round"


def _kept(value: float) -> float:
    """Four meaningful digits: more would be noise."""
    return float(f"{value:.4g}")


def _short(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 100 else f"{value:.3g}"
