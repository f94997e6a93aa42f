"""The purge: each rule does what it says, when it says, once; a trial changes nothing; what is left says nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, select, update

import app.tables  # noqa: F401
from app.core.db import now
from app.core.i18n import today
from app.core.jobs import Job
from app.core.machine import Event
from app.core.mail import Mail
from app.identity.models import (
    Delegate,
    EmailProof,
    Invitation,
    ParentAgreement,
    PendingIdentity,
    RecoveryCode,
    WebSession,
)
from app.moderation.models import Report
from app.needs.models import Need
from app.portal.queries.retention import OLD, found
from app.portal.service import retention
from app.portal.states import RULE, RULES
from app.threads.models import Comment, Follow, News, Thread
from app.workshops.models import Seat, Workshop
from tests.site import Site

DAY = timedelta(days=1)


def _ago(rule: str) -> datetime:
    """A moment an hour short of the delay of a rule."""
    return now() - timedelta(days=RULE[rule].days) + DAY / 24


def _need(db: Session, at: datetime) -> Need:
    need = db.exec(select(Need).where(Need.status == "awaiting_email")).first()
    assert need
    need.created_at = at
    return need


def _comment(db: Session, at: datetime) -> Comment:
    like = db.exec(select(Comment)).first()
    assert like
    return Comment(
        thread_id=like.thread_id, territory_id=like.territory_id, college="habitants", signature="Sans compte",
        kind="remarque", text="Une remarque restée sans confirmation.", status="awaiting_email", created_at=at,
    )  # fmt: skip


def _seat(db: Session, at: datetime) -> Seat:
    room = db.exec(select(Workshop).where(Workshop.status == "published")).first()
    assert room
    db.execute(update(Workshop).values(published_at=now()))
    room.published_at = at
    db.add(room)
    return Seat(workshop_id=room.id or 0, digest="a" * 64, college="habitants", created_at=at)


def _soon(at: datetime) -> dict[str, Any]:
    return {"digest": "b" * 64, "created_at": at, "expires_at": at}


MADE: dict[str, Callable[[Session, datetime], SQLModel]] = {
    "unconfirmed_needs": _need,
    "unconfirmed_comments": _comment,
    "news": lambda _db, at: News(territory_id=1, title="t", text="t", path="/", at=at, besides=[]),
    "follows": lambda _db, at: Follow(
        person_id=1, subject_kind="territoire", subject_id=1, rhythm="jamais", token="t", created_at=at, told_at=at
    ),
    "reporters": lambda _db, at: Report(
        receipt="r", subject_kind="need", subject_id=1, territory_id=1, reason="autre", text="t", name="Lena",
        email="a@b.fr", status="decided", decided_at=at, created_at=at,
    ),
    "proofs": lambda _db, at: EmailProof(purpose="sign_in", email="a@b.fr", **_soon(at)),
    "pending_identities": lambda _db, at: PendingIdentity(
        digest="c" * 64, provider="oidc", issuer="i", subject="s", id_token="t", expires_at=at
    ),
    "sessions": lambda _db, at: WebSession(person_id=1, **_soon(at)),
    "recovery_codes": lambda _db, at: RecoveryCode(person_id=1, digest="d" * 64, used_at=at),
    "mails": lambda _db, at: Mail(to="a@b.fr", subject="s", body="", created_at=at, sent_at=at),
    "jobs": lambda _db, at: Job(kind="mail.send", payload={}, status="done", run_at=at),
    "invitations": lambda _db, at: Invitation(
        email="a@b.fr", kind="moderator", reason="r", starts_on=today(), status="sent", created_at=at, expires_at=at
    ),
    "delegates": lambda _db, at: Delegate(organisation_id=1, email="a@b.fr", status="invited", created_at=at),
    "parents": lambda _db, at: ParentAgreement(person_id=1, email="a@b.fr", asked_at=at),
    "seats": _seat,
}  # fmt: skip


def _found(site: Site, rule: str, moment: datetime | None = None) -> set[int]:
    with site.reading() as db:
        return set(db.execute(found(RULE[rule], moment or now())).scalars())


def test_every_rule_finds_and_does_something() -> None:
    keys = [rule.key for rule in RULES]
    assert keys == list(OLD) == list(retention.DONE) and len(set(keys)) == len(keys)


@pytest.mark.parametrize("rule", MADE)
def test_a_row_goes_when_its_time_has_come_and_not_before(site: Site, rule: str) -> None:
    with site.writing() as db:
        row: Any = MADE[rule](db, _ago(rule))
        db.add(row)
        db.flush()
        made = row.id
    soon = now() + DAY / 12
    assert made not in _found(site, rule) and made in _found(site, rule, soon)
    assert retention.purge(site.database, moment=soon)[rule] >= 1
    with site.reading() as db:
        left = db.get(type(row), made)
        assert left is None or (rule == "seats" and left.digest != "a" * 64) or (rule == "reporters" and not left.email)
    assert set(retention.purge(site.database, moment=soon).values()) == {0}


def test_an_unconfirmed_need_leaves_neither_thread_nor_event(site: Site) -> None:
    with site.writing() as db:
        need = _need(db, _ago("unconfirmed_needs") - DAY)
        db.add(need)
    assert retention.purge(site.database)["unconfirmed_needs"] >= 1
    with site.reading() as db:
        assert db.get(Thread, need.thread_id) is None
        about = select(Event).where(Event.subject_kind == "need", Event.subject_id == need.id)
        assert not db.exec(about).all()


def test_more_rows_than_a_batch_all_go(site: Site) -> None:
    with site.writing() as db:
        old = _ago("mails") - DAY
        db.add_all([Mail(to="a@b.fr", subject="s", body="", created_at=old) for _n in range(250)])
    assert retention.purge(site.database)["mails"] == 250
