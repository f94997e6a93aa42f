"""Searching among 20,000 needs, as people type: one word, two, a plural, a lost accent, the beginning of a word."""

from functools import partial

from app.core.db import Database
from app.needs import queries
from app.needs.forms import NeedFilter
from app.policy.actor import ANONYMOUS
from bench.clock import Cost, once, settled, spread
from bench.report import Report, clock

TYPED = (
    "bus", "école", "ecole", "écoles", "médecin", "medecins", "velo", "vélo route", "logement jeunes", "creche",
    "transport scolaire", "plage", "personnes âgées", "internet", "cantine bio", "trottoir", "eau", "arrêt de car",
    "centre bourg", "associat", "permanence santé", "handicap", "marché producteurs", "xylophone",
)  # fmt: skip
ROUNDS = 3


def search(report: Report, database: Database, engine: str) -> None:
    """The first page of what is found, with its count, against the first page of the whole list."""
    section = report.section(
        f"Search, {engine}",
        f"{len(TYPED)} searches as people type them, {ROUNDS} times each, interleaved with the first page of the whole "
        f"list. Each gives a page of rows and the count. {clock(database)}.",
        engine,
    )
    whole: list[Cost] = []
    found: dict[str, list[Cost]] = {typed: [] for typed in TYPED}
    matched: dict[str, float] = {}
    with database.reading() as db:
        for number in range(-1, ROUNDS):  # the first round compiles statements: left out
            for typed in TYPED:
                find = NeedFilter(q=typed)
                plain = once(partial(queries.visible, db, ANONYMOUS, NeedFilter(), None))
                cost = once(partial(queries.visible, db, ANONYMOUS, find, None))
                if number < 0:
                    matched[typed] = float(queries.count(db, find))
                    continue
                whole.append(plain)
                found[typed].append(cost)
    here = database.is_sqlite
    middle, slow = spread([settled(costs).work(here=here) for costs in found.values()])
    section.add("needs found, median", spread([*matched.values()])[0], "needs")
    section.add("needs found, greatest", max(matched.values()), "needs")
    section.add("search, p50, floor: first page of the whole list", middle, floor=settled(whole).work(here=here))
    section.add("search, p95", slow, most=40)
