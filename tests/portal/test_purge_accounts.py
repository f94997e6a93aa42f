"""The purge of accounts: a trial changes nothing, what is left says nothing of anybody, counters stay right."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, col, func, select, update
from typer.testing import CliRunner

import app.tables  # noqa: F401
from app import cli
from app.board.queries import counted, recounted
from app.core.db import now
from app.core.i18n import today
from app.core.machine import Event
from app.core.mail import Mail
from app.core.settings import Settings
from app.identity.models import (
    EmailProof,
    FederatedIdentity,
    Invitation,
    ParentAgreement,
    Passkey,
    Person,
    RecoveryCode,
    Role,
    WebSession,
)
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.portal.queries.retention import found
from app.portal.service import retention
from app.portal.states import RULE
from app.threads.models import Comment, Thread
from app.workshops.models import Option, Step
from tests.portal.cast import close, enter, neighbour, voices, written
from tests.site import Site

DAY = timedelta(days=1)


def test_a_trial_counts_and_changes_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "get_settings", lambda: Settings(database_url=site.database.url, demo=True))
    who = neighbour(site)
    close(enter(site, who.email), "erase")
    _backdate(site, who.id, closing_at=now() - 31 * DAY)
    with site.reading() as db:
        before = written(db, who.id), voices(db, who.id)
        rows = _rows(db)
    trial = CliRunner().invoke(cli.app, ["purge", "--dry-run"])
    assert trial.exit_code == 0 and "     1  Comptes fermés" in trial.output and "Rien n’a changé" in trial.output
    with site.reading() as db:
        assert (written(db, who.id), voices(db, who.id)) == before
        assert _rows(db) == rows
    real = CliRunner().invoke(cli.app, ["purge"])
    assert real.exit_code == 0 and "     1  Comptes fermés" in real.output
    assert "     0  Comptes fermés" in CliRunner().invoke(cli.app, ["purge"]).output


def _rows(db: Session) -> dict[str, int]:
    tables = SQLModel.metadata.sorted_tables
    return {table.name: db.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


def _backdate(site: Site, person_id: int, **values: datetime) -> None:
    with site.writing() as db:
        db.execute(update(Person).where(col(Person.id) == person_id).values(**values))


def _equip(site: Site, person_id: int, email: str) -> None:
    """Everything that an account may hold."""
    with site.writing() as db:
        db.add_all(
            [
                FederatedIdentity(person_id=person_id, provider="oidc", issuer="i", subject="s", created_at=now()),
                Passkey(person_id=person_id, credential_id="c", public_key=b"k", label="Clé", created_at=now()),
                RecoveryCode(person_id=person_id, digest="d" * 64),
                EmailProof(purpose="sign_in", email=email, digest="e" * 64, created_at=now(), expires_at=now() + DAY),
                EmailProof(
                    purpose="address", email="neuve@exemple.fr", digest="f" * 64, data={"person": person_id},
                    created_at=now(), expires_at=now() + DAY,
                ),
                Mail(to=email, subject="s", body="", created_at=now()),
                Role(person_id=person_id, kind="facilitator", territory_id=1, starts_on=today(), reason="Nommée en mai"),
                Invitation(
                    email=email, kind="moderator", reason="r", starts_on=today(), status="sent", created_at=now(),
                    expires_at=now() + DAY,
                ),
                ParentAgreement(person_id=person_id, email="parent@exemple.fr", asked_at=now(), agreed_at=now()),
            ]
        )  # fmt: skip
        person = db.get_one(Person, person_id)
        person.age_bracket, person.shows_commune, person.commune_insee = "60+", True, "29279"
        db.add(person)


def _says_who(site: Site, *marks: str) -> list[str]:
    """The columns of the whole database that still hold one of these marks."""
    found = []
    with site.reading() as db:
        for table in SQLModel.metadata.sorted_tables:
            for row in db.execute(select(table)).mappings():
                text = "\n".join(str(value) for value in row.values())
                found += [table.name for mark in marks if mark in text]
    return found


@pytest.mark.parametrize("contributions", ["keep", "erase"])
def test_thirty_days_after_its_closing_nothing_says_whose_account_it_was(site: Site, contributions: str) -> None:
    who = neighbour(site)
    _equip(site, who.id, who.email)
    close(enter(site, who.email), contributions)
    _backdate(site, who.id, closing_at=now() - 29 * DAY)
    assert retention.purge(site.database)["closed_accounts"] == 0
    _backdate(site, who.id, closing_at=now() - 31 * DAY)
    assert retention.purge(site.database)["closed_accounts"] == 1
    assert not _says_who(site, who.email, who.pseudonym, "parent@exemple.fr", "neuve@exemple.fr", "Nommée en mai")
    with site.reading() as db:
        person = db.get_one(Person, who.id)
        assert person.closed_at and person.pseudonym == "Compte fermé"
        assert (person.college, person.commune_insee, person.age_bracket) == (None, None, None)
        assert not person.shows_commune and person.last_seen_at is None
        for table in (FederatedIdentity, Passkey, RecoveryCode, WebSession, ParentAgreement):
            assert not db.exec(select(table).where(table.person_id == who.id)).all()
        assert counted(db) == recounted(db)


def test_kept_words_stay_without_a_pseudonym_and_keep_counting(site: Site) -> None:
    who = neighbour(site)
    with site.reading() as db:
        before = written(db, who.id), voices(db, who.id)
        texts = {n.text for n in db.exec(select(Need).where(Need.author_id == who.id))}
    close(enter(site, who.email), "keep")
    _backdate(site, who.id, closing_at=now() - 31 * DAY)
    retention.purge(site.database)
    with site.reading() as db:
        assert (written(db, who.id), voices(db, who.id)) == before
        assert {n.text for n in db.exec(select(Need).where(Need.author_id == who.id))} == texts
        signatures = set(db.exec(select(Comment.signature).where(Comment.author_id == who.id)))
        assert signatures == {"Compte fermé"}


def test_erased_words_are_gone_with_their_voices_and_every_counter_is_right(site: Site) -> None:
    who = neighbour(site)
    with site.writing() as db:
        need = db.exec(select(Need).where(Need.author_id == who.id, Need.status == "published")).first()
        step = db.exec(select(Step)).first()
        assert need and step
        db.add(Option(step_id=step.id or 0, position=9, title=need.title, need_id=need.id))
        texts = [n.text for n in db.exec(select(Need).where(Need.author_id == who.id))]
        texts += [c.text for c in db.exec(select(Comment).where(Comment.author_id == who.id))]
    close(enter(site, who.email), "erase")
    _backdate(site, who.id, closing_at=now() - 31 * DAY)
    retention.purge(site.database)
    assert not _says_who(site, need.title, *texts)
    with site.reading() as db:
        assert voices(db, who.id) == (0, 0) and counted(db) == recounted(db)
        for thread in db.exec(select(Thread)):
            shown = select(func.count()).where(Comment.thread_id == thread.id, col(Comment.status).in_(PUBLIC))
            assert thread.comments == db.exec(shown).one()


def test_an_account_reopened_in_time_is_left_alone(site: Site) -> None:
    who = neighbour(site)
    close(enter(site, who.email), "erase")
    enter(site, who.email).post("/mon-espace/reouverture")
    assert retention.purge(site.database, moment=now() + 31 * DAY)["closed_accounts"] == 0
    with site.reading() as db:
        assert db.get_one(Person, who.id).email == who.email


def test_after_three_years_without_a_visit_one_is_warned_then_the_account_closes(site: Site) -> None:
    who = neighbour(site)
    _backdate(site, who.id, last_seen_at=now() - 1064 * DAY)
    assert retention.purge(site.database)["inactive_warning"] == 0
    _backdate(site, who.id, last_seen_at=now() - 1096 * DAY)
    first = retention.purge(site.database)
    assert (first["inactive_warning"], first["inactive"]) == (1, 0)
    assert "va être fermé" in site.mails(who.email)[-1].subject
    assert retention.purge(site.database)["inactive_warning"] == 0
    with site.writing() as db:
        db.execute(update(Event).where(col(Event.verb) == "warn_inactive").values(at=now() - 31 * DAY))
    assert retention.purge(site.database)["inactive"] == 1
    with site.reading() as db:
        person = db.get_one(Person, who.id)
        assert person.closing_at and not person.closing_erases and person.closed_at is None


def test_a_visit_after_the_warning_keeps_the_account(site: Site) -> None:
    who = neighbour(site)
    _backdate(site, who.id, last_seen_at=now() - 1096 * DAY)
    retention.purge(site.database)
    enter(site, who.email)
    with site.writing() as db:
        db.execute(update(Event).where(col(Event.verb) == "warn_inactive").values(at=now() - 31 * DAY))
    assert retention.purge(site.database)["inactive"] == 0


def test_confirming_ones_words_by_mail_is_a_visit(site: Site) -> None:
    from tests.needs.test_say import say

    who = neighbour(site)
    _backdate(site, who.id, last_seen_at=now() - 1096 * DAY)
    visitor = site.visitor()
    say(visitor, email=who.email)
    visitor.post(site.link(who.email))
    with site.reading() as db:
        assert not db.execute(found(RULE["inactive_warning"], now())).all()


def test_the_last_administrator_is_never_closed_for_want_of_a_visit(site: Site) -> None:
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.demo_persona == "administrator")).one()
        person.last_seen_at = now() - 1200 * DAY
        db.add(Event(subject_kind="person", subject_id=person.id or 0, verb="warn_inactive", at=now() - 60 * DAY))
    assert retention.purge(site.database)["inactive"] == 0
    with site.reading() as db:
        assert db.get_one(Person, person.id).closing_at is None


def test_a_purge_stopped_halfway_is_taken_up_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    who = neighbour(site)
    close(enter(site, who.email), "erase")
    _backdate(site, who.id, closing_at=now() - 31 * DAY)

    def killed(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("app.portal.service.closing._forget_mandates", killed)
        with pytest.raises(KeyboardInterrupt):
            retention.purge(site.database)
    with site.reading() as db:
        assert db.get_one(Person, who.id).email == who.email and voices(db, who.id) != (0, 0)
    assert retention.purge(site.database)["closed_accounts"] == 1
