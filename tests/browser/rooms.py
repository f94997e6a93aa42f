"""Workshops brought where the demonstration has none: an open lobby, a vote of each kind, results, an ended room."""

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from itertools import cycle
from typing import Any

from sqlmodel import Session, col, select

from app.accords import queries as accords
from app.accords.models import Priority
from app.actions.models import ActionSheet
from app.core import files
from app.core.i18n import today
from app.identity.models import Person
from app.identity.states import College
from app.places.queries import reference
from app.workshops import queries, service
from app.workshops.forms import StepForm, WorkshopForm
from app.workshops.models import Seat, Step, Workshop
from app.workshops.states import StepKind

TALK, DOTS, HANDS, LIVE = range(4)  # the places of the steps of each room
PEOPLE = 32
WHO = "habitants jeunes habitants associations habitants entreprises habitants jeunes institutions associations".split()
LONG = 240  # minutes: a vote that stays open for the whole suite
TEXT = (
    "Sept besoins disent la même chose : le soir, on ne rentre plus.\n\nDeux actions y répondent, une troisième attend."
)
ALT = "Plan du bourg : la halle est à trois minutes à pied de l’arrêt, la maison de santé à sept minutes."
TITLES = {
    "lobby": "Atelier de Garlan : la salle est ouverte",
    "talk": "Atelier de Plougasnou : on présente",
    "vote": "Atelier de Taulé : on pose ses gommettes",
    "hands": "Atelier de Locquénolé : on lève la main",
    "counted": "Atelier de Guimaëc : le vote est clos",
    "shown": "Atelier de Sainte-Sève : les résultats sont montrés",
    "finished": "Atelier de Botsorhel : la salle est close",
    "barred": "Atelier que le calendrier n’ouvre pas",
}


class Room:
    """A workshop, and the facilitator who leads it; ``said``: fields of its form other than the usual ones."""

    def __init__(self, db: Session, title: str, slug: str, by: int, **said: Any) -> None:
        self.db, self.by = db, by
        accord = accords.accord_of(db, reference(db).by_slug[slug].territory_id)
        assert accord
        usual = {"place": "Salle du bourg", "text": TEXT, "day": today(), "hour": time(18, 30), "minutes": 120}
        self.workshop: Workshop = service.create(db, accord, WorkshopForm(title=title, **usual | said), by=by)

    def write(self, *rows: dict[str, Any], picture: files.Ready | None = None) -> None:
        """Add these steps; ``picture`` is shown by the presentations."""
        for row in rows:
            form = StepForm.model_validate({"text": TEXT, "minutes": LONG} | row | {"edited": self.workshop.edited})
            shown = picture if form.kind == StepKind.PRESENTATION else None
            service.add_step(self.db, self.workshop, form, by=self.by, picture=shown, alt=ALT if shown else "")

    def announce(self) -> None:
        """Say when and where it is."""
        service.schedule(self.db, self.workshop, by=self.by)

    def step(self, place: int) -> Step:
        """A step by its place in the run sheet."""
        return queries.steps(self.db, self.workshop.id or 0)[place]

    def enter(self) -> None:
        """Open the room; people of every collège come in, of some too few to be shown apart."""
        service.open_room(self.db, self.workshop, edited=self.workshop.edited, by=self.by)
        for _person, college in zip(range(PEOPLE), cycle(WHO), strict=False):
            service.take_seat(self.db, self.workshop, College(college))

    def show(self, place: int) -> None:
        """Show a step; a vote gets the ballots of all but the last two people."""
        step = self.step(place)
        service.open_step(self.db, self.workshop, step, edited=self.workshop.edited, by=self.by)
        if step.kind == StepKind.PRESENTATION:
            return
        options = cycle(o.id or 0 for o in queries.option_rows(self.db, step.id or 0))
        for seat in self.seats[:-2]:
            marks = {next(options): 1 + step.cap // 2} if step.kind == StepKind.DOTS else {next(options): 1}
            service.cast_ballot(self.db, self.workshop, step, seat, marks)

    @property
    def seats(self) -> Sequence[Seat]:
        """Who came, in the order in which they came."""
        return self.db.exec(select(Seat).where(Seat.workshop_id == self.workshop.id).order_by(col(Seat.id))).all()

    def act(self, verb: Callable[..., None], place: int) -> None:
        """Close or reveal a step."""
        verb(self.db, self.workshop, self.step(place), edited=self.workshop.edited, by=self.by)


def _steps(db: Session, workshop: Workshop) -> list[dict[str, Any]]:
    here = ActionSheet.territory_id == workshop.territory_id
    sheets = db.exec(select(ActionSheet.id).where(here, ActionSheet.version > 0).order_by(col(ActionSheet.id)).limit(2))
    priorities = db.exec(
        select(Priority.id).where(Priority.accord_id == workshop.accord_id).order_by(col(Priority.id)).limit(1)
    )
    typed = "Une halle\nUne permanence des soins à Lanmeur et à Plouigneau, un jour sur deux"
    return [
        {"kind": "presentation", "title": "Ce que disent les besoins"},
        {"kind": "dots", "title": "Par quoi commencer ?", "reveal": "after_vote", "dots": 7, "cap": 3, "typed": typed,
         "sheets": [str(key) for key in sheets], "priorities": [str(key) for key in priorities]},
        {"kind": "hands", "title": "À quelle heure rentrer ?", "hands": "approval", "typed": "20 h\n22 h\nMinuit"},
        {"kind": "hands", "title": "Faut-il essayer un an ?", "reveal": "live", "typed": "Oui\nNon\nJe m’abstiens"},
    ]  # fmt: skip


def open_rooms(db: Session, home: str, closed: str) -> None:
    """Make every room of ``TITLES``."""
    by = db.exec(select(Person.id).where(Person.demo_persona == "facilitator")).one() or 0
    rooms = {key: Room(db, title, closed if key == "barred" else home, by) for key, title in TITLES.items()}
    for key, room in rooms.items():
        room.write(*_steps(db, room.workshop))
        room.announce()
        if key != "barred":
            room.enter()
    rooms["talk"].show(TALK)
    rooms["hands"].show(HANDS)
    for key in ("vote", "counted", "shown", "finished"):
        rooms[key].show(DOTS)
    for key in ("counted", "shown"):
        rooms[key].act(service.close_step, DOTS)
    rooms["shown"].act(service.reveal_step, DOTS)
    ended = rooms["finished"].workshop
    service.close_room(db, ended, edited=ended.edited, by=by)


def facts_of_rooms(db: Session, home_id: int, titles: Mapping[str, str]) -> dict[str, Any]:
    """For each room, of these titles and of the demonstration: its number, its code, the key of its screen."""
    found = {key: db.exec(select(Workshop).where(Workshop.title == title)).one() for key, title in titles.items()}
    for status in ("draft", "scheduled", "running", "published"):
        made_here = col(Workshop.title).in_(titles.values())
        where = (Workshop.territory_id == home_id, Workshop.status == status, ~made_here)
        room = db.exec(select(Workshop).where(*where).order_by(col(Workshop.id)).limit(1)).first()
        assert room, f"the demonstration has no workshop {status}"
        found[status] = room
    facts: dict[str, Any] = {}
    for key, room in found.items():
        facts |= {f"{key}_room": room.id, f"{key}_code": room.code, f"{key}_key": room.screen_key}
    return facts | {"draft_vote": queries.steps(db, found["draft"].id or 0)[DOTS].id}
