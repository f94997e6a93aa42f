"""A hall where people meet: a room with steps of every kind, those who lead it, phones, and a projected page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlmodel import Session, col, select

from app.accords import queries as accords
from app.accords.models import Priority
from app.actions.models import ActionSheet
from app.core.i18n import today
from app.identity.models import Person, Role
from app.places.queries import reference
from app.workshops import queries, service
from app.workshops.forms import StepForm, WorkshopForm
from app.workshops.models import Ballot, Option, Seat, Step, Workshop
from tests.browser.facts import reading, writing
from tests.browser.visitor import HOME, Crowd, Visitor

PHONE: Any = {"width": 390, "height": 844}
WALL: Any = {"width": 1920, "height": 1080}
STREAM = re.compile("/direct/ateliers/")  # what a console and a wall listen to, once they are drawn
COLLEGES = ("Habitantes", "Habitantes", "Jeunes")  # of the three phones
DOTS: dict[str, Any] = {
    "kind": "dots", "title": "Par quoi commencer ?", "minutes": 8, "dots": 5, "cap": 3,
    "typed": "Un car le soir\nUne maison de santé\nUne halle\nUn chemin",
}  # fmt: skip
YES_NO: dict[str, Any] = {
    "kind": "hands", "hands": "yes_no", "title": "On essaie un an ?", "minutes": 5, "typed": "Essayer un an",
}  # fmt: skip
TALK: dict[str, Any] = {"kind": "presentation", "title": "Ce que disent les besoins", "minutes": 5, "text": "Sept."}


@dataclass(frozen=True)
class Hall:
    """A room of the demonstration's facilitator, and where its pages are."""

    url: str  # of the database
    room: int
    code: str
    key: str

    @property
    def console(self) -> str:
        """Where the room is led."""
        return f"/ateliers/{self.room}/regie"

    @property
    def screen(self) -> str:
        """What is projected."""
        return f"/ateliers/{self.room}/ecran/{self.key}"

    @property
    def phone(self) -> str:
        """Where a phone comes in."""
        return f"/a/{self.code}"

    def workshop(self) -> Workshop:
        """The room as it is now."""
        with reading(self.url) as db:
            found = queries.one(db, self.room)
            assert found
            return found

    def steps(self) -> list[Step]:
        """The run sheet as it is now."""
        with reading(self.url) as db:
            return list(queries.steps(db, self.room))

    def step(self) -> Step:
        """What the room looks at."""
        at = self.workshop().step_id
        return next(step for step in self.steps() if step.id == at)

    def ballots(self, step: Step | None = None) -> list[Ballot]:
        """Every ballot of a step, by default of the one that the room looks at."""
        key = (step or self.step()).id
        with reading(self.url) as db:
            return list(db.exec(select(Ballot).where(Ballot.step_id == key).order_by(col(Ballot.id))))

    def options(self, step: Step) -> list[Option]:
        """What a step puts to the vote."""
        with reading(self.url) as db:
            return list(queries.option_rows(db, step.id or 0))

    def seats(self) -> list[Seat]:
        """Every place taken, the first first."""
        with reading(self.url) as db:
            return list(db.exec(select(Seat).where(Seat.workshop_id == self.room).order_by(col(Seat.id))))

    def act(self, verb: Any, *of: Step, **more: Any) -> None:
        """Act without a page, where what the console does is not under test."""
        with writing(self.url) as db:
            held = queries.one(db, self.room)
            assert held
            rows = [db.get_one(Step, step.id) for step in of]
            verb(db, held, *rows, edited=held.edited, by=held.lead_id, **more)


def build(url: str, rows: Sequence[Mapping[str, Any]], *, title: str = "Atelier de Garlan, salle du bourg") -> Hall:
    """A workshop of today with these steps, announced; « recueil » as a source is the last recueil before."""
    with writing(url) as db:
        by = db.exec(select(Person.id).where(Person.demo_persona == "facilitator")).one() or 0
        accord = accords.accord_of(db, reference(db).by_slug[HOME].territory_id)
        assert accord
        form = WorkshopForm(title=title, place="Salle du bourg", day=today(), hour=time(18, 30), minutes=120)
        made = service.create(db, accord, form, by=by)
        recueil = None
        for row in rows:
            asked = dict(row) | {"edited": made.edited} | ({"source": recueil} if row.get("source") else {})
            service.add_step(db, made, StepForm.model_validate(asked), by=by)
            last = queries.steps(db, made.id or 0)[-1]
            recueil = last.id if last.kind == "cards" else recueil
        service.schedule(db, made, by=by)
        return Hall(url, made.id or 0, made.code, made.screen_key)


