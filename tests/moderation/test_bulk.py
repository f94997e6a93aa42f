"""The same decision on many things: one gesture, one undo, and what could not be decided is named."""

from typing import Any

import pytest
from sqlmodel import col, select

from app.core.db import now
from app.core.mail import Mail
from app.moderation.models import LogEntry
from app.needs.models import Need
from app.threads.models import Comment
from tests.moderation import desk
from tests.moderation.desk import HOME, REASON
from tests.site import Site, Visitor


def _forty(site: Site, number: int = 40) -> list[int]:
    """Comments that wait, by the resident."""
    thread, author = desk.public_need(site).thread_id, desk.person(site, "resident").id
    with site.writing() as db:
        rows = [
            Comment(
                thread_id=thread, territory_id=HOME, author_id=author, college="habitants", signature="Soazig",
                kind="remarque", text=f"Encore une publicité pour des volets, la {n}e.", status="pending", created_at=now(),
            )
            for n in range(number)
        ]  # fmt: skip
        db.add_all(rows)
        db.flush()
        return [row.id or 0 for row in rows]


def _apply(visitor: Visitor, items: list[str], decision: str, **more: Any) -> Any:
    return visitor.post("/moderation/lot", {"items": items, "decision": decision, **more})


def _statuses(site: Site, ids: list[int]) -> set[str]:
    with site.reading() as db:
        return set(db.exec(select(Comment.status).where(col(Comment.id).in_(ids))))


def test_forty_are_refused_and_put_back_by_two_gestures(site: Site) -> None:
    ids, moderator = _forty(site), site.signed_in("moderator")
    items = [f"commentaire-{item}" for item in ids]
    answer = _apply(moderator, items, "refuse", reason="publicite", note="Ce sont des réclames.")
    assert "40 contributions non publiées" in answer.text and _statuses(site, ids) == {"refused"}
    batch = desk.batch(site)
    mails = desk.held_mails(site, batch)
    assert len(mails) == 40 and all("article 7" in m.body and "Ce sont des réclames." in m.body for m in mails)
    with site.reading() as db:
        assert len(db.exec(select(LogEntry).where(LogEntry.batch == batch)).all()) == 40
    assert "40 contributions" in desk.undo(moderator, batch).text
    assert _statuses(site, ids) == {"pending"}
    with site.reading() as db:
        assert db.exec(select(Mail).where(Mail.batch == batch)).first() is None


def test_each_kind_may_be_ticked(site: Site) -> None:
    moderator = site.signed_in("moderator")
    items = [f"{kind}-{desk.waiting(site, kind)}" for kind in ("besoin", "commentaire", "photo", "profil")]
    assert "4 contributions publiées" in _apply(moderator, items, "publish").text
    for item in items:
        kind, _dash, number = item.partition("-")
        assert desk.state(site, kind, int(number)).status == "published"


def test_what_changed_meanwhile_is_left_out_and_named(site: Site) -> None:
    first, second, third = desk.need(site), desk.comment(site), desk.waiting(site, "profil")
    moderator, other = site.signed_in("moderator"), site.signed_in("second_moderator")
    desk.decide(other, "besoin", first, "refuse", **REASON)
    other.post(f"/moderation/profil/{third}/prise")
    answer = _apply(
        moderator, [f"besoin-{first}", f"commentaire-{second}", f"profil-{third}", "besoin-200000000"], "publish"
    )
    assert "1 contribution publiée" in answer.text and "n’est pas à vous" in answer.text
    assert "Un banc devant la boulangerie" in answer.text and "Laissées de côté" in answer.text
    assert desk.state(site, "besoin", first).status == "refused"
    assert desk.state(site, "commentaire", second).status == "published"
    assert desk.state(site, "profil", third).status == "pending"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"decision": "publish"}, "Cochez au moins une contribution"),
        ({"decision": "refuse", "items": ["commentaire-1"]}, "toujours motivé"),
        ({"items": ["commentaire-1"]}, "À remplir"),
        ({"decision": "publish", "items": ["recours-1", "signalement-1", "autre", "besoin-x", "<b>"]}, "Cochez au moins"),
        ({"decision": "hide", "items": ["commentaire-1"], "reason": "doublon"}, "Choisissez"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_beside_the_queue(site: Site, sent: dict[str, Any], said: str) -> None:
    answer = site.signed_in("moderator").post("/moderation/lot", sent)
    assert answer.status_code == 422 and said in answer.text


def test_another_territorys_are_not_decided(site: Site) -> None:
    with site.reading() as db:
        other = db.exec(select(Need).where(Need.territory_id != HOME, Need.status == "pending")).first()
    assert other
    answer = _apply(site.signed_in("moderator"), [f"besoin-{other.id}"], "publish")
    assert "n’est pas à vous" in answer.text and desk.state(site, "besoin", other.id or 0).status == "pending"
    assert _apply(site.signed_in("resident"), [f"besoin-{other.id}"], "publish").status_code == 403


def test_forty_at_once_cost_a_bounded_number_of_queries_each(site: Site) -> None:
    moderator = site.signed_in("moderator")
    ids = _forty(site)
    with site.counting() as seen:
        _apply(moderator, [f"commentaire-{item}" for item in ids], "publish")
    assert len(seen) < 60 * len(ids)
