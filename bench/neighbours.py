"""Near-duplicates among 100,000 needs, asked as people type them: a title, a title and its text, badly typed."""

import random
from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlmodel import Session, col, select

from app.core.db import Database, now
from app.core.search import SearchEntry, words
from app.core.security import digest, readable
from app.identity.states import College
from app.needs.models import Need
from app.needs.queries import KIND
from app.needs.queries.neighbours import COMPARED, Neighbour, neighbours
from app.needs.states import FollowUp
from app.places.models import Territory
from app.places.queries import reference
from app.threads.models import Thread
from app.threads.states import Moderation, Origin
from bench import data
from bench.clock import Cost, once, settled, spread
from bench.report import Report, clock

NEEDS = 100_000
ASKED = 600
SHOWN = 3
ROUNDS = 3
OTHER_WORDS = 0.35  # share of the words of a sentence replaced by others: no two needs share whole sentences


Asked = tuple[list[Cost], list[Cost], int]


class Varied(data.Words):
    """Sentences of the demonstration, a third of their words replaced by others of its words: real frequencies."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.every = [word for sentence in (*self.titles, *self.sentences) for word in sentence.split()]

    def vary(self, text: str) -> str:
        """The same length and rhythm, other words here and there."""
        chance = self.chance.random
        return " ".join(self.chance.choice(self.every) if chance() < OTHER_WORDS else w for w in text.split())


def fill(database: Database) -> int:
    """100,000 published needs over every territory, in words of the demonstration; the id of the first."""
    chance = random.Random(100_000)  # the same needs at every run, not a secret
    with database.writing() as db:
        ground, first = data._ground(db), data._next(db, Need)
        threads = range(data._next(db, Thread), data._next(db, Thread) + NEEDS)
        rows = ({"id": t, "forum_id": ground.forum_id, "supports": 0, "comments": 0} for t in threads)
        data._insert(db, Thread, rows)
        data._insert(db, Need, _needs(ground, reference(db).territories, first, threads, chance))
        data._insert(db, SearchEntry, _entries(db, first))
    return first


def _needs(
    ground: data.Ground, territories: tuple[Territory, ...], first: int, threads: range, chance: random.Random
) -> Iterator[dict[str, Any]]:
    spoken, moment = Varied(chance), now()
    for number, thread in enumerate(threads):
        yield {
            "id": first + number, "reference": f"ZZ-{readable(number.to_bytes(4, 'big'), 5)}", "thread_id": thread,
            "tracking_digest": digest(f"bench {number}"), "accord_id": ground.accord_id, "commune_insee": None,
            "territory_id": chance.choice(territories).territory_id, "theme_id": ground.themes[0], "supports": 0,
            "college": College.RESIDENTS.value, "signature": "Une voix", "created_at": moment, "published_at": moment,
            "title": spoken.vary(chance.choice(spoken.titles))[:120], "text": spoken.vary(spoken.text())[:3000],
            "origin": Origin.ONLINE.value, "status": Moderation.PUBLISHED.value, "stage": FollowUp.RECEIVED.value,
        }  # fmt: skip


def _entries(db: Session, first: int) -> Iterator[dict[str, Any]]:
    for need_id, title, text in db.execute(select(Need.id, Need.title, Need.text).where(col(Need.id) >= first)):
        yield {"kind": KIND, "subject_id": need_id, "body": " ".join(words(title) + words(text))}


def typed(db: Session, first: int) -> list[tuple[str, int, int]]:
    """What people type, needs already there badly typed again; with the territory and the id of each."""
    chance = random.Random(600)
    ids = chance.sample(range(first, first + NEEDS), ASKED)
    rows = db.execute(select(Need.id, Need.title, Need.text, Need.territory_id).where(col(Need.id).in_(ids))).all()
    return [(_badly(row.title, row.text, n, chance), row.territory_id, row.id) for n, row in enumerate(sorted(rows))]


def _badly(title: str, text: str, number: int, chance: random.Random) -> str:
    """A title alone one time in two, its text with it otherwise."""
    kept = [word for word in title.split() if chance.random() > 0.1]
    for n, word in enumerate(kept):
        if len(word) > 6 and chance.random() < 0.2:
            at = chance.randrange(1, len(word) - 2)
            kept[n] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(kept) + ("\n" + text if number % 2 else "")


def entry(report: Report, database: Database, engine: str, first: int) -> None:
    """What a person who types waits for, against reading as many needs as are compared."""
    section = report.section(
        f"Near-duplicates, {engine}",
        f"Three neighbours among {NEEDS:,} needs over every territory, for {ASKED} texts typed again from needs that "
        "are there: one word in ten lost, two letters swapped in one long word in five, half of them a title alone. "
        f"The floor reads {COMPARED} needs and their words by their ids, which any ranking must do. {ROUNDS} "
        f"rounds of all of them. {clock(database)}.",
        engine,
    )
    with database.reading() as db:
        asked = typed(db, first)
        _ask(db, asked[:5])  # statements compiled, frequencies read
        rounds = [_ask(db, asked) for _round in range(ROUNDS)]
    here = database.is_sqlite
    costs, floor = ([settled(list(costs)).work(here=here) for costs in zip(*of, strict=True)] for of in _both(rounds))
    middle, slow = spread(costs)
    section.add("three neighbours, p50", middle, floor=spread(floor)[0])
    section.add("three neighbours, p95", slow, floor=spread(floor)[0], most=30 if here else 60)
    section.add(f"the very need typed again is among the three, of {len(asked)}", rounds[0][2], "needs")


def _both(rounds: list[Asked]) -> tuple[list[list[Cost]], list[list[Cost]]]:
    return [costs for costs, _floor, _found in rounds], [floor for _costs, floor, _found in rounds]


def _ask(db: Session, asked: list[tuple[str, int, int]]) -> Asked:
    """The cost of each question and of the floor beside it; how many needs were found again."""
    costs, floor, found = [], [], 0
    every = [need_id for _text, _territory, need_id in asked]
    for number, (text, territory_id, need_id) in enumerate(asked):
        near: list[Neighbour] = []
        floor.append(once(partial(_read, db, (every[number:] + every)[:COMPARED])))
        costs.append(once(partial(_find, db, text, territory_id, near)))
        found += any(neighbour.id == need_id for neighbour in near)
    return costs, floor, found


def _find(db: Session, text: str, territory_id: int, near: list[Neighbour]) -> None:
    near.extend(neighbours(db, text, territory_id=territory_id, limit=SHOWN))


def _read(db: Session, ids: list[int]) -> object:
    statement = select(Need.id, Need.title, Need.supports, SearchEntry.body).where(
        Need.id == SearchEntry.subject_id, SearchEntry.kind == KIND, col(Need.id).in_(ids)
    )
    return db.execute(statement).all()
