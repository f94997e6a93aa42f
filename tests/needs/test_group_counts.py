"""Grouping keeps voices: distinct people counted right, whatever is grouped, split, dissolved and made again."""

import random
from collections.abc import Callable

from sqlmodel import Session, col, select

from app.accords.models import Priority
from app.board.queries import counted, recounted
from app.core.errors import DomainError
from app.identity.models import Person
from app.needs.models import Need, NeedGroup
from app.needs.queries import groups as reads
from app.needs.service import attach
from app.needs.service import groups as verbs
from app.needs.service import support as support_need
from app.needs.service import unsupport as unsupport_need
from app.threads import queries as threads
from tests.needs.grouping import accord_of, counted_by_hand, members, new_need, persona, the_group, the_need, voices
from tests.site import Site


def _crowd(db: Session, number: int) -> list[Person]:
    found = select(Person).where(Person.email.startswith("voix-"))  # type: ignore[union-attr]
    return list(db.exec(found.order_by(col(Person.id)).limit(number)))


def _thirty(db: Session) -> list[int]:
    """Thirty needs whose authors and supporters overlap in every way."""
    accord, crowd, chance = accord_of(db), _crowd(db, 40), random.Random(7)
    ids = []
    for number in range(30):
        author = chance.choice([None, *crowd[:12]])
        need = new_need(db, accord, number, author=author)
        for person in chance.sample(crowd, chance.randrange(0, 9)):
            support_need(db, need, person, person.college or "habitants")
        ids.append(need.id or 0)
    return ids


def test_thirty_needs_with_overlapping_supporters_are_counted_right_split_and_restored(site: Site) -> None:
    with site.writing() as db:
        ids, by = _thirty(db), persona(db, "moderator").id or 0
        group = verbs.make(db, accord_of(db), ids, title="Trente besoins de cars", summary="", by=by)
        for person in _crowd(db, 55)[30:]:
            verbs.support(db, group, person, person.college or "habitants")
        key = group.id or 0
    with site.reading() as db:
        whole = counted_by_hand(db, key)
        assert voices(db, key) == whole and sum(whole.values()) > 25
        parts = reads.parts(db, key)
        assert sum(parts.values()) > sum(whole.values()), "the parts overlap, and do not add up"
        kept = {n.id: (n.title, n.text, n.supports) for n in db.exec(select(Need).where(Need.group_id == key))}
    with site.writing() as db:
        verbs.take_out(db, the_group(db, key), ids[:10], by=by)
    assert members(site, key) == set(ids[10:])
    with site.reading() as db:
        assert voices(db, key) == counted_by_hand(db, key)
    with site.writing() as db:
        verbs.dissolve(db, the_group(db, key), by=by)
    assert members(site, key) == set()
    with site.writing() as db:
        back, stayed = verbs.restore(db, the_group(db, key), by=by)
        assert {need.id for need in back} == set(ids[10:]) and not stayed
        verbs.add(db, the_group(db, key), ids[:10], by=by)
    assert members(site, key) == set(ids)
    with site.reading() as db:
        assert voices(db, key) == whole
        assert {n.id: (n.title, n.text, n.supports) for n in db.exec(select(Need).where(Need.group_id == key))} == kept


def _acts(db: Session, chance: random.Random, by: int) -> dict[str, Callable[[], object]]:
    """One random thing of each kind that may happen to needs, groups, voices and priorités."""
    accord = accord_of(db)
    pool = list(db.exec(select(Need).where(col(Need.title).startswith("Un car de plus")).order_by(col(Need.id))))
    found = list(db.exec(select(NeedGroup).where(NeedGroup.accord_id == accord.id).order_by(col(NeedGroup.id))))
    group = the_group(db, chance.choice(found).id or 0)
    ids = [need.id or 0 for need in chance.sample(pool, 3)]
    need, person = the_need(db, chance.choice(pool).id or 0), chance.choice(_crowd(db, 12))
    priorities = list(db.exec(select(Priority).where(Priority.accord_id == accord.id, Priority.status != "withdrawn")))
    priority = chance.choice([None, *priorities])
    voice = threads.voice_of(db, accord.forum_id, person.id)
    title = f"Un groupe au hasard {chance.random()}"
    return {
        "make": lambda: verbs.make(db, accord, ids, title=title, summary="", by=by),
        "add": lambda: verbs.add(db, group, ids, by=by),
        "take_out": lambda: verbs.take_out(db, group, ids, by=by),
        "split": lambda: verbs.make(db, accord, ids, title=title, summary="", by=by, source=group),
        "dissolve": lambda: verbs.dissolve(db, group, by=by),
        "restore": lambda: verbs.restore(db, group, by=by),
        "attach": lambda: verbs.attach(db, group, priority, by=by),
        "attach_need": lambda: attach(db, need, priority, by=by),
        "support": lambda: verbs.support(db, group, person, person.college or "habitants"),
        "unsupport": lambda: verbs.unsupport(db, group, voice) if voice else None,
        "support_need": lambda: support_need(db, need, person, person.college or "habitants"),
        "unsupport_need": lambda: unsupport_need(db, need, voice) if voice else None,
    }


def test_the_counters_of_the_board_follow_a_long_random_life_of_groups(site: Site) -> None:
    chance, done = random.Random(20261122), set()
    with site.writing() as db:
        for number in range(14):
            new_need(db, accord_of(db), number, author=chance.choice([None, *_crowd(db, 12)]))
    for turn in range(110):
        with site.writing() as db:
            acts = _acts(db, chance, persona(db, "moderator").id or 0)
            name = chance.choice(sorted(acts))
            try:
                acts[name]()
                done.add(name)
            except DomainError:
                db.info["rollback"] = True  # refused, as its page would
        with site.reading() as db:
            assert counted(db) == recounted(db), f"after {turn}: {name}"
    assert len(done) == 12
    with site.reading() as db:
        for group in db.exec(select(NeedGroup)):
            assert voices(db, group.id or 0) == counted_by_hand(db, group.id or 0)
            assert group.status != "dissolved" or not members(site, group.id or 0)


def test_a_voice_that_supports_a_group_counts_once_on_its_priority(site: Site) -> None:
    with site.writing() as db:
        accord, by = accord_of(db), persona(db, "technician").id or 0
        ids = [new_need(db, accord, n).id or 0 for n in (1, 2)]
        group = verbs.make(db, accord, ids, title="Deux besoins de cars", summary="", by=by)
        priority = db.exec(
            select(Priority).where(Priority.accord_id == accord.id, Priority.status != "withdrawn")
        ).first()
        assert priority
        before = sum(voices for _needs, voices in counted(db).values())
        person = Person(
            email="nouvelle@exemple.fr", pseudonym="Nouvelle", college="jeunes", created_at=group.created_at
        )
        db.add(person)
        db.flush()
        verbs.support(db, group, person, "jeunes")
        support_need(db, the_need(db, ids[0]), person, "jeunes")
        db.flush()
        assert sum(voices for _needs, voices in counted(db).values()) == before
        verbs.attach(db, group, priority, by=by)
        db.flush()
        assert sum(voices for _needs, voices in counted(db).values()) == before + 1
        verbs.dissolve(db, group, by=by)
        db.flush()
        db.expire_all()
        assert sum(voices for _needs, voices in counted(db).values()) == before
        assert counted(db) == recounted(db)
