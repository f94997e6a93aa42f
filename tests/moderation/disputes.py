"""What several tests of reports and appeals start from."""

from datetime import date
from typing import Any

import httpx
from bs4 import BeautifulSoup
from sqlmodel import Session, col, select

from app.identity.models import Person, Role
from app.moderation.models import Appeal, Report
from app.needs import service as needs
from app.needs.models import Need
from app.needs.queries import one
from app.threads.models import Comment
from app.threads.states import RefusalReason
from tests.needs.test_say import code_of, say
from tests.site import Site, Visitor

WHY = "La règle citée parle d’une personne ; je ne parle que d’un lieu."
ANSWER = "Relu en entier : le texte ne désigne personne."
SEEN = "Le texte désigne quelqu’un que ses voisins reconnaîtraient."


def person_of(db: Session, persona: str) -> Person:
    return db.exec(select(Person).where(Person.demo_persona == persona)).one()


def said(site: Site, by: str = "", **changes: Any) -> tuple[Need, str]:
    """A need just said, and its secret code."""
    visitor = site.signed_in(by) if by else site.visitor()
    title = changes.get("title", "Un banc devant la boulangerie")
    code = code_of(say(visitor, **{"neighbours_seen": "1", **changes}))
    with site.reading() as db:
        return db.exec(select(Need).where(Need.title == title).order_by(col(Need.id).desc())).first() or Need(), code


def decided(site: Site, verb: str, by: str = "", **changes: Any) -> tuple[Need, str]:
    """A need that Nolwenn published, refused, hid or masked, and its secret code."""
    need, code = said(site, by, **changes)
    with site.writing() as db:
        judge, subject = person_of(db, "moderator").id or 0, one(db, need.id or 0)
        assert subject
        grounds: dict[str, Any] = {"reason": RefusalReason.NAMED_PERSON, "note": SEEN}
        if verb == "refuse":
            needs.refuse(db, subject, by=judge, **grounds)
        else:
            needs.publish(db, subject, by=judge)
    if verb in ("hide", "mask"):
        sent = {"decision": verb, "reason": "personne_visee", "note": SEEN, "passages": "84 ans"}
        answer = site.signed_in("moderator").post(f"/moderation/besoin/{need.id}", sent)
        assert answer.status_code == 200, answer.text
    return fresh(site, need), code


def fresh(site: Site, row: Any) -> Any:
    """The row as it is now."""
    with site.reading() as db:
        return db.get_one(type(row), row.id)


def appealed(site: Site, verb: str = "refuse", by: str = "") -> tuple[Need, Appeal, str]:
    """A decision of Nolwenn, contested with the tracking code."""
    need, code = decided(site, verb, by)
    answer = site.visitor().post(f"/suivi/{code}/contestation", {"text": WHY})
    assert answer.status_code == 200, answer.text
    with site.reading() as db:
        appeal = db.exec(select(Appeal).where(Appeal.subject_kind == "need", Appeal.subject_id == need.id)).one()
    return fresh(site, need), appeal, code


def answer(
    site: Site, appeal: Appeal, decision: str, by: str = "second_moderator", text: str = ANSWER
) -> httpx.Response:
    """Somebody answers an appeal."""
    return site.signed_in(by).post(f"/moderation/recours/{appeal.id}", {"decision": decision, "text": text})


def report(visitor: Visitor, kind: str, subject_id: int | None, **changes: Any) -> httpx.Response:
    """Open the form of a report, fill it, send it."""
    path = f"/signaler/{kind}/{subject_id}"
    once = BeautifulSoup(visitor.get(path).text, "html.parser").find("input", {"name": "once"})
    assert once is not None
    words = {
        "reason": "personne_visee", "text": "On reconnaît ma voisine à la deuxième phrase.", "good_faith": "true",
        "once": once["value"],
    }  # fmt: skip
    return visitor.post(path, {**words, **changes})


def last_report(site: Site) -> Report:
    with site.reading() as db:
        return db.exec(select(Report).order_by(col(Report.id).desc())).first() or Report()


def a_comment(site: Site) -> Comment:
    """A comment that everyone reads, under a need at Morlaix."""
    with site.reading() as db:
        home = person_home(db)
        found = db.exec(
            select(Comment)
            .join(Need, col(Need.thread_id) == Comment.thread_id)
            .where(Comment.territory_id == home, Comment.status == "published", Need.status == "published")
            .order_by(col(Comment.id).desc())
        ).first()
        assert found
        return found


def person_home(db: Session) -> int:
    """The territory where the demonstration persons hold their roles."""
    role = db.exec(select(Role).where(Role.person_id == person_of(db, "moderator").id)).one()
    return role.territory_id or 0


def end_role(site: Site, persona: str) -> None:
    """This person moderates nowhere from today."""
    with site.writing() as db:
        for role in db.exec(select(Role).where(Role.person_id == person_of(db, persona).id)).all():
            role.ended_at = role.created_at if hasattr(role, "created_at") else None
            role.ends_on = date(2026, 1, 1)
            role.starts_on = date(2025, 1, 1)
            db.add(role)


def moderates(site: Site, persona: str, territory_id: int) -> None:
    """Give this person the role of moderator there."""
    with site.writing() as db:
        db.add(
            Role(
                person_id=person_of(db, persona).id or 0, kind="moderator", territory_id=territory_id,
                starts_on=date(2025, 1, 1), reason="Un essai",
            )
        )  # fmt: skip
