"""Work that leaves after its cause is durable: rows in the same transaction, taken one by one."""

import threading
from collections.abc import Callable, Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, Session, SQLModel, col, select, update

from app.core.db import Database, UtcDateTime, after_commit, insert_once, is_sqlite, now

log = structlog.get_logger("emglev.jobs")

MAX_ATTEMPTS = 6
LEASE = timedelta(minutes=5)  # a job taken by a process that died is taken again after this
LOOK_AHEAD = timedelta(minutes=1)  # how often a worker looks whether the next regular jobs are promised
Payload = dict[str, Any]
Handler = Callable[[Database, Payload], None]
_handlers: dict[str, Handler] = {}
_wake = threading.Event()
_paused: dict[str, datetime] = {}  # kinds that this process leaves alone until then
_in_hand: ContextVar[int | None] = ContextVar("job", default=None)


class LaterError(Exception):
    """It cannot be done now, and it is no fault of the job: try again after ``delay``, however often."""

    def __init__(self, why: str, delay: timedelta) -> None:
        self.delay = delay
        super().__init__(why)


class GiveUpError(Exception):
    """Trying again would change nothing: the job is dead, with its reason."""


class JobStatus(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class Job(SQLModel, table=True):
    """One piece of deferred work."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "status", "run_at"), Index("ix_job_once", "once", unique=True))

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=60)
    payload: Payload = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    status: str = Field(default=JobStatus.WAITING, max_length=10)
    run_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    last_error: str | None = Field(default=None, max_length=500)
    once: str | None = Field(default=None, max_length=80)


@dataclass(frozen=True)
class Regular:
    """A kind of job promised for each of its moments: ``following`` gives the next one after a moment."""

    kind: str
    following: Callable[[datetime], datetime]


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


def promise(database: Database, regular: Sequence[Regular]) -> None:
    """Promise the next job of each kind, once whatever the number of processes that do so."""
    at = {each.kind: each.following(now()) for each in regular}
    keys = {kind: f"{kind} {moment:%Y-%m-%dT%H:%MZ}" for kind, moment in at.items()}
    with database.reading() as db:
        known = set(db.exec(select(Job.once).where(col(Job.once).in_(keys.values()))))
    missing = [kind for kind, key in keys.items() if key not in known]
    if not missing:
        return
    with database.writing() as db:
        for kind in missing:
            insert_once(
                db, Job, kind=kind, payload={}, status=JobStatus.WAITING.value, run_at=at[kind], attempts=0,
                once=keys[kind],
            )  # fmt: skip


def finish(db: Session) -> bool:
    """Mark the job in hand as done in the transaction of what it does: a process that dies cannot do it twice.

    False if it was done already: there is nothing to do. True outside any job.
    """
    job_id = _in_hand.get()
    if job_id is None:
        return True
    waiting = (col(Job.id) == job_id) & (col(Job.status) == JobStatus.WAITING.value)
    done = update(Job).where(waiting).values(status=JobStatus.DONE.value).returning(col(Job.id))
    return db.execute(done).first() is not None


def pause(kinds: Collection[str], until: datetime) -> None:
    """Take no job of these kinds in this process until then: the others do not wait behind them."""
    _paused.update(dict.fromkeys(kinds, until))


def resume() -> None:
    """Take jobs of every kind again."""
    _paused.clear()


def _due() -> list[Any]:
    """What may be taken now."""
    moment = now()
    resting = [kind for kind, until in _paused.items() if until > moment]
    return [Job.status == JobStatus.WAITING, col(Job.run_at) <= moment, col(Job.kind).not_in(resting)]


def _take(database: Database) -> Job | None:
    """Lease the oldest due job so that no other process runs it meanwhile."""
    with database.writing() as db:
        due = select(Job).where(*_due()).order_by(col(Job.run_at), col(Job.id)).limit(1)
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
        if db.exec(select(Job.id).where(*_due()).limit(1)).first() is None:
            return False
    job = _take(database)
    if job is None:
        return False
    failure = _do(database, job)
    with database.writing() as db:
        _settle(job, failure)
        db.merge(job)
    return True


def _do(database: Database, job: Job) -> Exception | None:
    """Run its handler; what went wrong, if anything did."""
    token = _in_hand.set(job.id)
    try:
        _handlers[job.kind](database, job.payload)
    except Exception as failure:  # any failure of any handler must be kept and retried
        log.warning("job failed", kind=job.kind, job=job.id, attempts=job.attempts, error=type(failure).__name__)
        return failure
    finally:
        _in_hand.reset(token)
    return None


def _settle(job: Job, failure: Exception | None) -> None:
    said = isinstance(failure, LaterError | GiveUpError)
    job.last_error = f"{'' if said else type(failure).__name__ + ': '}{failure}"[:500] if failure else None
    if failure is None:
        job.status = JobStatus.DONE
    elif isinstance(failure, LaterError):
        job.run_at = now() + failure.delay
    elif isinstance(failure, GiveUpError) or job.attempts >= MAX_ATTEMPTS:
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

    def __init__(self, database: Database, *, every: float = 1.0, regular: Sequence[Regular] = ()) -> None:
        super().__init__(name="emglev-worker", daemon=True)
        self.database = database
        self.every = every
        self.regular = regular
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until asked to stop; a database away is waited for."""
        looked = now() - LOOK_AHEAD
        while not self.stopping.is_set():
            try:
                if now() - looked >= LOOK_AHEAD:
                    promise(self.database, self.regular)
                    looked = now()
                while not self.stopping.is_set() and run_one(self.database):
                    pass  # until nothing is due
            except Exception as failure:  # the worker outlives a database restart
                log.error("worker", error=type(failure).__name__)
            _wake.wait(self.every)
            _wake.clear()

    def stop(self) -> None:
        """Ask the thread to end after the present job."""
        self.stopping.set()
        _wake.set()
