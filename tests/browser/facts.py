"""Where things stand in the demonstration: what the paths of states and journeys name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlmodel import Session, col, select, update

from app.accords import queries as accords
from app.accords.models import Challenge, Phase, Priority
from app.accords.states import Stage
from app.actions.models import ActionSheet, SheetNeed
from app.actions.states import Sheet
from app.board.models import PriorityTally
from app.core.db import Database
from app.core.i18n import today
from app.core.security import spaced
from app.needs import service
from app.needs.models import Need
from app.places.models import Territory
from app.places.queries import reference
from app.seed.needs import DEMO_CODE_KEY
from app.threads.models import Comment
from app.workshops.models import Workshop
from tests.browser.people import bring_people, facts_of_people
from tests.browser.readings import bring_readings, facts_of_readings
from tests.browser.rooms import TITLES, facts_of_rooms, open_rooms
from tests.browser.rooms_of_kinds import TITLES as TITLES_OF_KINDS
from tests.browser.rooms_of_kinds import facts_of_kinds, open_rooms_of_kinds
from tests.browser.visitor import HOME

Facts = dict[str, Any]


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


def prepare(url: str) -> None:
    """What the demonstration lacks: rooms at every moment of a workshop, a calendar that opens nothing, people, texts to read."""
    with writing(url) as db:
        locked = _closed(db)[-1]
        _close_calendar(db, locked)
        open_rooms(db, HOME, locked.slug)
        open_rooms_of_kinds(db, HOME)
        bring_people(db)
        bring_readings(db)


def _close_calendar(db: Session, territory: Territory) -> None:
    accord = accords.accord_of(db, territory.territory_id)
    assert accord
    for phase in accord.phases:
        phase.opens = []
        db.add(phase)


def spoil(url: str) -> None:
    """Write something that the code cannot know, so that the list of needs breaks."""
    with writing(url) as db:
        db.execute(update(Need).values(outcome="impossible"))


def _closed(db: Session) -> list[Territory]:
    by_territory = accords.accords(db)
    return [t for t in reference(db).territories if "need.say" not in by_territory[t.territory_id].open_verbs]


def gather(url: str) -> Facts:
    """Everything that a path may name, on a fresh demonstration."""
    with reading(url) as db:
        read = facts_of_readings(db)
        return (
            _places(db) | _needs(db) | _board(db) | _sheets(db) | facts_of_people(db) | facts_of_kinds(db) | read
            | facts_of_rooms(db, _home_id(db), TITLES | TITLES_OF_KINDS)
            | {"grouped_code": tracking_code(read["grouped"])}
        )  # fmt: skip


def tracking_code(rank: int) -> str:
    """The tracking code of a need of the demonstration, by its rank in the content."""
    return spaced(service.tracking_code(DEMO_CODE_KEY.format(n=rank)))


def _first(db: Session, column: Any, *where: Any) -> Any:
    found = db.exec(select(column).where(*where).order_by(column).limit(1)).first()
    assert found is not None, f"the demonstration has no {column} where {[str(part) for part in where]}"
    return found


def _places(db: Session) -> Facts:
    places = reference(db)
    by_territory = accords.accords(db)
    home = by_territory[places.by_slug[HOME].territory_id]
    closed = _closed(db)
    waits = select(Need.territory_id).where(Need.status == "pending")
    comments_only = _first(
        db, Comment.territory_id, Comment.status == "pending", col(Comment.territory_id).not_in(waits)
    )
    heard = set(db.exec(select(Need.commune_insee).where(Need.status == "published")))
    return {
        "home": HOME, "departement": places.departement.slug, "closed": closed[0].slug,
        "locked": closed[-1].slug, "quiet": places.by_id[comments_only].slug,
        "silent": next(c.insee for c in places.communes_of(home.territory_id) if c.insee not in heard),
        "phase": _first(db, Phase.id, Phase.accord_id == home.id),
    }  # fmt: skip


def _needs(db: Session) -> Facts:
    home = Need.territory_id == reference(db).by_slug[HOME].territory_id
    public, open_question = Need.status == "published", col(Need.outcome).is_(None)
    no_support = [t for t, accord in accords.accords(db).items() if "need.support" not in accord.open_verbs]
    refused = _first(db, Need.id, home, Need.status == "refused", col(Need.author_id).is_not(None))
    awaiting = _first(db, Need.id, Need.status == "awaiting_email")
    answered = _first(db, Need.id, home, Need.outcome == "retained")
    return {
        "waiting": _first(db, Need.id, home, public, open_question, col(Need.priority_id).is_(None)),
        "attached": _first(db, Need.id, home, public, open_question, col(Need.priority_id).is_not(None)),
        "answered": answered, "answer_code": tracking_code(answered),
        "refused": refused, "refused_code": tracking_code(refused), "awaiting_code": tracking_code(awaiting),
        "pending": _first(db, Need.id, home, Need.status == "pending"),
        "not_retained": _first(db, Need.id, Need.outcome == "not_retained"),
        "redirected": _first(db, Need.id, Need.outcome == "redirected"),
        "unsupportable": _first(db, Need.id, public, col(Need.territory_id).in_(no_support)),
        "late": _first(db, Need.id, public, open_question, col(Need.answer_due_on) < today()),
        "locked_need": _first(db, Need.id, public, Need.territory_id == _closed(db)[-1].territory_id),
        "comment": _first(db, Comment.id, Comment.status == "pending", Comment.territory_id == _home_id(db)),
    }  # fmt: skip


def _home_id(db: Session) -> int:
    return reference(db).by_slug[HOME].territory_id


def _board(db: Session) -> Facts:
    home = Priority.territory_id == _home_id(db)
    supported = select(PriorityTally.priority_id).where(col(PriorityTally.voices) > 0)
    return {
        "priority": _first(db, Priority.id, home, col(Priority.id).in_(supported)),
        "bare_priority": _first(db, Priority.id, home, col(Priority.id).not_in(supported)),
        "withdrawn": _first(db, Priority.id, Priority.status == Stage.WITHDRAWN.value),
        "challenge": _first(db, Challenge.id, Challenge.territory_id == _home_id(db)),
    }


def _sheets(db: Session) -> Facts:
    home, published = ActionSheet.territory_id == _home_id(db), ActionSheet.version > 0
    closed = [t for t, accord in accords.accords(db).items() if "sheet.position" not in accord.open_verbs]

    def at(status: Sheet, *where: Any) -> Any:
        return _first(db, ActionSheet.reference, ActionSheet.status == status.value, *where)

    debated = at(Sheet.IN_WORKSHOP, home, ActionSheet.version > 1)
    reviewed = select(ActionSheet.thread_id)
    told = set(db.exec(select(ActionSheet.territory_id))) | set(db.exec(select(Workshop.territory_id)))
    silent = next(t for t in reference(db).territories if t.territory_id not in told)
    served = select(SheetNeed.need_id).join(ActionSheet).where(ActionSheet.reference == debated)
    return {
        "sheet": debated, "candidate": at(Sheet.CANDIDATE, home), "project": at(Sheet.PROJECT, home, published),
        "undebated": at(Sheet.PROPOSED, col(ActionSheet.territory_id).in_(closed)),
        "left": at(Sheet.REDIRECTED, home), "voted": at(Sheet.VOTED), "idea": at(Sheet.IDEA, home, ~published),
        "served": _first(db, Need.id, col(Need.id).in_(served)), "silent_territory": silent.slug,
        "sheet_comment": _first(
            db, Comment.id, Comment.status == "pending", Comment.territory_id == _home_id(db),
            col(Comment.thread_id).in_(reviewed),
        ),
    }  # fmt: skip
