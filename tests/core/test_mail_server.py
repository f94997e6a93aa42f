"""Mails through a real mail server: down, back, dying, refusing, asking to come back. None lost, none twice."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select, update

from app.core import jobs, mail
from app.core.db import Database, now
from app.core.jobs import Job, JobStatus
from app.core.mail import Mail, delivery
from app.core.settings import get_settings
from tests.ports import reserved_port
from tests.site import Site


class Server:
    """The process, started and stopped at will; its box outlives it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.box = folder / "box"
        self.process: subprocess.Popen[str] | None = None

    def start(self, *options: str) -> None:
        command = [sys.executable, "-m", "tests.core.mail_server", str(self.port), str(self.box), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout and self.process.stdout.readline() == "ready\n"

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def received(self) -> list[tuple[str, str]]:
        """Address and Message-ID of each mail taken."""
        lines = self.box.read_text("utf-8").splitlines() if self.box.exists() else []
        return [(line.split("\t")[0], line.split("\t")[1]) for line in lines]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with reserved_port() as port:
        started = Server(tmp_path, port)
        monkeypatch.setattr(get_settings(), "smtp_url", f"smtp://127.0.0.1:{port}")
        yield started
        started.stop()
    jobs.resume()
    delivery._accepted.clear()
    delivery._sent_bulk.clear()


def _post(site: Site, addresses: list[str], **options: Any) -> None:
    with site.writing() as db:
        for address in addresses:
            mail.post(db, address, "Un sujet", "Bonjour,\n\nLe secret est ABC.", **options)


def _much_later(site: Site) -> None:
    """As if time had passed: what waits is due."""
    jobs.resume()
    with site.writing() as db:
        waiting = col(Job.status) == JobStatus.WAITING
        db.execute(update(Job).where(waiting).values(run_at=now() - timedelta(seconds=1)))


def _jobs(site: Site, status: JobStatus) -> list[Job]:
    with site.reading() as db:
        kinds = col(Job.kind).in_([mail.SEND, mail.BULK])
        return list(db.exec(select(Job).where(kinds, Job.status == status)))


def _addresses(number: int) -> list[str]:
    return [f"voix{n}@exemple.fr" for n in range(number)]


def test_a_server_down_for_a_while_loses_nothing_and_gets_each_mail_once(site: Site, server: Server) -> None:
    _post(site, _addresses(20))
    for _hour in range(12):  # more often than the tries of other jobs
        jobs.run_due(site.database)
        _much_later(site)
    assert len(_jobs(site, JobStatus.WAITING)) == 20 and not _jobs(site, JobStatus.DEAD)
    server.start()
    jobs.run_due(site.database)
    assert sorted(address for address, _id in server.received()) == sorted(_addresses(20))


def test_a_server_killed_while_it_receives_a_batch_of_200_ends_with_each_mail_once(site: Site, server: Server) -> None:
    _post(site, _addresses(200))
    for dies_at in (60, 70, 0):
        server.start("--dies-before", str(dies_at))
        jobs.run_due(site.database)
        server.stop()
        _much_later(site)
    counts = Counter(address for address, _id in server.received())
    assert set(counts) == set(_addresses(200)) and set(counts.values()) == {1}
    with site.reading() as db:
        kept = db.exec(select(Mail).where(col(Mail.to).in_(_addresses(200)))).all()
    assert all(each.sent_at and not each.body for each in kept)


def test_an_answer_lost_after_the_mail_was_kept_makes_a_second_copy_of_the_same_identifier(
    site: Site, server: Server
) -> None:
    """The one case where nobody can know (RFC 1047): readers' servers tell the copy by its Message-ID."""
    _post(site, _addresses(3))
    server.start("--dies-after", "2")
    jobs.run_due(site.database)
    server.stop()
    _much_later(site)
    server.start()
    jobs.run_due(site.database)
    received = server.received()
    assert Counter(address for address, _id in received) == {"voix0@exemple.fr": 1, "voix1@exemple.fr": 2,
                                                              "voix2@exemple.fr": 1}  # fmt: skip
    assert len({identifier for address, identifier in received if address == "voix1@exemple.fr"}) == 1


def test_an_address_refused_is_dead_at_once_and_holds_nobody_up(site: Site, server: Server) -> None:
    server.start()
    _post(site, ["refuse@exemple.fr", "voix@exemple.fr"])
    jobs.run_due(site.database)
    assert [address for address, _id in server.received()] == ["voix@exemple.fr"]
    (dead,) = _jobs(site, JobStatus.DEAD)
    assert dead.last_error == "550 5.1.1"  # not the words of the server, which quote the address


def test_a_mail_asked_to_come_back_later_comes_back(site: Site, server: Server) -> None:
    server.start()
    _post(site, ["later@exemple.fr", "voix@exemple.fr"])
    jobs.run_due(site.database)
    assert [address for address, _id in server.received()] == ["voix@exemple.fr"]
    (waiting,) = _jobs(site, JobStatus.WAITING)
    assert waiting.last_error == "451 4.7.1" and waiting.run_at > now() + timedelta(seconds=50)
    _much_later(site)
    jobs.run_due(site.database)
    assert [address for address, _id in server.received()] == ["voix@exemple.fr", "later@exemple.fr"]


def test_after_three_days_without_a_server_a_mail_is_left_to_the_administrator(site: Site, server: Server) -> None:
    _post(site, ["voix@exemple.fr"])
    with site.writing() as db:
        db.execute(update(Mail).values(created_at=now() - delivery.PATIENCE - timedelta(minutes=1)))
    jobs.run_due(site.database)
    assert [job.last_error for job in _jobs(site, JobStatus.DEAD)] == ["ConnectionRefusedError"]


def test_a_database_away_once_the_mail_is_taken_makes_no_second_copy(
    site: Site, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    _post(site, ["voix@exemple.fr"])
    writing, given = Database.writing, delivery._give

    def give_then_lose(*args: Any) -> None:
        given(*args)
        monkeypatch.setattr(Database, "writing", lambda *_args, **_named: (_ for _ in ()).throw(OSError("away")))

    monkeypatch.setattr(delivery, "_give", give_then_lose)
    with pytest.raises(OSError, match="away"):
        jobs.run_due(site.database)
    monkeypatch.setattr(Database, "writing", writing)
    monkeypatch.setattr(delivery, "_give", given)
    _much_later(site)
    jobs.run_due(site.database)
    assert [address for address, _id in server.received()] == ["voix@exemple.fr"]
    assert not _jobs(site, JobStatus.WAITING)


def test_a_recalled_mail_never_leaves_and_one_that_is_leaving_is_not_recalled(site: Site, server: Server) -> None:
    server.start()
    with site.writing() as db:
        with mail.holding(db, "undone", timedelta(seconds=15)):
            mail.post(db, "undone@exemple.fr", "Un sujet", "Des mots.")
        with mail.holding(db, "leaving", timedelta(seconds=15)):
            leaving = mail.post(db, "leaving@exemple.fr", "Un sujet", "Des mots.")
    jobs.run_due(site.database)
    assert not server.received()
    delivery._hand_over(site.database, leaving.id or 0)
    with site.writing() as db:
        assert mail.recall(db, "undone") and not mail.recall(db, "leaving")
    _much_later(site)
    jobs.run_due(site.database)
    assert [address for address, _id in server.received()] == ["leaving@exemple.fr"]


def test_letters_leave_at_a_bounded_rate_and_never_hold_a_sign_in_link_up(
    site: Site, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    monkeypatch.setattr(get_settings(), "mails_per_minute", 5)
    _post(site, _addresses(12), unsubscribe="http://localhost:8000/desabonnement/abc")
    _post(site, ["lien@exemple.fr"])
    jobs.run_due(site.database)
    received = [address for address, _id in server.received()]
    assert len(received) == 6 and "lien@exemple.fr" in received
    delivery._sent_bulk.clear()  # a minute later
    _much_later(site)
    jobs.run_due(site.database)
    assert len(server.received()) == 11


def test_what_travels_is_text_and_html_with_one_click_to_stop(site: Site, server: Server) -> None:
    server.start()
    stop = "http://localhost:8000/desabonnement/abc"
    words = "Bonjour,\n\n> Des mots <b>à moi</b>\n> " + "très long " * 200 + "\n\n- un point\n\n"
    words += "À lire : http://localhost:8000/b?a=1&b=2."
    with site.writing() as db:
        mail.post(db, "lena@exemple.fr", "Été\u2028Bcc: x@exemple.fr\r\nX: y", words, unsubscribe=stop)
    jobs.run_due(site.database)
    raw = server.box.with_suffix(".eml").read_bytes()
    assert max(map(len, raw.splitlines())) < 998 and raw.isascii()
    email = message_from_bytes(raw, policy=policy.default)
    assert email["Subject"] == "Été Bcc: x@exemple.fr X: y" and email["Bcc"] is None and email["X"] is None
    assert email["List-Unsubscribe"] == f"<{stop}>" and email["Reply-To"] == get_settings().contact_email
    assert (
        email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and email["Auto-Submitted"] == "auto-generated"
    )
    plain, html = email.get_body(("plain",)), email.get_body(("html",))
    assert plain and html and "> Des mots <b>à moi</b>" in plain.get_content()
    shown = html.get_content()
    assert '<html lang="fr">' in shown and "Des mots &lt;b&gt;à moi&lt;/b&gt;" in shown and "<li>un point</li>" in shown
    assert '<a href="http://localhost:8000/b?a=1&amp;b=2">http://localhost:8000/b?a=1&amp;b=2</a>.' in shown
    assert "<img" not in shown and "src=" not in shown
