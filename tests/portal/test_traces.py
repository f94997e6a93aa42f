"""What is left of somebody beside their words: with the account it goes, or it says nothing of them any more."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select, update

from app.core.db import now
from app.identity.models import Person
from app.moderation.models import Appeal, Original, Report
from app.needs import queries
from app.needs.models import GroupMember, Need, NeedGroup, NeedWording
from app.portal.service import retention
from app.threads import service as threads
from app.threads.models import Follow, News, ProfileText
from app.threads.service import follows
from app.threads.states import FollowKind, Rhythm
from tests.portal.cast import Neighbour, close, enter, neighbour
from tests.site import Site

WORDS = "Des mots à ne plus lire"
MONTH = timedelta(days=31)


@pytest.fixture
def who(site: Site) -> Neighbour:
    """Somebody whose words were corrected, masked, grouped, contested, reported and followed."""
    who = neighbour(site)
    with site.writing() as db:
        need = _need(db, who)
        need_id, territory_id = need.id or 0, need.territory_id
        group = NeedGroup(
            thread_id=threads.open_thread(db, need.accord.forum_id).id or 0, accord_id=need.accord_id,
            territory_id=territory_id, theme_id=need.theme_id, title="Un groupe", status="open", created_at=now(),
        )  # fmt: skip
        db.add(group)
        db.flush()
        db.add_all(
            [
                NeedWording(need_id=need_id, title=WORDS, text=WORDS, why="author", replaced_at=now()),
                Original(subject_kind="need", subject_id=need_id, text=WORDS, masked_at=now()),
                GroupMember(
                    group_id=group.id or 0, need_id=need_id, joined_at=now(), asked_at=now(), asked_words=WORDS,
                    answered_words=WORDS, left_at=now(),
                ),
                Appeal(
                    subject_kind="need", subject_id=need_id, territory_id=territory_id, author_id=who.id, text=WORDS,
                    outcome_text=WORDS, status="upheld", due_at=now(), created_at=now(),
                ),
                Report(
                    receipt="r", subject_kind="comment", subject_id=1, territory_id=territory_id, reason="autre",
                    text=WORDS, name="Prénom Nom", email=who.email, author_id=who.id, status="decided", created_at=now(),
                ),
                ProfileText(author_id=who.id, territory_id=territory_id, text=WORDS, status="pending", created_at=now()),
            ]
        )  # fmt: skip
        follows.announce(
            db, thread_id=need.thread_id, territory_id=territory_id, theme_id=None, title=WORDS, text=WORDS, path="/"
        )
        follows.follow(db, who.id, FollowKind.TERRITORY, territory_id, Rhythm.WEEKLY)
    return who


def _need(db: Session, who: Neighbour) -> Need:
    found = select(Need.id).where(Need.author_id == who.id, col(Need.organisation_id).is_(None))
    need = queries.one(db, db.exec(found).all()[0] or 0)
    assert need
    return need


def _leave(site: Site, who: Neighbour, contributions: str) -> None:
    close(enter(site, who.email), contributions)
    with site.writing() as db:
        db.execute(update(Person).where(col(Person.id) == who.id).values(closing_at=now() - MONTH))
    assert retention.purge(site.database)["closed_accounts"] == 1


def _texts(db: Session) -> str:
    """All that those tables hold, as one text."""
    tables = (NeedWording, Original, GroupMember, Appeal, Report, ProfileText, News)
    return repr([row.model_dump() for table in tables for row in db.exec(select(table)).all()])


def test_erased_with_the_account_nothing_quotes_them_any_more(site: Site, who: Neighbour) -> None:
    _leave(site, who, "erase")
    with site.reading() as db:
        texts = _texts(db)
        assert WORDS not in texts and who.email not in texts and "Prénom Nom" not in texts
        assert db.exec(select(Appeal).where(Appeal.author_id == who.id)).one().status == "upheld"
        assert not db.exec(select(Follow).where(Follow.person_id == who.id)).all()


def test_kept_without_the_account_the_words_stay_and_the_person_goes(site: Site, who: Neighbour) -> None:
    _leave(site, who, "keep")
    with site.reading() as db:
        texts = _texts(db)
        assert WORDS in texts and who.email not in texts and "Prénom Nom" not in texts
        (chosen,) = db.exec(select(ProfileText).where(ProfileText.author_id == who.id)).all()
        assert chosen.status == "withdrawn" and WORDS not in chosen.text
        assert not db.exec(select(Follow).where(Follow.person_id == who.id)).all()
