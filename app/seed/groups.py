"""A group of demonstration needs, with its summary, its own supporters, and an author who asks to leave it."""

from datetime import timedelta

from sqlmodel import Session, insert, select

from app.core.db import now
from app.core.machine import note_event
from app.identity.states import College
from app.needs.models import GroupMember, Need, NeedGroup
from app.needs.service.groups.members import join
from app.needs.states import GroupStatus
from app.seed.needs import Loader
from app.seed.people import HOME
from app.threads import service as threads
from app.threads.models import Support

TITLE = "Trouver où se loger à l’année, près de son travail ou de son bourg"
# The beginning of the title of each need, and the sentence that cites it.
_SAID = (
    ("Dix mois sur douze", "Dans les rues où les volets restent fermés l’hiver, on cherche un bail normal [%s]."),
    ("Loger mon apprenti", "Des entreprises ne savent pas où loger qui commence avant le premier car [%s]."),
    ("Un logement pour les internes", "La même chambre manque à qui vient soigner pour quelques mois [%s]."),
    ("Rester au bourg", "Et l’on voudrait vieillir de plain-pied, à côté du pain, sans quitter le bourg [%s]."),
)
_ASKED = "Nos internes restent six mois et repartent : il leur faut un meublé réservé, pas un bail à l’année."
SUPPORTERS = 9


def load_groups(loader: Loader) -> NeedGroup:
    """One group of four needs at Morlaix."""
    db, ground = loader.db, loader.grounds[HOME]
    needs = [_need(db, ground.territory.territory_id, start) for start, _sentence in _SAID]
    moment = now() - timedelta(days=6)
    group = NeedGroup(
        thread_id=threads.open_thread(db, ground.accord.forum_id).id or 0, accord_id=ground.accord.id or 0,
        territory_id=ground.territory.territory_id, theme_id=needs[0].theme_id, title=TITLE,
        summary=" ".join(sentence % need.reference for need, (_s, sentence) in zip(needs, _SAID, strict=True)),
        status=GroupStatus.OPEN.value, created_by=loader.moderator, created_at=moment,
    )  # fmt: skip
    group.accord = ground.accord
    note_event(db, group, "create", by=loader.moderator, note=TITLE, at=moment)
    for need in needs:
        join(db, group, need, by=loader.moderator)
    _supports(loader, group)
    _asks_to_leave(db, group, needs[2])
    return group


def _need(db: Session, territory_id: int, start: str) -> Need:
    found = select(Need).where(Need.territory_id == territory_id, Need.title.startswith(start))
    return db.exec(found).one()


def _supports(loader: Loader, group: NeedGroup) -> None:
    rows = []
    for person in loader.cast.crowd[:SUPPORTERS]:
        voice = loader.voice(group.accord.forum_id, person, person.college or College.RESIDENTS)
        rows.append({"thread_id": group.thread_id, "voice_id": voice.id, "created_at": now()})
    loader.db.execute(insert(Support), rows)


def _asks_to_leave(db: Session, group: NeedGroup, need: Need) -> None:
    member = db.exec(
        select(GroupMember).where(GroupMember.group_id == group.id, GroupMember.need_id == need.id)
    ).one()  # fmt: skip
    member.asked_at, member.asked_words = now() - timedelta(days=2), _ASKED
    db.add(member)
    note_event(db, need, "ask_leave", by=need.author_id, at=member.asked_at)
    note_event(db, group, "ask_leave", by=need.author_id, note=need.reference, at=member.asked_at)
