"""Generated needs: 20,000 on one territory, 50,000 supports, in words drawn from the demonstration."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session, SQLModel, col, func, insert, select

from app.accords.models import Accord, Priority
from app.accords.states import Stage
from app.core.db import Database, now
from app.core.search import SearchEntry, words
from app.core.security import digest, readable
from app.identity.models import Person
from app.identity.states import College
from app.needs.models import Need
from app.needs.queries import KIND
from app.needs.states import FollowUp, Outcome
from app.places.models import Commune
from app.places.queries import reference
from app.seed.accords import read
from app.seed.people import HOME
from app.threads.models import Support, Thread, Voice
from app.threads.states import Moderation, Origin

NEEDS = 20_000
SUPPORTS = 50_000
PEOPLE = 3_000
BATCH = 5_000
SHARES = {
    College.RESIDENTS: 60, College.ASSOCIATIONS: 15, College.BUSINESSES: 9, College.YOUTH: 13, College.INSTITUTIONS: 3,
}  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """Where the generated needs are said."""

    territory_id: int
    accord_id: int
    forum_id: int
    communes: Sequence[Commune]
    priorities: Sequence[Priority]
    themes: Sequence[int]


class Words:
    """Titles and texts made of the demonstration's own sentences, so that words have real frequencies."""

    def __init__(self, chance: random.Random) -> None:
        rows = read("needs_1.json") + read("needs_2.json")
        self.chance = chance
        self.titles = [row["title"] for row in rows]
        self.sentences = [s.strip() for row in rows for s in row["text"].split(". ") if s.strip()]

    def title(self, place: str) -> str:
        """A title of the demonstration, elsewhere."""
        return f"{self.chance.choice(self.titles)[:80]}, {place}"[:120]

    def text(self) -> str:
        """Two to five sentences."""
        return ". ".join(self.chance.choices(self.sentences, k=self.chance.randint(2, 5)))[:3000]


def fill(database: Database) -> int:
    """Add the generated needs to a migrated and seeded database; the territory that holds them."""
    chance = random.Random(20_000)  # the same needs at every run, not a secret
    with database.writing() as db:
        ground = _ground(db)
        voices = _voices(db, ground, chance)
        threads = _threads(db, ground)
        _insert(db, Need, _needs(db, ground, voices, threads, chance))
        _insert(db, SearchEntry, _entries(db))
        _insert(db, Support, _supports(db, voices, threads, chance))
    return ground.territory_id


def _ground(db: Session) -> Ground:
    places = reference(db)
    territory = next(t for t in places.territories if t.siren == HOME)
    accord = db.exec(select(Accord).where(Accord.territory_id == territory.territory_id)).one()
    chosen = select(Priority).where(Priority.accord_id == accord.id, Priority.status != Stage.WITHDRAWN)
    priorities = db.exec(chosen).all()
    return Ground(
        territory.territory_id, accord.id or 0, accord.forum_id, places.communes_of(territory.territory_id), priorities,
        sorted({p.theme_id for p in priorities}),
    )  # fmt: skip


def _next(db: Session, table: Any) -> int:
    return (db.exec(select(func.max(table.id))).one() or 0) + 1


def _insert(db: Session, table: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            db.execute(insert(table), batch)
            batch = []
    if batch:
        db.execute(insert(table), batch)


def _voices(db: Session, ground: Ground, chance: random.Random) -> list[tuple[int, int, str]]:
    """People with a voice in this accord: voice, person, collège."""
    person, voice, moment = _next(db, Person), _next(db, Voice), now()
    colleges = chance.choices([c.value for c in SHARES], weights=list(SHARES.values()), k=PEOPLE)
    made = [(voice + n, person + n, college) for n, college in enumerate(colleges)]
    people = (
        {"id": p, "email": f"p{p}@bench.example", "pseudonym": f"Voix {p}", "college": c, "created_at": moment}
        for _v, p, c in made
    )
    _insert(db, Person, people)
    _insert(db, Voice, ({"id": v, "forum_id": ground.forum_id, "person_id": p, "college": c} for v, p, c in made))
    return made


def _threads(db: Session, ground: Ground) -> range:
    first = _next(db, Thread)
    threads = range(first, first + NEEDS)
    _insert(db, Thread, ({"id": t, "forum_id": ground.forum_id, "supports": 0, "comments": 0} for t in threads))
    return threads


def _needs(
    db: Session, ground: Ground, voices: list[tuple[int, int, str]], threads: range, chance: random.Random
) -> Iterator[dict[str, Any]]:
    """Needs said over two years; nine in ten attached, four in ten answered, two in three by a voice."""
    first, moment, spoken = _next(db, Need), now(), Words(chance)
    for number, thread in enumerate(threads):
        said = moment - timedelta(minutes=chance.randrange(2 * 365 * 24 * 60))
        commune, priority = chance.choice(ground.communes), chance.choice(ground.priorities)
        voice, person, college = chance.choice(voices)
        known, attached = chance.random() < 2 / 3, chance.random() < 0.9
        answered = chance.random() < 0.4
        stage = FollowUp.ANSWERED if answered else FollowUp.ATTACHED if attached else FollowUp.RECEIVED
        yield {
            "id": first + number, "reference": f"ZZ-{readable(number.to_bytes(4, 'big'), 4)}",
            "tracking_digest": digest(f"bench {number}"), "thread_id": thread, "accord_id": ground.accord_id,
            "territory_id": ground.territory_id, "commune_insee": commune.insee, "college": college,
            "theme_id": priority.theme_id if attached else chance.choice(ground.themes),
            "author_id": person if known else None, "voice_id": voice if known else None,
            "signature": f"Une voix, {commune.name}", "title": spoken.title(commune.name), "text": spoken.text(),
            "origin": Origin.ONLINE.value, "status": Moderation.PUBLISHED.value, "stage": stage.value, "supports": 0,
            "priority_id": priority.id if attached else None,
            "outcome": chance.choice(list(Outcome)).value if answered else None,
            "created_at": said, "published_at": said, "answer_due_on": (said + timedelta(days=60)).date(),
        }  # fmt: skip


def _entries(db: Session) -> Iterator[dict[str, Any]]:
    rows = db.execute(select(Need.id, Need.title, Need.text).where(col(Need.reference).startswith("ZZ-"))).all()
    for need_id, title, text in rows:
        yield {"kind": KIND, "subject_id": need_id, "body": " ".join(words(title) + words(text))}


def _supports(
    db: Session, voices: list[tuple[int, int, str]], threads: range, chance: random.Random
) -> Iterator[dict[str, Any]]:
    """A few needs are supported by many, most by few; each pair once."""
    first, moment = _next(db, Support), now()
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < SUPPORTS:
        thread = threads[int(len(threads) * chance.random() ** 3)]
        pairs.add((thread, chance.choice(voices)[0]))
    for number, (thread, voice) in enumerate(sorted(pairs)):
        yield {"id": first + number, "thread_id": thread, "voice_id": voice, "created_at": moment}
