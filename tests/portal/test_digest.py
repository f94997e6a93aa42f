"""The weekly letter: on Monday at eight, one a person, what is new of what they follow, nothing when nothing is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select, update

from app.core import jobs
from app.core.db import Database, now
from app.core.jobs import Job
from app.core.mail import Mail
from app.identity.models import Person
from app.needs.models import Need
from app.portal.jobs import REGULAR, WEEKLY
from app.portal.service import digest
from app.threads.models import Follow
from app.threads.service import follows
from app.threads.states import FollowKind, Rhythm
from tests.site import Site

HOUR = timedelta(hours=1)


def _needs(site: Site) -> list[Need]:
    with site.reading() as db:
        return list(db.exec(select(Need).where(Need.status == "published").order_by(col(Need.id)).limit(3)))


def _person(db: Session, persona: str) -> Person:
    return db.exec(select(Person).where(Person.demo_persona == persona)).one()


def _follow(site: Site, persona: str, *subjects: tuple[FollowKind, int]) -> str:
    """Since an hour ago, once a week."""
    with site.writing() as db:
        person = _person(db, persona)
        for kind, subject_id in subjects:
            follows.follow(db, person.id or 0, kind, subject_id, Rhythm.WEEKLY)
        db.execute(update(Follow).values(created_at=now() - HOUR))
        return person.email or ""


def _say(site: Site, need: Need, title: str, **options: Any) -> None:
    """Half an hour ago."""
    with site.writing() as db:
        news = follows.announce(
            db, thread_id=need.thread_id, territory_id=need.territory_id, theme_id=need.theme_id, title=title,
            text="Des mots.", path=f"/besoins/{need.id}", **options,
        )  # fmt: skip
        news.at = now() - HOUR / 2
        db.add(news)


def _letters(site: Site) -> list[Mail]:
    return [each for each in site.mails() if each.unsubscribe]


@pytest.mark.parametrize(
    ("moment", "following"),
    [
        (datetime(2026, 11, 23, 6, 59, tzinfo=UTC), datetime(2026, 11, 23, 7, tzinfo=UTC)),
        (datetime(2026, 11, 23, 7, 0, tzinfo=UTC), datetime(2026, 11, 30, 7, tzinfo=UTC)),
        (datetime(2026, 11, 25, 12, 0, tzinfo=UTC), datetime(2026, 11, 30, 7, tzinfo=UTC)),
        (datetime(2027, 3, 27, 12, 0, tzinfo=UTC), datetime(2027, 3, 29, 6, tzinfo=UTC)),  # summer time came meanwhile
        (datetime(2026, 11, 29, 23, 30, tzinfo=UTC), datetime(2026, 11, 30, 7, tzinfo=UTC)),  # Monday here already
    ],
)
def test_the_letter_leaves_on_monday_at_eight_by_the_clock_of_the_finistere(
    moment: datetime, following: datetime
) -> None:
    assert digest.next_monday(moment) == following


def test_the_worker_promises_the_next_letter_and_its_job_writes_it(site: Site) -> None:
    need = _needs(site)[0]
    email = _follow(site, "resident", (FollowKind.THREAD, need.thread_id))
    _say(site, need, "Une réponse est donnée")
    jobs.promise(site.database, REGULAR)
    with site.writing() as db:
        db.execute(update(Job).where(col(Job.kind) == WEEKLY).values(run_at=now() - HOUR))
    (letter,) = _letters(site)
    assert letter.to == email and letter.subject == "Cette semaine : 1 nouvelle"
    assert need.title in letter.body and "- Une réponse est donnée, le" in letter.body
    assert letter.unsubscribe and letter.unsubscribe.endswith("/tout") and letter.unsubscribe in letter.body


def test_what_was_told_is_not_told_again_even_by_two_processes(site: Site) -> None:
    need = _needs(site)[0]
    _follow(site, "resident", (FollowKind.THREAD, need.thread_id))
    _say(site, need, "Une réponse est donnée")
    other = Database(site.database.url)
    assert [digest.send_letters(database) for database in (site.database, other)] == [1, 0]
    other.dispose()
    assert len(_letters(site)) == 1


def test_without_news_nothing_leaves(site: Site) -> None:
    first, second, _third = _needs(site)
    _follow(site, "resident", (FollowKind.THREAD, first.thread_id))
    _say(site, second, "Ailleurs")
    assert digest.send_letters(site.database) == 0 and not _letters(site)


def test_one_piece_of_news_is_told_once_under_the_nearest_of_what_one_follows(site: Site) -> None:
    need = _needs(site)[0]
    _follow(
        site, "resident", (FollowKind.TERRITORY, need.territory_id), (FollowKind.THEME, need.theme_id),
        (FollowKind.THREAD, need.thread_id),
    )  # fmt: skip
    _say(site, need, "Une réponse est donnée")
    digest.send_letters(site.database)
    (letter,) = _letters(site)
    assert letter.body.count("Une réponse est donnée") == 1


def test_a_long_week_is_cut_short_and_says_how_much_is_left(site: Site) -> None:
    need = _needs(site)[0]
    _follow(site, "resident", (FollowKind.TERRITORY, need.territory_id))
    for number in range(digest.EACH + 4):
        _say(site, need, f"Nouvelle numéro {number}")
    digest.send_letters(site.database)
    (letter,) = _letters(site)
    assert letter.body.count("Nouvelle numéro") == digest.EACH and "et 4 autres nouvelles" in letter.body


def test_ones_own_acts_and_what_left_public_view_are_not_in_the_letter(site: Site) -> None:
    shown, hidden, _third = _needs(site)
    with site.writing() as db:
        me = _person(db, "resident").id
    _follow(site, "resident", (FollowKind.THREAD, shown.thread_id), (FollowKind.THREAD, hidden.thread_id))
    _say(site, shown, "De ma main", by=me)
    _say(site, hidden, "Retiré depuis")
    with site.writing() as db:
        db.execute(update(Need).where(col(Need.id) == hidden.id).values(status="hidden"))
    assert digest.send_letters(site.database) == 0


def test_whoever_leaves_gets_no_letter(site: Site) -> None:
    need = _needs(site)[0]
    _follow(site, "resident", (FollowKind.THREAD, need.thread_id))
    _say(site, need, "Une réponse est donnée")
    with site.writing() as db:
        person = _person(db, "resident")
        person.closing_at = now()
        db.add(person)
    assert digest.send_letters(site.database) == 0
