"""Mails that could not be given: who administers sees them, without their words, and sends them again."""

from datetime import timedelta

import pytest
from sqlmodel import col, select, update
from typer.testing import CliRunner

from app import cli
from app.core import jobs, mail
from app.core.db import now
from app.core.jobs import Job, JobStatus
from app.core.mail import Mail
from app.core.settings import get_settings
from tests.site import Site

PAGE = "/administration/messages"


@pytest.fixture
def dead(site: Site) -> Mail:
    """A mail that a server refused."""
    with site.writing() as db:
        written = mail.post(db, "lena@exemple.fr", "Confirmez votre besoin", "Le secret est ABC.")
        job = db.exec(select(Job).order_by(col(Job.id).desc()).limit(1)).one()
        job.status, job.attempts, job.last_error = JobStatus.DEAD.value, 1, "550 5.1.1"
        written.created_at = now() - timedelta(days=4)
        db.add_all([job, written])
    return written


def test_who_administers_sees_what_was_refused_and_nothing_of_its_words(site: Site, dead: Mail) -> None:
    administrator = site.signed_in("administrator")
    assert "message n’a pas pu être remis" in administrator.get("/mon-espace").text
    page = administrator.get(PAGE).text
    assert "Confirmez votre besoin" in page and "l…@exemple.fr" in page and "550 5.1.1" in page
    assert "ABC" not in page and "lena@" not in page
    for other in (site.signed_in("moderator"), site.visitor()):
        assert PAGE not in other.get("/").text
    assert site.signed_in("moderator").get(PAGE).status_code == 403


def test_sent_again_it_has_its_days_of_patience_again(site: Site, dead: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "1 message repart." in site.signed_in("administrator").post(PAGE).text
    monkeypatch.setattr(get_settings(), "smtp_url", "smtp://127.0.0.1:9")  # nobody answers there
    jobs.run_due(site.database)
    jobs.resume()
    with site.reading() as db:
        job = db.exec(select(Job).where(Job.kind == mail.SEND).order_by(col(Job.id).desc()).limit(1)).one()
    assert job.status == JobStatus.WAITING and job.run_at > now()
    monkeypatch.setattr(get_settings(), "smtp_url", "")
    with site.writing() as db:
        db.execute(update(Job).where(col(Job.id) == job.id).values(run_at=now() - timedelta(seconds=1)))
    assert site.mails("lena@exemple.fr")[-1].sent_at
    assert "Tous les messages sont partis" in site.signed_in("administrator").get(PAGE).text


def test_the_command_says_it_too(site: Site, dead: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "database_url", site.database.url)
    said = CliRunner().invoke(cli.app, ["mails", "--again"]).output
    assert "1 non remis" in said and "l…@exemple.fr  550 5.1.1" in said and "1 repartent" in said
