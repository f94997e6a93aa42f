"""Ten seconds to change one's mind: everything goes back, no mail leaves, and the log says both."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from app.core import jobs
from app.core.mail import Mail
from app.moderation.models import Original, Undoable
from app.moderation.service import undoing
from app.needs.models import Need
from app.threads.models import News
from tests.moderation import desk
from tests.moderation.desk import REASON, SECRET
from tests.moderation.test_decisions import MORE, PATHS
from tests.site import Site

_COLUMNS = ("status", "title", "text", "reason", "reason_note", "published_at", "answer_due_on", "place_note")


def _seen(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in _COLUMNS if hasattr(item, name)}


def _later(site: Site, seconds: int) -> None:
    """So many seconds went by since the last decision."""
    with site.writing() as db:
        for kept in db.exec(select(Undoable)):
            kept.at -= timedelta(seconds=seconds)
            db.add(kept)


@pytest.mark.parametrize(("kind", "first", "then", "_status"), PATHS)
def test_every_decision_goes_back_to_what_it_found(
    site: Site, kind: str, first: list[str], then: str, _status: str
) -> None:
    item, moderator = desk.waiting(site, kind), site.signed_in("moderator")
    for verb in first:
        desk.decide(moderator, kind, item, verb, **MORE.get(verb, {}))
    before = _seen(desk.state(site, kind, item))
    with site.reading() as db:
        kept = [o.text for o in db.exec(select(Original))]
    desk.decide(moderator, kind, item, then, **MORE.get(then, {}))
    batch = desk.batch(site)
    answer = desk.undo(moderator, batch)
    assert answer.status_code == 200 and "Décision annulée" in answer.text
    assert _seen(desk.state(site, kind, item)) == before
    assert [entry.verb for entry in desk.log(site, kind, item)][-1] == "undo"
    assert desk.held_mails(site, batch) == []
    with site.reading() as db:
        assert [o.text for o in db.exec(select(Original))] == kept
        assert not db.exec(select(News).where(News.batch == batch)).all()


def test_what_was_undone_is_found_again_or_no_longer(site: Site) -> None:
    item, moderator = desk.need(site, title="Un abri pour les tandems"), site.signed_in("moderator")
    desk.decide(moderator, "besoin", item, "publish")
    assert f"/besoins/{item}" in site.visitor().get("/besoins?q=tandems").text
    desk.undo(moderator, desk.batch(site))
    assert f"/besoins/{item}" not in site.visitor().get("/besoins?q=tandems").text
    desk.decide(moderator, "besoin", item, "publish")
    desk.decide(moderator, "besoin", item, "hide", **REASON)
    desk.undo(moderator, desk.batch(site))
    assert f"/besoins/{item}" in site.visitor().get("/besoins?q=tandems").text


def test_no_mail_leaves_before_fifteen_seconds_and_none_after_an_undo(site: Site) -> None:
    item, moderator = desk.need(site), site.signed_in("moderator")
    site.mails()
    desk.decide(moderator, "besoin", item, "refuse", **REASON)
    jobs.run_due(site.database)
    held = desk.held_mails(site, desk.batch(site))
    assert len(held) == 1 and held[0].sent_at is None
    with site.writing() as db:
        job = db.exec(select(jobs.Job).where(jobs.Job.kind == "mail.send").order_by(col(jobs.Job.id).desc())).first()
        assert job and 13 < (job.run_at - held[0].created_at).total_seconds() <= 16
        db.execute(update(jobs.Job).values(run_at=held[0].created_at))
    desk.undo(moderator, desk.batch(site))
    jobs.run_due(site.database)
    with site.reading() as db:
        assert db.get(Mail, held[0].id) is None


def test_after_ten_seconds_it_says_so_in_plain_words_and_changes_nothing(site: Site) -> None:
    item, moderator = desk.need(site), site.signed_in("moderator")
    desk.decide(moderator, "besoin", item, "publish")
    batch = desk.batch(site)
    _later(site, 13)
    answer = desk.undo(moderator, batch)
    assert "Trop tard pour annuler" in answer.text and desk.state(site, "besoin", item).status == "published"
    assert len(desk.held_mails(site, batch)) == 1
    assert "Annuler" not in moderator.get("/moderation").text


def test_the_offer_stands_for_ten_seconds_on_every_page_of_the_queue(site: Site) -> None:
    item, moderator = desk.need(site), site.signed_in("moderator")
    desk.decide(moderator, "besoin", item, "publish")
    assert 'data-undo="10"' in moderator.get("/moderation").text
    _later(site, 4)
    assert 'data-undo="6"' in moderator.get("/moderation").text
    _later(site, 7)
    assert "data-undo=" not in moderator.get("/moderation").text


def test_nobody_undoes_anothers_decision_nor_twice(site: Site) -> None:
    item, moderator = desk.need(site), site.signed_in("moderator")
    desk.decide(moderator, "besoin", item, "publish")
    batch = desk.batch(site)
    assert "Trop tard" in desk.undo(site.signed_in("second_moderator"), batch).text
    assert desk.state(site, "besoin", item).status == "published"
    assert "Décision annulée" in desk.undo(moderator, batch).text
    assert "Trop tard" in desk.undo(moderator, batch).text
    assert [entry.verb for entry in desk.log(site, "besoin", item)] == ["publish", "undo"]
    assert desk.undo(moderator, "inconnu").status_code == 200


def test_what_somebody_else_did_meanwhile_is_not_undone_and_the_mails_stay(site: Site) -> None:
    item, moderator = desk.need(site), site.signed_in("moderator")
    desk.decide(moderator, "besoin", item, "publish")
    batch = desk.batch(site)
    desk.decide(site.signed_in("second_moderator"), "besoin", item, "hide", **REASON)
    answer = desk.undo(moderator, batch)
    assert "rien n’est annulé" in answer.text and desk.state(site, "besoin", item).status == "hidden"
    assert len(desk.held_mails(site, batch)) == 1
    assert [entry.verb for entry in desk.log(site, "besoin", item)] == ["publish", "hide"]


def test_a_support_given_meanwhile_is_kept(site: Site) -> None:
    known, moderator = desk.public_need(site), site.signed_in("moderator")
    desk.decide(
        moderator,
        "besoin",
        known.id or 0,
        "mask",
        passages=known.text.split()[0] + " " + known.text.split()[1],
        **REASON,
    )
    site.signed_in("youth").post(f"/besoins/{known.id}/soutiens")
    with site.reading() as db:
        before = db.get_one(Need, known.id).supports
    desk.undo(moderator, desk.batch(site))
    now = desk.state(site, "besoin", known.id or 0)
    assert now.supports == before == known.supports + 1 and now.text == known.text


def test_what_was_kept_to_undo_is_gone_within_the_minute(site: Site) -> None:
    item, moderator = desk.need(site), site.signed_in("moderator")
    desk.decide(moderator, "besoin", item, "mask", masked=SECRET, **REASON)
    undoing.forget(site.database, {})
    with site.reading() as db:
        assert len(db.exec(select(Undoable)).all()) == 1
        assert db.exec(select(jobs.Job).where(jobs.Job.kind == undoing.FORGET)).first()
    _later(site, 61)
    undoing.forget(site.database, {})
    with site.reading() as db:
        assert db.exec(select(Undoable)).all() == []
