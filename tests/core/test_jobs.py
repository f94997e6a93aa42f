"""Deferred work: promised with its cause, done once, retried, kept when it cannot be done."""

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlmodel import col, select

from app.core import jobs, mail
from app.core.db import Database, now
from app.core.jobs import Job, JobStatus, Payload
from app.core.mail import Mail
from app.core.settings import get_settings
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


class FakeServer:
    """An SMTP server that notes what it is given, or is down."""

    sent: ClassVar[list[str]] = []
    down = False

    def __init__(self, host: str, port: int, timeout: int) -> None:
        if self.down:
            raise ConnectionRefusedError

    def __enter__(self) -> "FakeServer":
        return self

    def __exit__(self, *_rest: object) -> None:
        return None

    def has_extn(self, _name: str) -> bool:
        return False

    def send_message(self, message: object) -> None:
        self.sent.append(str(message))


def test_a_mail_server_down_is_waited_for_and_the_secret_leaves_with_the_mail(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "smtp_url", "smtp://localhost:2525")
    monkeypatch.setattr(smtplib, "SMTP", FakeServer)
    monkeypatch.setattr(FakeServer, "down", True)
    monkeypatch.setattr(FakeServer, "sent", [])
    with site.writing() as db:
        written = mail.post(db, "lena@exemple.fr", "Un sujet\nsur deux lignes", "Le secret est ABC.")
    jobs.run_due(site.database)
    assert _last(site).status == JobStatus.WAITING and not FakeServer.sent
    monkeypatch.setattr(FakeServer, "down", False)
    with site.writing() as db:
        job = db.exec(select(Job).order_by(col(Job.id).desc()).limit(1)).one()
        job.run_at = now() - timedelta(seconds=1)
        db.add(job)
    jobs.run_due(site.database)
    assert len(FakeServer.sent) == 1 and "Subject: Un sujet sur deux lignes" in FakeServer.sent[0]
    with site.reading() as db:
        kept = db.get_one(Mail, written.id)
        assert kept.sent_at and "ABC" not in kept.body
