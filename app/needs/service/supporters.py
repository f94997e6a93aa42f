"""Telling those who support a need, or a group of needs, that it has its answer: in jobs, some people at a time."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from app.core.db import Database
from app.core.i18n import gettext as _
from app.core.jobs import Payload, enqueue, finish, handler
from app.core.mail import post
from app.core.settings import get_settings
from app.identity.models import Person
from app.needs.models import Need
from app.threads.models import Follow, News, Support, Voice
from app.threads.queries.follows import about
from app.threads.service.follows import may_write
from app.threads.states import Rhythm

TELL = "needs.tell_supporters"
CHUNK = 100  # mails a transaction


def tell_supporters(
    db: Session, thread_ids: Sequence[int], title: str, path: str, words: str, news: News
) -> None:  # fmt: skip
    """Write to each person who supports one of these threads, once; ``news`` has already told the others.

    ``path`` is the page where the answer is read. Authors have a mail of their own, followers that of ``news``.
    """
    if db.exec(select(Support.id).where(col(Support.thread_id).in_(thread_ids)).limit(1)).first() is None:
        return
    told = {"threads": list(thread_ids), "title": title, "path": path, "words": words, "news": news.id}
    enqueue(db, TELL, {**told, "after": 0})


@handler(TELL)
def tell(database: Database, payload: Payload) -> None:
    """Write some of these mails; each transaction also ends its own job, so none is written twice."""
    with database.writing() as db:
        news = db.get(News, payload["news"])
        if news is None or not finish(db):
            return
        persons = db.exec(_to_tell(payload, news)).all()
        for person in persons:
            if may_write(db, person):
                _write(db, person, payload)
        if len(persons) == CHUNK:
            enqueue(db, TELL, {**payload, "after": persons[-1].id})


def _to_tell(payload: Payload, news: News) -> Any:
    """The supporters with an address beyond the last one told, but those who are told otherwise."""
    mine = select(Voice.person_id).join(Support, col(Support.voice_id) == Voice.id)
    authors = select(Need.author_id).where(
        col(Need.thread_id).in_(payload["threads"]), col(Need.author_id).is_not(None)
    )
    following = select(Follow.person_id).where(about([news]), Follow.rhythm == Rhythm.AT_ONCE.value)
    return (
        select(Person)
        .where(
            col(Person.id).in_(mine.where(col(Support.thread_id).in_(payload["threads"]))),
            col(Person.id) > payload["after"], col(Person.email).is_not(None), col(Person.closing_at).is_(None),
            col(Person.id).not_in(authors), col(Person.id).not_in(following), col(Person.id).not_in(news.besides),
        )
        .order_by(col(Person.id))
        .limit(CHUNK)
    )  # fmt: skip


def _write(db: Session, person: Person, payload: Payload) -> None:
    body = _(
        "Bonjour,\n\nUn besoin que vous soutenez a sa réponse ; il est dit, ou réuni avec d’autres, sous ce titre : "
        "« %(title)s ».\n\n%(words)s\n\nLa lire avec tout le fil : %(link)s\n\n"
        "Ce message est le seul que ce soutien vous vaut pour cette réponse. Pour ne plus soutenir ce besoin, allez "
        "sur sa page.\n"
    ) % {
        "title": payload["title"], "words": payload["words"], "link": get_settings().public_url + payload["path"],
    }  # fmt: skip
    post(db, person.email or "", _("Une réponse à un besoin que vous soutenez"), body)
