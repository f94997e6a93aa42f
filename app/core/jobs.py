"""Work that leaves after its cause is durable: rows in the same transaction, taken one by one."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, Session, SQLModel, col, select

from app.core.db import Database, UtcDateTime, after_commit, is_sqlite, now

log = structlog.get_logger("emglev.jobs")

MAX_ATTEMPTS = 6
LEASE = timedelta(minutes=5)  # a job taken by a process that died is taken again after this
Payload = dict[str, Any]
Handler = Callable[[Database, Payload], None]
_handlers: dict[str, Handler] = {}
_wake = threading.Event()


class JobStatus(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class Job(SQLModel, table=True):
    """One piece of deferred work."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "status", "run_at"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=60)
    payload: Payload = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    status: str = Field(default=JobStatus.WAITING, max_length=10)
    run_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    last_error: str | None = Field(default=None, max_length=500)


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does this kind of job."""

    def keep(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return keep


def enqueue(db: Session, kind: str, payload: Payload, *, delay: timedelta = timedelta()) -> Job:
    """Promise a job in the transaction of its cause: a rollback takes it back."""
    if kind not in _handlers:
        raise KeyError(kind)
    job = Job(kind=kind, payload=payload, run_at=now() + delay)
    db.add(job)
    after_commit(db, _wake.set)
    return job


def _take(database: Database) -> Job | None:
    """Lease the oldest due job so that no other process runs it meanwhile."""
    with database.writing() as db:
        due = (
            select(Job)
            .where(Job.status == JobStatus.WAITING, col(Job.run_at) <= now())
            .order_by(col(Job.run_at), col(Job.id))
            .limit(1)
        )
        if not is_sqlite(db):
            due = due.with_for_update(skip_locked=True)
        job = db.exec(due).first()
        if job is not None:
            job.attempts += 1
            job.run_at = now() + LEASE
            db.add(job)
        return job


def run_one(database: Database) -> bool:
    """Do the oldest due job, if any; a failure is retried later, then kept as dead."""
    with database.reading() as db:  # an idle worker never takes the writing lock
        waiting = select(Job.id).where(Job.status == JobStatus.WAITING, col(Job.run_at) <= now()).limit(1)
        if db.exec(waiting).first() is None:
            return False
    job = _take(database)
    if job is None:
        return False
    error: str | None = None
    try:
        _handlers[job.kind](database, job.payload)
    except Exception as failure:  # any failure of any handler must be kept and retried
        error = f"{type(failure).__name__}: {failure}"[:500]
        log.warning("job failed", kind=job.kind, job=job.id, attempts=job.attempts, error=type(failure).__name__)
    with database.writing() as db:
        _settle(job, error)
        db.merge(job)
    return True


def _settle(job: Job, error: str | None) -> None:
    job.last_error = error
    if error is None:
        job.status = JobStatus.DONE
    elif job.attempts >= MAX_ATTEMPTS:
        job.status = JobStatus.DEAD
    else:
        job.run_at = now() + timedelta(seconds=15 * 4**job.attempts)


def run_due(database: Database) -> int:
    """Do every due job; how many were done."""
    done = 0
    while run_one(database):
        done += 1
    return done


class Worker(threading.Thread):
    """Does jobs as they come: inside the server by default, or alone as ``emglev worker``."""

    def __init__(self, database: Database, *, every: float = 1.0) -> None:
        super().__init__(name="emglev-worker", daemon=True)
        self.database = database
        self.every = every
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until asked to stop; a database away is waited for."""
        while not self.stopping.is_set():
            try:
                run_due(self.database)
            except Exception as failure:  # the worker outlives a database restart
                log.error("worker", error=type(failure).__name__)
            _wake.wait(self.every)
            _wake.clear()

    def stop(self) -> None:
        """Ask the thread to end after the present job."""
        self.stopping.set()
        _wake.set()
