"""The log only grows, holds no word, and whoever rewrites it is seen."""

import csv
import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from typer.testing import CliRunner

from app import cli
from app.core.settings import Settings
from app.moderation import chain
from app.moderation.models import LogEntry
from app.moderation.queries import log as reads
from app.moderation.service import log
from app.needs.models import Need
from tests.moderation import desk
from tests.site import Site


@pytest.fixture
def verify(site: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Run ``emglev verify-log`` on the database of this test."""
    monkeypatch.setattr(cli, "get_settings", lambda: Settings(database_url=site.database.url, demo=True))
    return lambda: CliRunner().invoke(cli.app, ["verify-log"])


def _some_acts(site: Site, number: int = 5) -> list[int]:
    with site.writing() as db:
        need = db.exec(select(Need).where(Need.territory_id == desk.HOME)).first()
        return [log.record(db, need, "claim", by=7, words=f"mots {n}").id or 0 for n in range(number)]


def _unlock(site: Site) -> None:
    """What an intruder with the database in hand would do first."""
    with site.writing() as db:
        for event in ("update", "delete"):
            on = "" if site.database.is_sqlite else " ON moderation_log"
            db.execute(text(f"DROP TRIGGER moderation_log_no_{event}{on}"))


def test_each_entry_carries_the_hash_of_the_one_before(site: Site, verify: Callable[[], Any]) -> None:
    _some_acts(site)
    with site.reading() as db:
        entries = db.exec(select(LogEntry).order_by(col(LogEntry.id))).all()
    assert [entry.previous for entry in entries] == [chain.START, *(entry.hash for entry in entries[:-1])]
    done = verify()
    assert done.exit_code == 0 and entries[-1].hash in done.output and f"{len(entries)} entrées" in done.output


def test_the_engine_itself_refuses_to_rewrite_it(site: Site) -> None:
    ids = _some_acts(site)
    for statement in (f"UPDATE moderation_log SET verb = 'x' WHERE id = {ids[0]}", "DELETE FROM moderation_log"):
        with pytest.raises(DBAPIError, match="append-only"), site.writing() as db:
            db.execute(text(statement))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "'refuse'"), ("reason", "'doublon'"), ("actor_id", "8"), ("subject_id", "1"), ("territory_id", "1"),
        ("waited", "0"), ("words", "'x'"), ("batch", "'x'"), ("at", "'2020-01-01 00:00:00'"), ("hash", "'x'"),
    ],
)  # fmt: skip
def test_an_entry_that_was_changed_is_named(site: Site, verify: Callable[[], Any], column: str, value: str) -> None:
    ids = _some_acts(site)
    _unlock(site)
    with site.writing() as db:
        db.execute(text(f"UPDATE moderation_log SET {column} = {value} WHERE id = {ids[2]}"))
    done = verify()
    assert done.exit_code == 1 and f"entrée {ids[2]} " in done.output


def test_an_entry_that_was_taken_out_is_seen_at_the_next_one(site: Site, verify: Callable[[], Any]) -> None:
    ids = _some_acts(site)
    _unlock(site)
    with site.writing() as db:
        db.execute(text(f"DELETE FROM moderation_log WHERE id = {ids[1]}"))
    assert f"entrée {ids[2]} " in verify().output


def test_a_tail_cut_off_shows_by_the_last_hash(site: Site, verify: Callable[[], Any]) -> None:
    ids = _some_acts(site)
    before = verify().output
    _unlock(site)
    with site.writing() as db:
        db.execute(text(f"DELETE FROM moderation_log WHERE id >= {ids[3]}"))
    after = verify()
    assert after.exit_code == 0 and after.output != before  # what docs/operations.md says to compare


def test_many_at_once_make_one_chain(site: Site) -> None:
    failures: list[BaseException] = []

    def act() -> None:
        try:
            _some_acts(site, 4)
        except BaseException as failure:  # shown below
            failures.append(failure)

    threads = [threading.Thread(target=act) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    with site.reading() as db:
        checked = reads.check(db)
        assert checked.broken is None and checked.total >= 24


def test_no_word_of_anybody_is_in_it(site: Site) -> None:
    need_id = desk.need(site)
    moderator = site.signed_in("moderator")
    desk.decide(moderator, "besoin", need_id, "mask", masked=desk.SECRET, **desk.REASON)
    exported = moderator.get("/moderation/journal.csv").text
    for words in (desk.SECRET, "banc", "Le Gall", "numéro de téléphone"):
        assert words not in exported
    entry = desk.log(site, "besoin", need_id)[-1]
    with site.reading() as db:
        title = db.get_one(Need, need_id).title
    assert entry.words == chain.digest(f"{title}\n{desk.WORDS}") and entry.reason == "donnee_privee"


def test_the_journal_is_read_filtered_and_taken_away(site: Site) -> None:
    need_id, comment_id = desk.need(site), desk.comment(site)
    moderator = site.signed_in("moderator")
    desk.decide(moderator, "besoin", need_id, "publish")
    desk.decide(moderator, "commentaire", comment_id, "refuse", **desk.REASON)
    page = moderator.get("/moderation/journal").text
    assert "Ne pas publier" in page and "Donnée privée" in page and "Nolwenn" in page
    chosen = "geste=refuse&nature=commentaire&page=abc&territoire=nulle-part"
    only = moderator.get(f"/moderation/journal?{chosen}").text
    assert f"Commentaire {comment_id}<" in only and f"Besoin {need_id}<" not in only
    rows = list(csv.DictReader(io.StringIO(moderator.get(f"/moderation/journal.csv?{chosen}").text)))
    assert {(row["subject_kind"], row["verb"]) for row in rows} == {("comment", "refuse")}
    assert (
        rows[-1]["subject_id"] == str(comment_id)
        and rows[-1]["hash"] == desk.log(site, "commentaire", comment_id)[-1].hash
    )


def test_the_journal_pages_at_a_hundred(site: Site) -> None:
    _some_acts(site, 130)
    moderator = site.signed_in("moderator")
    first, second = (moderator.get(f"/moderation/journal?page={n}").text for n in (1, 2))
    assert first.count("<tr>") == 101 and "Actes plus anciens" in first and "Actes plus récents" in second


@pytest.mark.parametrize(("persona", "status"), [("resident", 403), ("technician", 403), ("administrator", 200)])
def test_the_journal_is_for_moderators_and_administrators(site: Site, persona: str, status: int) -> None:
    visitor = site.signed_in(persona)
    assert visitor.get("/moderation/journal").status_code == status
    assert visitor.get("/moderation/journal.csv").status_code == status


def test_a_moderator_reads_the_journal_of_their_territories_only(site: Site) -> None:
    with site.writing() as db:
        other = db.exec(select(Need).where(Need.territory_id != desk.HOME)).first()
        log.record(db, other, "hide", by=None)
    moderator = site.signed_in("moderator").get("/moderation/journal?geste=hide").text
    assert "Aucun acte" in moderator
    assert "1 acte" in site.signed_in("administrator").get("/moderation/journal?geste=hide").text
