"""Deferred work: promised with its cause, done once, retried, kept when it cannot be done."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.core import jobs
from app.core.db import Database, now
from app.core.jobs import Job, JobStatus, Payload
from tests.site import Site


@pytest.fixture
def failing() -> Iterator[list[int]]:
    """A kind of job that fails as many times as the list says."""
    left = [0]

    @jobs.handler("essai")
    def work(_database: Database, payload: Payload) -> None:
        if left[0] > 0:
            left[0] -= 1
            raise OSError("not now")

    yield left
    jobs._handlers.pop("essai")


def _last(site: Site) -> Job:
    with site.reading() as db:
        return db.exec(select(Job).order_by(col(Job.id).desc()).limit(1)).one()


def test_a_rollback_takes_the_promise_back(site: Site, failing: list[int]) -> None:
    with site.reading() as db:
        before = len(db.exec(select(Job)).all())
    with pytest.raises(RuntimeError), site.writing() as db:
        jobs.enqueue(db, "essai", {})
        raise RuntimeError
    with site.reading() as db:
        assert len(db.exec(select(Job)).all()) == before


def test_a_job_is_done_once(site: Site, failing: list[int]) -> None:
    with site.writing() as db:
        jobs.enqueue(db, "essai", {})
    assert jobs.run_one(site.database)
    assert not jobs.run_one(site.database)
    assert _last(site).status == JobStatus.DONE


def test_a_job_not_yet_due_waits(site: Site, failing: list[int]) -> None:
    with site.writing() as db:
        jobs.enqueue(db, "essai", {}, delay=timedelta(minutes=15))
    assert not jobs.run_one(site.database)


def test_a_failure_is_retried_later_then_kept_as_dead(site: Site, failing: list[int]) -> None:
    failing[0] = jobs.MAX_ATTEMPTS
    with site.writing() as db:
        jobs.enqueue(db, "essai", {})
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        assert jobs.run_one(site.database)
        job = _last(site)
        assert job.attempts == attempt and job.last_error == "OSError: not now"
        if attempt < jobs.MAX_ATTEMPTS:
            assert job.status == JobStatus.WAITING and job.run_at > now()
        with site.writing() as db:
            kept = db.get_one(Job, job.id)
            kept.run_at = now() - timedelta(seconds=1)
            db.add(kept)
    assert _last(site).status == JobStatus.DEAD
    assert not jobs.run_one(site.database)


def test_a_job_taken_by_a_dead_process_is_taken_again(site: Site, failing: list[int]) -> None:
    with site.writing() as db:
        jobs.enqueue(db, "essai", {})
    taken = jobs._take(site.database)
    assert taken and jobs._take(site.database) is None
    with site.writing() as db:
        kept = db.get_one(Job, taken.id)
        kept.run_at = now() - timedelta(seconds=1)
        db.add(kept)
    assert jobs.run_one(site.database) and _last(site).status == JobStatus.DONE


def test_an_unknown_kind_is_refused_at_once(site: Site) -> None:
    with pytest.raises(KeyError), site.writing() as db:
        jobs.enqueue(db, "inconnu", {})


def test_what_can_only_be_done_later_never_dies_and_what_is_hopeless_dies_at_once(
    site: Site, failing: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def later(_database: Database, _payload: Payload) -> None:
        raise jobs.LaterError("not yet", timedelta())

    def hopeless(_database: Database, _payload: Payload) -> None:
        raise jobs.GiveUpError("never")

    monkeypatch.setitem(jobs._handlers, "essai", later)
    with site.writing() as db:
        jobs.enqueue(db, "essai", {})
    for _try in range(3 * jobs.MAX_ATTEMPTS):
        assert jobs.run_one(site.database)
    assert _last(site).status == JobStatus.WAITING and _last(site).last_error == "not yet"
    monkeypatch.setitem(jobs._handlers, "essai", hopeless)
    assert jobs.run_one(site.database)
    assert _last(site).status == JobStatus.DEAD and _last(site).last_error == "never"


def test_what_a_job_does_in_the_transaction_of_its_end_is_done_once_though_its_process_dies(
    site: Site, failing: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[bool] = []

    def work(database: Database, _payload: Payload) -> None:
        with database.writing() as db:
            done.append(jobs.finish(db))
        raise KeyboardInterrupt  # killed before the job could be settled

    monkeypatch.setitem(jobs._handlers, "essai", work)
    with site.writing() as db:
        jobs.enqueue(db, "essai", {})
    with pytest.raises(KeyboardInterrupt):
        jobs.run_one(site.database)
    assert done == [True] and _last(site).status == JobStatus.DONE
    assert not jobs.run_one(site.database)


def test_a_kind_that_rests_lets_the_others_pass(site: Site, failing: list[int]) -> None:
    with site.writing() as db:
        jobs.enqueue(db, "essai", {})
    jobs.pause(["essai"], now() + timedelta(minutes=1))
    assert not jobs.run_one(site.database)
    jobs.resume()
    assert jobs.run_one(site.database)


def test_a_regular_job_is_promised_once_by_however_many_processes(site: Site, failing: list[int]) -> None:
    moment = now() + timedelta(days=3)
    regular = [jobs.Regular("essai", lambda _now: moment)]
    other = Database(site.database.url)
    for database in (site.database, other, site.database):
        jobs.promise(database, regular)
    other.dispose()
    with site.reading() as db:
        promised = db.exec(select(Job).where(Job.kind == "essai")).all()
    assert [job.run_at for job in promised] == [moment]
    jobs.promise(site.database, [jobs.Regular("essai", lambda _now: moment + timedelta(days=7))])
    with site.reading() as db:
        assert len(db.exec(select(Job).where(Job.kind == "essai")).all()) == 2


def test_a_worker_alone_knows_every_kind_of_job_that_the_site_promises() -> None:
    kinds = "from app.core.jobs import _handlers; print(sorted(set(_handlers) - {'essai'}))"
    known = [
        subprocess.run([sys.executable, "-c", f"import {module}; {kinds}"], capture_output=True, text=True, check=True)
        for module in ("app.worker", "app.main")
    ]
    assert known[0].stdout == known[1].stdout and "mail.send" in known[0].stdout
