"""Searching among 20,000 needs, as people type: one word, two, a plural, a lost accent, the beginning of a word."""

from functools import partial

from app.core.db import Database
from app.needs import queries
from app.needs.forms import NeedFilter
from app.policy import ANONYMOUS
from bench.clock import once, spread
from bench.report import Report, milliseconds, ratio

TYPED = (
    "bus", "école", "ecole", "écoles", "médecin", "medecins", "velo", "vélo route", "logement jeunes", "creche",
    "transport scolaire", "plage", "personnes âgées", "internet", "cantine bio", "trottoir", "eau", "arrêt de car",
    "centre bourg", "associat", "permanence santé", "handicap", "marché producteurs", "xylophone",
)  # fmt: skip
ROUNDS = 5


def search(report: Report, database: Database, engine: str) -> None:
    """The first page of what is found, with its count, against the first page of the whole list."""
    section = report.section(
        f"Search, {engine}",
        f"{len(TYPED)} searches as people type them, {ROUNDS} times each, interleaved with the first page of the whole "
        "list. Each gives a page of rows and the count. Time on the wall.",
    )
    with database.reading() as db:
        whole, found, matched = [], [], []
        for number in range(-1, ROUNDS):  # the first round compiles statements: left out
            for typed in TYPED:
                find = NeedFilter(q=typed)
                plain = once(partial(queries.visible, db, ANONYMOUS, NeedFilter(), None)).wall
                cost = once(partial(queries.visible, db, ANONYMOUS, find, None)).wall
                if number >= 0:
                    whole.append(plain)
                    found.append(cost)
                if number == 0:
                    matched.append(float(queries.count(db, find)))
    middle, slow = spread(found)
    section.add("needs found, median and greatest", f"{spread(matched)[0]:.0f}, {max(matched):.0f}")
    section.add("search, p50 and p95", f"{milliseconds(middle)}, {milliseconds(slow)}", "p95 ≤ 40 ms")
    section.add("search ÷ first page of the whole list, p50", ratio(middle, spread(whole)[0]))
