"""What a moderator reads that the demonstration lacks: an address in a need, one more to publish, many to clear."""

from typing import Any

from sqlmodel import Session, col, select

from app.accords import queries as accords
from app.core.db import now
from app.identity.models import Person
from app.identity.states import College
from app.intake.models import NeedImport
from app.moderation.models import Appeal, Report
from app.needs.models import Campaign, GroupMember, Need, NeedGroup
from app.needs.service import tracking_code
from app.needs.service.recording import record_need
from app.places.queries import reference
from app.threads.models import File, Follow, ProfileText
from app.threads.states import MODERATION, FollowKind, Origin, Rhythm
from tests.browser.visitor import HOME

MAIL, PHONE = "soazig@exemple.fr", "02 98 00 00 01"
NOTICED = "Des volets fermés dix mois sur douze, et personne ne loue"
NOTICED_TEXT = f"Dans ma rue on cherche un bail normal à l’année. Répondez à {MAIL} ou au {PHONE}, merci d’avance."
SPARE = "Un abri à vélos devant la médiathèque"
SPARE_TEXT = "Trente vélos les jours de marché, et nulle part où les attacher quand il pleut."
TOKEN = "jeton-de-demonstration-0001"
SPOT = (48.5786, -3.829, "en bas du viaduc, côté port")


def wait(db: Session, title: str, text: str) -> Need:
    """A need of Morlaix, sent without an address, that waits to be read."""
    territory = reference(db).by_slug[HOME]
    accord = accords.accord_of(db, territory.territory_id)
    assert accord
    theme = accords.themes(db, accord.scheme_id)[0]
    need = record_need(
        db, accord=accord, territory=territory, commune=None, theme_id=theme.id or 0, college=College.RESIDENTS,
        title=title, text=text, origin=Origin.ONLINE, code=tracking_code(title),
    )  # fmt: skip
    MODERATION.move(db, need, "submit", by=None)
    return need


def bring_readings(db: Session) -> None:
    """An address to notice, one need to publish, a place for a need that has a photo and a group, pages followed."""
    wait(db, NOTICED, NOTICED_TEXT)
    wait(db, SPARE, SPARE_TEXT)
    shown = _shown(db)
    shown.latitude, shown.longitude, shown.place_note = SPOT
    db.add(shown)
    reader = db.exec(select(Person.id).where(Person.demo_persona == "resident")).one() or 0
    for number, kind, subject_id in ((1, FollowKind.THREAD, shown.thread_id), (2, FollowKind.TERRITORY, _home(db))):
        db.add(
            Follow(
                person_id=reader, subject_kind=kind.value, subject_id=subject_id, rhythm=Rhythm.WEEKLY.value,
                token=f"{TOKEN[:-1]}{number}", created_at=now(),
            )
        )  # fmt: skip


def _home(db: Session) -> int:
    return reference(db).by_slug[HOME].territory_id


def _shown(db: Session) -> Need:
    """A need of a group, with a photo that everyone sees."""
    pictured = select(File.thread_id).where(File.status == "published")
    found = select(Need).where(col(Need.group_id).is_not(None), col(Need.thread_id).in_(pictured))
    return db.exec(found.order_by(col(Need.id)).limit(1)).one()


def facts_of_readings(db: Session) -> dict[str, Any]:
    """What the paths of states name: one of each thing to read, a group, a collecte, an import."""
    titled = {need.title: need.id for need in db.exec(select(Need).where(col(Need.title).in_([NOTICED, SPARE])))}
    shown = _shown(db)
    others = select(GroupMember.need_id).where(col(GroupMember.asked_at).is_(None))
    calm = db.exec(select(Need.id).where(col(Need.id).in_(others), Need.id != shown.id).order_by(col(Need.id))).first()
    typed = select(Need.id).where(col(Need.transcribed_by).is_not(None), col(Need.second_read_at).is_(None))
    return {
        "noticed": titled.get(NOTICED), "spare": titled.get(SPARE), "shown": shown.id, "shown_thread": shown.thread_id,
        "grouped": calm, "typed": db.exec(typed.order_by(col(Need.id).desc())).first(), "token": TOKEN,
        "report": db.exec(select(Report.id)).first(), "appeal": db.exec(select(Appeal.id)).first(),
        "photo": db.exec(select(File.id).where(File.status == "pending")).first(),
        "pseudonym": db.exec(select(ProfileText.id).where(ProfileText.status == "pending")).first(),
        "group": db.exec(select(NeedGroup.id)).first(), "campaign": db.exec(select(Campaign.id)).first(),
        "import": db.exec(select(NeedImport.id)).first(),
    }  # fmt: skip
