"""The administrator's commands."""

from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from app import cli
from app.board.models import PriorityTally
from app.core.db import Database, now
from app.core.settings import Settings
from app.identity.models import Passkey, Person, Role
from tests.databases import Engine
from tests.site import Site


@pytest.fixture
def run(site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Run a command on the database of this test."""
    settings = Settings(database_url=site.database.url, var_dir=tmp_path, demo=True)
    monkeypatch.setattr(cli, "get_settings", lambda: settings)

    def command(*words: str):  # type: ignore[no-untyped-def]
        return CliRunner().invoke(cli.app, list(words))

    return command


def test_a_first_administrator_is_made(site: Site, run) -> None:  # type: ignore[no-untyped-def]
    assert run("create-admin", "Maire@Exemple.fr").exit_code == 0
    with site.reading() as db:
        person = db.exec(select(Person).where(Person.email == "maire@exemple.fr")).one()
        assert db.exec(select(Role.kind).where(Role.person_id == person.id)).one() == "administrator"


def test_several_administrators_are_made_each_once_and_told(site: Site, run) -> None:  # type: ignore[no-untyped-def]
    assert "2 personne(s)" in run("create-admin", "maire@exemple.fr", "--reason", "Délibération du 3 mai").output
    again = run("create-admin", "MAIRE@exemple.fr")
    assert again.exit_code == 0 and "déjà" in again.output
    assert "3 personne(s)" in run("create-admin", "dga@exemple.fr").output
    assert run("create-admin", "pas une adresse").exit_code != 0
    with site.reading() as db:
        held = select(Role.reason).join(Person, Person.id == Role.person_id).where(Person.email == "maire@exemple.fr")  # type: ignore[arg-type]
        assert db.exec(held).one() == "Délibération du 3 mai"
    assert [mail.subject for mail in site.mails("maire@exemple.fr")] == ["L’administration d’Emglev vous est confiée"]


def test_a_second_seed_keeps_what_is_there(run) -> None:  # type: ignore[no-untyped-def]
    assert "gardées" in run("seed", "--demo", "--if-empty").output
    assert run("seed").exit_code != 0


def test_a_wrong_counter_is_found(site: Site, run) -> None:  # type: ignore[no-untyped-def]
    assert run("recount-counters").exit_code == 0
    with site.writing() as db:
        tally = db.exec(select(PriorityTally).where(PriorityTally.voices > 0)).first()
        assert tally
        tally.voices += 1
        db.add(tally)
    result = run("recount-counters")
    assert result.exit_code == 1 and "1 écart" in result.output


@pytest.mark.sqlite
def test_a_backup_is_restored(site: Site, run, tmp_path: Path, engine: Engine) -> None:  # type: ignore[no-untyped-def]
    copy = tmp_path / "copie.sqlite3"
    assert run("backup", str(copy)).exit_code == 0
    with site.writing() as db:
        for person in db.exec(select(Person)):
            person.pseudonym = "Perdu"
            db.add(person)
    assert run("restore", str(copy)).exit_code != 0  # never without being asked twice
    site.database.dispose()
    assert run("restore", str(copy), "--yes").exit_code == 0
    restored = Database(site.database.url)
    with restored.reading() as db:
        assert "Perdu" not in set(db.exec(select(Person.pseudonym)))
    restored.dispose()


@pytest.mark.sqlite
def test_several_processes_need_postgresql(run) -> None:  # type: ignore[no-untyped-def]
    result = run("serve", "--workers", "2")
    assert result.exit_code != 0 and "PostgreSQL" in result.output


def test_the_second_factor_of_who_lost_everything_is_lifted(site: Site, run) -> None:  # type: ignore[no-untyped-def]
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.demo_persona == "moderator")).one()
        db.add(Passkey(person_id=person.id, credential_id="k", public_key=b"k", label="Perdue", created_at=now()))
    assert "1 clé" in run("lift-second-factor", person.email.upper()).output
    with site.reading() as db:
        assert not db.exec(select(Passkey)).all()
    assert "levée" in site.mails(person.email)[-1].subject
    assert run("lift-second-factor", "personne@exemple.fr").exit_code != 0
