"""What a run found: rows of figures, printed as they come and kept in bench/results.md."""

import platform
import sqlite3
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from app.core.db import Database
from app.core.i18n import today

RESULTS = Path(__file__).parent / "results.md"
PACKAGES = ("fastapi", "starlette", "uvicorn", "sqlalchemy", "sqlmodel", "psycopg", "jinja2")
HEAD = """# Measures

Made by `make bench`; the next run replaces this file. Ratios compare two things measured in turn in one run, on one
machine that may have been busy: they travel from machine to machine, milliseconds do not. What is compared runs in
interleaved rounds. « CPU time » is the processor time of the Python process, median of the rounds: the work of a
PostgreSQL server is not in it, so what it does is read on the wall, in the quickest round.
"""


@dataclass
class Section:
    """One question, how it was asked, and its figures."""

    title: str
    how: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, what: str, figure: str, goal: str = "") -> None:
        """One more figure; ``goal`` is what we hold ourselves to, where there is one."""
        self.rows.append((what, figure, goal))
        print(f"  {what} : {figure}" + (f"  (goal {goal})" if goal else ""), flush=True)

    def markdown(self) -> str:
        """The section as its reader sees it."""
        lines = [f"| {' | '.join(row)} |" for row in self.rows]
        table = "\n".join(["| Measure | Figure | Goal |", "| --- | --- | --- |", *lines])
        return f"## {self.title}\n\n{self.how}\n\n{table}\n"


class Report:
    """The sections of one run."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.engines = [f"SQLite {sqlite3.sqlite_version}"]

    def section(self, title: str, how: str) -> Section:
        """Begin a section."""
        print(title, flush=True)
        self.sections.append(Section(title, how))
        return self.sections[-1]

    def write(self) -> None:
        """Replace the results."""
        software = [f"Python {platform.python_version()}", *self.engines]
        software += [f"{name} {version(name)}" for name in PACKAGES]
        head = f"{HEAD}\n{today().isoformat()}. {', '.join(software)}.\n"
        RESULTS.write_text("\n".join([head, *(s.markdown() for s in self.sections)]), encoding="utf-8")


def clock(database: Database) -> str:
    """Which time a section reads: SQLite works in this process, PostgreSQL in others."""
    return "CPU time" if database.is_sqlite else "Time on the wall, quickest round"


def ratio(part: float, whole: float) -> str:
    """How many times ``whole``, with two meaningful digits."""
    value = part / whole
    return f"× {value:.0f}" if value >= 20 else f"× {value:.2g}" if value < 1 else f"× {value:.1f}"


def milliseconds(value: float) -> str:
    """A duration that can be compared with its neighbours of the same run."""
    return f"{value:.2f} ms" if value < 10 else f"{value:.0f} ms"
