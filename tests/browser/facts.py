"""Where things stand in the demonstration: the addresses that states and journeys start from."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlmodel import Session, col, select

from app.accords import queries as accords
from app.accords.models import Accord, Challenge, Phase, Priority
from app.board.models import PriorityTally
from app.core.db import Database
from app.needs import service
from app.needs.models import Need
from app.places.queries import Reference, reference
from app.seed.needs import DEMO_CODE_KEY
from app.seed.people import HOME as HOME_SIREN
from app.threads.models import Comment
from tests.browser.visitor import HOME


@contextmanager
def reading(url: str) -> Iterator[Session]:
    """Look at the database of a server."""
    database = Database(url)
    try:
        with database.reading() as db:
            yield db
    finally:
        database.dispose()


@contextmanager
def writing(url: str) -> Iterator[Session]:
    """Prepare the database of a server."""
    database = Database(url)
    try:
        with database.writing() as db:
            yield db
    finally:
        database.dispose()


def code_of(number: int) -> str:
    """The tracking code of a need of the demonstration, by its rank in the content."""
    return service.spaced(service.tracking_code(DEMO_CODE_KEY.format(n=number)))


def gather(url: str) -> dict[str, Any]:
    """Everything that the path of a state may name."""
    with reading(url) as db:
        places = reference(db)
        return _places(db, places) | _needs(db, places) | _board(db, places) | _waiting(db, places)


def _first(db: Session, column: Any, *where: Any) -> Any:
    found = db.exec(select(column).where(*where).order_by(column).limit(1)).first()
    assert found is not None, f"the demonstration has no {column} where {[str(w) for w in where]}"
    return found


def _places(db: Session, places: Reference) -> dict[str, Any]:
    by_territory = accords.accords(db)
    closed = [t for t in places.territories if "need.say" not in by_territory[t.territory_id].open_verbs]
    home = by_territory[places.by_slug[HOME].territory_id]
    heard = set(db.exec(select(Need.commune_insee).where(Need.status == "published")))
    return {
        "home": HOME, "closed": closed[0].slug, "departement": places.departement.slug, "siren": HOME_SIREN,
        "silent_commune": next(c.insee for c in places.communes_of(home.territory_id) if c.insee not in heard),
        "phase": _first(db, Phase.id, Phase.accord_id == home.id),
        "closed_id": closed[0].territory_id, "locked": closed[-1].slug, "locked_id": closed[-1].territory_id,
    }  # fmt: skip


def _needs(db: Session, places: Reference) -> dict[str, Any]:
    home = Need.territory_id == places.by_slug[HOME].territory_id
    public, unanswered = Need.status == "published", col(Need.outcome).is_(None)
    closed = [t for t, accord in accords.accords(db).items() if "need.support" not in accord.open_verbs]
    return {
        "waiting": _first(db, Need.id, home, public, unanswered, col(Need.priority_id).is_(None)),
        "attached": _first(db, Need.id, home, public, unanswered, col(Need.priority_id).is_not(None)),
        "answered": _first(db, Need.id, home, Need.outcome == "retained") if _has(db, home) else None,
        "not_retained": _first(db, Need.id, Need.outcome == "not_retained"),
        "redirected": _first(db, Need.id, Need.outcome == "redirected"),
        "refused": _first(db, Need.id, home, Need.status == "refused", col(Need.author_id).is_not(None)),
        "unsupportable": _first(db, Need.id, public, col(Need.territory_id).in_(closed)),
        "late": _first(db, Need.id, public, unanswered, col(Need.answer_due_on) < accords.today())
        if hasattr(accords, "today") else None,
    }  # fmt: skip


def _has(db: Session, where: Any) -> bool:
    return db.exec(select(Need.id).where(where, Need.outcome == "retained").limit(1)).first() is not None


def _board(db: Session, places: Reference) -> dict[str, Any]:
    home = places.by_slug[HOME].territory_id
    return {}


def _waiting(db: Session, places: Reference) -> dict[str, Any]:
    return {}
