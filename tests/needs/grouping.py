"""Needs to group, and what the tests of groups ask again and again."""

from collections import defaultdict
from datetime import timedelta

from sqlmodel import Session, col, select

from app.accords.models import Accord
from app.core.db import now
from app.core.i18n import today
from app.core.security import digest, random_code
from app.identity.models import Body, Person
from app.needs import queries
from app.needs.models import GroupMember, Need, NeedGroup
from app.needs.queries import PUBLIC, groups
from app.needs.service import groups as verbs
from app.needs.states import FollowUp
from app.places.queries import reference
from app.threads import service as threads
from app.threads.models import Support, Voice
from app.threads.states import Moderation
from tests.site import Site

HOME = "morlaix-communaute"
TEXT = "Un aller et retour de plus chaque soir, dès la rentrée, sur cette ligne."


def home(site: Site) -> int:
    with site.reading() as db:
        return reference(db).by_slug[HOME].territory_id


def persona(db: Session, key: str) -> Person:
    return db.exec(select(Person).where(Person.demo_persona == key)).one()


def new_need(
    db: Session, accord: Accord, number: int, *, author: Person | None = None, text: str = "Il manque un car le soir."
) -> Need:  # fmt: skip
    """A published need, as if it had been read."""
    thread = threads.open_thread(db, accord.forum_id)
    voice = threads.voice(db, accord.forum_id, author.id or 0, author.college or "habitants") if author else None
    theme_id = db.exec(select(Need.theme_id).where(Need.accord_id == accord.id)).first()
    moment = now() - timedelta(days=40 - number)
    need = Need(
        reference=f"ZZ-{thread.id:04d}", tracking_digest=digest(random_code(20)), thread_id=thread.id or 0,
        accord_id=accord.id or 0, territory_id=accord.territory_id, theme_id=theme_id or 0, college="habitants",
        author_id=author.id if author else None, voice_id=voice.id if voice else None,
        signature="Une personne qui habite Morlaix", title=f"Un car de plus, numéro {number}", text=text,
        origin="online", status=Moderation.PUBLISHED.value, stage=FollowUp.RECEIVED.value, created_at=moment,
        published_at=moment, answer_due_on=(moment + timedelta(days=30 + number % 20)).date(),
    )  # fmt: skip
    need.accord = accord
    db.add(need)
    db.flush()
    return need


def accord_of(db: Session, slug: str = HOME) -> Accord:
    where = reference(db).by_slug[slug].territory_id
    return db.exec(select(Accord).where(Accord.territory_id == where)).one()


def some_needs(site: Site, number: int, *, author: str | None = None, slug: str = HOME) -> list[int]:
    """Published needs that are in no group, by id."""
    with site.writing() as db:
        accord = accord_of(db, slug)
        person = persona(db, author) if author else None
        return [new_need(db, accord, n, author=person).id or 0 for n in range(number)]


def grouped(site: Site, number: int = 3, *, author: str | None = None, summary: str = "") -> tuple[int, list[int]]:
    """A group of new needs made by the moderator: its id, theirs."""
    ids = some_needs(site, number, author=author)
    with site.writing() as db:
        by = persona(db, "moderator").id or 0
        title = f"Des cars plus tard le soir, {ids[0]}"
        group = verbs.make(db, accord_of(db), ids, title=title, summary=summary, by=by)
        return group.id or 0, ids


def members(site: Site, group_id: int) -> set[int]:
    """The needs of a group today, seen from both sides."""
    with site.reading() as db:
        rows = set(
            db.exec(
                select(GroupMember.need_id).where(GroupMember.group_id == group_id, col(GroupMember.left_at).is_(None))
            )
        )
        assert rows == set(db.exec(select(Need.id).where(Need.group_id == group_id)))
        return rows


def counted_by_hand(db: Session, group_id: int) -> dict[str, int]:
    """Distinct voices by collège, from the rows alone, without any join."""
    group = db.get_one(NeedGroup, group_id)
    needs = [n for n in db.exec(select(Need)) if n.group_id == group_id and n.status in PUBLIC]
    anchors = {n.thread_id for n in needs} | {group.thread_id}
    voices = {n.voice_id for n in needs if n.voice_id} | {
        s.voice_id for s in db.exec(select(Support)) if s.thread_id in anchors
    }
    by_college: dict[str, int] = defaultdict(int)
    for voice in db.exec(select(Voice)):
        if voice.id in voices:
            by_college[voice.college] += 1
    return dict(by_college)


def voices(db: Session, group_id: int) -> dict[str, int]:
    return groups.voices(db, [group_id]).get(group_id, {})


def the_group(db: Session, group_id: int) -> NeedGroup:
    """As routes load it, with its accord."""
    found = groups.one(db, group_id)
    assert found
    return found


def the_need(db: Session, need_id: int) -> Need:
    """As routes load it, with its accord."""
    found = queries.one(db, need_id)
    assert found
    return found


def answer(site: Site, **others: str) -> dict[str, str]:
    with site.reading() as db:
        body = db.exec(select(Body.id).where(Body.territory_id == home(site))).first()
    return {"outcome": "partly", "text": TEXT, "answered_on": today().isoformat(), "body_id": str(body)} | others
