"""What the invented organisations of the demonstration said, and one that waits to be verified."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.actions.models import ActionSheet
from app.core import search
from app.core.db import now
from app.identity.forms import OrganisationForm
from app.identity.models import Organisation
from app.identity.queries.organisations import KIND
from app.identity.service import organisations
from app.identity.states import COLLEGE_OF_KIND, OrganisationKind
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.seed.needs import Loader
from app.seed.people import HOME
from app.threads import service as threads
from app.threads.models import Comment, Thread
from app.threads.states import MODERATION, Moderation, Stance

# After the numbers of the other needs; multiples of three, whose author is not drawn among the crowd.
FIRST_NUMBER = 900
_NEEDS: list[dict[str, Any]] = [
    {
        "speaks_for": "association", "theme": "mobilites", "commune": "29151", "college": "associations",
        "signature": "Trégor à vélo", "origin": "online", "state": "published", "age_days": 21, "supports": 9,
        "title": "Attacher son vélo à la gare sans craindre de ne pas le retrouver",
        "text": "Vingt de nos adhérentes et adhérents prennent le train chaque matin. La gare a huit arceaux, pleins à "
        "7 h 30, sans abri. Cinq vélos y ont été volés depuis septembre : plusieurs personnes ont repris la voiture.",
        "territory_siren": HOME,
    },
    {
        "speaks_for": "youth", "theme": "mobilites", "commune": None, "college": "jeunes",
        "signature": "Jeunes en Finistère", "origin": "online", "state": "published", "age_days": 14, "supports": 12,
        "title": "Rentrer d’une répétition ou d’un match sans dépendre d’un parent",
        "text": "Nous avons demandé à soixante jeunes ce qu’ils ont laissé tomber cette année. La première réponse est "
        "une activité du soir, faute de retour. Ce n’est pas l’envie qui manque, c’est le dernier car.",
        "territory_siren": HOME,
    },
]  # fmt: skip
_SUPPORTS = {"Trégor à vélo": 3, "Jeunes en Finistère": 4}  # how many of the most supported needs
_POSITIONS = [
    ("Trégor à vélo", "covoiturage-bourgs", Stance.MIXED),
    ("Trégor à vélo", "navette-soir", Stance.FOR),
    ("Jeunes en Finistère", "navette-soir", Stance.FOR),
]
_COMMENT = (
    "Trégor à vélo", "association", "covoiturage-bourgs",
    "Prévoyez deux arceaux et un abri à chaque arrêt : on vient souvent à vélo jusqu’au bourg, puis on monte en voiture.",
)  # fmt: skip
_WAITING = {
    "kind": "association", "name": "Les Jardins du Queffleuth",
    "text": "Association inventée pour la démonstration. Elle cultive et partage des potagers le long de la rivière.",
    "word": "Association non déclarée, douze familles. La mairie de Plourin prête le terrain et peut en témoigner.",
}  # fmt: skip


def load_organisations(loader: Loader, sheets: dict[str, ActionSheet]) -> int:
    """Their needs, supports, positions and words; how many needs."""
    db = loader.db
    by_name = {organisation.name: organisation for organisation in db.exec(select(Organisation))}
    for organisation in by_name.values():
        search.index(db, KIND, organisation.id or 0, organisation.name, organisation.text)
    for step, row in enumerate(_NEEDS):
        loader.load(FIRST_NUMBER + 3 * step, row)
    db.flush()
    forum_id = loader.grounds[HOME].accord.forum_id
    for name, number in _SUPPORTS.items():
        _support(db, by_name[name], forum_id, number)
    for name, key, stance in _POSITIONS:
        sheet = sheets[key]
        threads.take_position(db, db.get_one(Thread, sheet.thread_id), _voice(db, by_name[name], forum_id), stance)
    _comment(loader, by_name[_COMMENT[0]], sheets[_COMMENT[2]])
    home = loader.grounds[HOME].territory.territory_id
    waiting = OrganisationForm.model_validate(_WAITING | {"territory": home})
    organisations.declare(db, waiting, loader.cast.crowd[0])
    return len(_NEEDS)


def _voice(db: Session, organisation: Organisation, forum_id: int) -> Any:
    return threads.voice_of_organisation(db, forum_id, organisation.id or 0, organisation.college)


def _support(db: Session, organisation: Organisation, forum_id: int, number: int) -> None:
    best = (
        select(Need)
        .join(Thread, col(Thread.id) == Need.thread_id)
        .where(Thread.forum_id == forum_id, col(Need.status).in_(PUBLIC), col(Need.organisation_id).is_(None))
        .order_by(col(Need.supports).desc(), col(Need.id))
    )
    for need in db.exec(best.limit(number)).all():
        threads.support(db, db.get_one(Thread, need.thread_id), _voice(db, organisation, forum_id))


def _comment(loader: Loader, organisation: Organisation, sheet: ActionSheet) -> None:
    _name, persona, _key, text = _COMMENT
    at = now() - timedelta(days=6)
    author_id = loader.cast.id_of(persona)
    comment = Comment(
        thread_id=sheet.thread_id, territory_id=sheet.territory_id, author_id=author_id,
        organisation_id=organisation.id, college=COLLEGE_OF_KIND[OrganisationKind(organisation.kind)].value,
        signature=organisation.name, kind="proposition", text=text, status=Moderation.DRAFT.value, created_at=at,
        version=max(1, sheet.version),
    )  # fmt: skip
    loader.db.add(comment)
    MODERATION.move(loader.db, comment, "submit", by=author_id, at=at)
    MODERATION.move(loader.db, comment, "publish", by=loader.moderator, at=at + timedelta(hours=6))
    comment.published_at = at + timedelta(hours=6)