def found(url: str, title: str) -> Hall:
    """A room that was prepared through the pages."""
    with reading(url) as db:
        made = db.exec(select(Workshop).where(Workshop.title == title)).one()
        return Hall(url, made.id or 0, made.code, made.screen_key)


def subjects(url: str) -> tuple[str, str]:
    """A priorité and a fiche that a vote may be about, as its form writes them."""
    with reading(url) as db:
        home = reference(db).by_slug[HOME].territory_id
        accord = accords.accord_of(db, home)
        assert accord
        priority = db.exec(
            select(Priority.id).where(Priority.accord_id == accord.id).order_by(col(Priority.id))
        ).first()
        here = (ActionSheet.territory_id == home, ActionSheet.version > 0)
        sheet = db.exec(select(ActionSheet.id).where(*here).order_by(col(ActionSheet.id))).first()
        return f"priorite-{priority}", f"fiche-{sheet}"


def second_facilitator(url: str, persona: str = "elected") -> str:
    """Somebody else facilitates on the same territory, and leads nothing yet; which demonstration person."""
    with writing(url) as db:
        held = _role(db, "facilitator")
        other = db.exec(select(Person.id).where(Person.demo_persona == persona)).one() or 0
        db.add(
            Role(person_id=other, kind=held.kind, territory_id=held.territory_id, starts_on=held.starts_on)
        )  # fmt: skip
    return persona


def _role(db: Session, kind: str) -> Role:
    amina = select(Person.id).where(Person.demo_persona == "facilitator")
    return db.exec(select(Role).where(col(Role.person_id).in_(amina), Role.kind == kind)).one()


def lead(people: Crowd, hall: Hall) -> Visitor:
    """The facilitator at the console, its room open."""
    amina = people.signed_in("facilitator")
    amina.go(hall.console)
    with amina.page.expect_response(STREAM):
        amina.press("Ouvrir la salle")
    return amina


def project(people: Crowd, hall: Hall) -> Page:
    """The page on the wall."""
    wall = people.visitor(viewport=WALL)
    with wall.page.expect_response(STREAM):
        wall.go(hall.screen)
    return wall.page


def come(people: Crowd, hall: Hall, *colleges: str) -> list[Visitor]:
    """Phones, one a person of these collèges, each with its seat."""
    phones = [people.visitor(viewport=PHONE) for _college in colleges]
    for phone, college in zip(phones, colleges, strict=True):
        phone.go(hall.phone).get_by_role("radio", name=college).check()
        phone.press("Entrer dans la salle")
    return phones


def begin(console: Visitor, title: str) -> None:
    """Open the next step, by the one button that does; the console listens before anything else happens."""
    button = console.page.get_by_role("button", name=re.compile(rf"^(Commencer|Suite) : {re.escape(title)}"))
    with console.page.expect_response(STREAM):
        console.follow(button)


def option(page: Page, title: str) -> Locator:
    """One choice of the ballot on a phone."""
    return page.locator(".vote", has_text=title)


def place(page: Page, title: str, dots: int = 1) -> None:
    """Put gommettes on a choice."""
    for _dot in range(dots):
        option(page, title).get_by_role("button", name="Poser une gommette").click()


def placed(page: Page, title: str) -> Locator:
    """What the ballot says of a choice, for those who listen."""
    return option(page, title).locator(".vote__tray [data-placed]")


def mention(page: Page, title: str, word: str) -> None:
    """Give a mention to a choice, or a degree to a text."""
    option(page, title).get_by_role("radio", name=word, exact=True).check()


def send(page: Page) -> None:
    """Check the summary, and send."""
    page.get_by_role("button", name="Vérifier et valider").click()
    page.get_by_role("dialog").get_by_role("button", name="Envoyer mon vote").click()


def recorded(page: Page) -> None:
    """« Enregistré » comes only from the server."""
    expect(page.locator("[data-sent=recorded]")).to_be_visible()
    expect(page.locator("[data-sent=pending]")).to_be_hidden()
