"""The gate, the lock, the session: nobody waits for ever, nothing is half-written."""

import threading
from itertools import count

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from app.core.db import Database, FairLock, insert_once, now
from app.core.errors import UnavailableError
from app.identity.models import Person
from tests.databases import Engine
from tests.site import Site


def test_a_reading_session_cannot_write(site: Site) -> None:
    with pytest.raises(DBAPIError), site.reading() as db:
        db.execute(text("UPDATE person SET pseudonym = 'X'"))


def test_what_fails_is_not_half_written(site: Site) -> None:
    with pytest.raises(RuntimeError), site.writing() as db:
        db.execute(text("UPDATE person SET pseudonym = 'Half'"))
        raise RuntimeError
    with site.reading() as db:
        assert db.exec(select(Person).where(Person.pseudonym == "Half")).first() is None


def test_the_lock_serves_in_order_of_arrival() -> None:
    lock, served, arrived = FairLock(), [], count()
    lock.acquire()
    threads = []
    for number in range(6):
        thread = threading.Thread(target=lambda n=number: (lock.acquire(), served.append(n), lock.release()))
        thread.start()
        threads.append(thread)
        while len(lock._waiting) <= number:  # until this one stands in the queue
            next(arrived)
    lock.release()
    for thread in threads:
        thread.join(60)
    assert served == [0, 1, 2, 3, 4, 5]


def test_a_lock_not_served_in_time_says_to_come_back() -> None:
    lock = FairLock()
    lock.acquire()
    with pytest.raises(UnavailableError) as refused:
        lock.acquire(timeout=0.01)
    assert refused.value.retry_after
    lock.release()
    lock.acquire(timeout=0.01)


def test_inserting_twice_makes_one_row(site: Site) -> None:
    values = {"email": "deux@exemple.fr", "pseudonym": "Deux", "created_at": now()}
    with site.writing() as db:
        assert insert_once(db, Person, **values)
        assert not insert_once(db, Person, **values)


@pytest.mark.sqlite
def test_sqlite_writes_are_durable_and_wait(engine: Engine) -> None:
    with engine.copy() as url:
        database = Database(url)
        with database.writing() as db:
            assert db.execute(text("PRAGMA synchronous")).scalar() == 2
            assert db.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert db.execute(text("PRAGMA foreign_keys")).scalar() == 1
        database.dispose()
