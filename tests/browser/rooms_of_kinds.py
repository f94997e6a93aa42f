"""A room for each kind of step and each moment of it, for paper, for who leads and for who comes."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from itertools import cycle
from typing import Any

from PIL import Image, ImageDraw
from sqlmodel import Session, select

from app.core import files
from app.core.i18n import today
from app.identity.models import Person
from app.identity.states import College
from app.threads.states import RefusalReason
from app.workshops import queries, service
from app.workshops.forms import OutcomeForm, TablesForm
from app.workshops.forms.cards import CardForm
from app.workshops.models import Cluster, Registration, Series, Step, Table, Workshop
from app.workshops.service import cards, clusters, crew, paper, report, tables
from app.workshops.states import Attendance, Screen
from tests.browser.rooms import Room

TITLES = {
    "cards": "Atelier de Saint-Thégonnec : on écrit des cartes",
    "grouping": "Atelier de Henvic : on range les cartes",
    "judging": "Atelier de Plourin : on juge chaque action",
    "judged": "Atelier de Lannéanou : le jugement est clos",
    "ranked": "Atelier de Saint-Jean : le jugement est montré",
    "agreeing": "Atelier de Plouézoc’h : on dit son accord",
    "agreed": "Atelier de Plouégat : l’accord est montré",
    "asking": "Atelier de Loc-Éguiner : oui ou non",
    "answered": "Atelier du Cloître : la réponse est montrée",
    "pausing": "Atelier de Lanmeur : la pause",
    "talking": "Atelier de Guerlesquin : la discussion",
    "picturing": "Atelier de Carantec : une image à l’écran",
    "dark": "Atelier de Plouigneau : l’écran est noir",
    "frozen": "Atelier de Pleyber : l’écran est figé",
    "watched": "Atelier de Sainte-Sève : conduit par quelqu’un d’autre",
    "offered": "Atelier de Garlan : la conduite est proposée",
    "coming": "Atelier de Taulé : on s’inscrit",
    "concluding": "Atelier de Botsorhel : le compte rendu s’écrit",
}
WRITTEN = (
    "Le dernier bus part à 18 h 10. Après, je demande à mes voisins.",
    "Je finis à 21 h à l’usine : personne ne rentre dans ma direction.",
    "Le dimanche il n’y a rien du tout. On reste chez soi.",
    "L’abri devant le collège est ouvert à la pluie.",
    "Un car qui attend le train, même s’il a du retard.",
    "On ne sait jamais à quelle heure il passe vraiment.",
    "Ma mère a arrêté la danse du mardi soir.",
    "Pourquoi pas un minibus que l’on réserve la veille ?",
    "Il faudrait le dire aussi en breton sur les panneaux.",
    "Cette carte donne le nom d’une voisine et son adresse.",
)
GROUPS = ("Le soir, on ne rentre plus", "Attendre sans savoir")
JUDGED = "Une navette le soir vers Guerlesquin\nUn car qui attend le train\nUn minibus à la demande, réservé la veille\nRien de plus"
OBJECTIONS = (
    "Rien n’est dit de l’entretien après la première année, ni de qui le paie.",
    "Le car de 22 h ne servira pas à celles et ceux qui finissent à 21 h.",
    "",
)
LINK = "https://visio.emglev.example/atelier"
HEARD: dict[str, dict[str, Any]] = {
    "cards": {"kind": "cards", "title": "Qu’est-ce qui vous empêche de sortir le soir ?", "cards": 3, "approve": True,
              "signed": "college"},
    "judgment": {"kind": "judgment", "title": "Que vaut chacune de ces idées ?", "typed": JUDGED},
    "agreement": {"kind": "agreement", "title": "Porter ce texte au comité ?", "limit_percent": 15,
                  "typed": "Une navette chaque soir jusqu’à 22 h, essayée pendant un an"},
    "yes_no": {"kind": "hands", "hands": "yes_no", "title": "Faut-il l’essayer un an ?",
               "typed": "L’essai de la navette du soir"},
    "pause": {"kind": "pause", "title": "Pause", "text": "Le café est au fond de la salle."},
    "discussion": {"kind": "discussion", "title": "Ce qui ferait renoncer"},
    "presentation": {"kind": "presentation", "title": "Trois minutes à pied",
                     "text": "La halle est plus près qu’on ne croit."},
}  # fmt: skip
MARKS: dict[str, Callable[[int, list[int]], dict[int, int]]] = {
    "judgment": lambda n, ids: {o: 1 + (n * 2 + place * 3) % 7 for place, o in enumerate(ids) if (n + place) % 9},
    "agreement": lambda n, ids: {ids[0]: 1 if n % 5 == 4 else 6 - n % 4},
    "yes_no": lambda n, ids: {ids[0]: (3, 3, 2, 3, 1)[n % 5]},
}


def _plan() -> files.Ready:
    """A drawing to project: a few streets and two places."""
    image = Image.new("RGB", (1600, 900), "#f4efe4")
    draw = ImageDraw.Draw(image)
    for x in range(160, 1600, 240):
        draw.line([(x, 60), (x - 80, 840)], fill="#9aa5a0", width=14)
    for place, colour in (((420, 300), "#2c6e49"), ((1040, 560), "#a03020")):
        draw.ellipse([place, (place[0] + 150, place[1] + 150)], fill=colour)
    written = BytesIO()
    image.save(written, "PNG")
    return files.check("plan.png", written.getvalue())


class _Rooms:
    """Makes them, each in a few words."""

    def __init__(self, db: Session, home: str) -> None:
        self.db, self.home = db, home
        self.lead, self.relay = (_person(db, persona) for persona in ("facilitator", "relay"))

    def make(self, key: str, *kinds: str, by: int = 0, **said: Any) -> Room:
        """An announced room whose steps are of these kinds."""
        room = Room(self.db, TITLES[key], self.home, by or self.lead, **said)
        room.write(*[HEARD[kind] for kind in kinds], picture=_plan() if "presentation" in kinds else None)
        room.announce()
        return room

    def opened(self, key: str, kind: str, *, by: int = 0, **said: Any) -> Room:
        """The same, its first step shown; people have voted if it is a vote, else a vote comes after."""
        room = self.make(key, *dict.fromkeys((kind, kind if kind in MARKS else "yes_no")), by=by, **said)
        room.enter()
        begin(room, 0)
        if kind in MARKS:
            self.vote(room, kind)
        return room

    def vote(self, room: Room, kind: str) -> None:
        """Everybody but two sends a ballot; who objects says why."""
        ids = [option.id or 0 for option in queries.option_rows(self.db, room.step(0).id or 0)]
        words = cycle(OBJECTIONS)
        for n, seat in enumerate(room.seats[:-2]):
            marks = MARKS[kind](n, ids)
            objects = kind == "agreement" and marks[ids[0]] <= 3
            service.cast_ballot(self.db, room.workshop, room.step(0), seat, marks, next(words) if objects else "")

    def revealed(self, key: str, kind: str) -> Room:
        """The same, closed, its result shown."""
        room = self.opened(key, kind)
        room.act(service.close_step, 0)
        room.act(service.reveal_step, 0)
        return room

    def write_cards(self, room: Room) -> None:
        """Cards of several collèges: shown and grouped, waiting, refused."""
        step, seats = room.step(0), room.seats
        made = [
            cards.write(self.db, room.workshop, step, seats[n % len(seats)], CardForm(step=step.id or 0, text=text)).id or 0
            for n, text in enumerate(WRITTEN)
        ]  # fmt: skip
        cards.approve(self.db, room.workshop, step, made[:7], by=self.lead)
        cards.refuse(self.db, room.workshop, step, made[-1:], RefusalReason.PRIVATE_DATA, by=self.lead)
        for title, group in zip(GROUPS, (made[:3], made[3:6]), strict=True):
            cluster = clusters.make(self.db, room.workshop, step, title, by=self.lead)
            clusters.move(self.db, room.workshop, step, dict.fromkeys(group, 0), cluster)


def _person(db: Session, persona: str) -> int:
    return db.exec(select(Person.id).where(Person.demo_persona == persona)).one() or 0


def begin(room: Room, place: int) -> None:
    """Show a step, without anybody's answer."""
    service.open_step(room.db, room.workshop, room.step(place), edited=room.workshop.edited, by=room.by)
    room.db.flush()  # as the end of a request does: the next act reads the room again


def open_rooms_of_kinds(db: Session, home: str) -> None:
    """Make every room of ``TITLES``."""
    rooms = _Rooms(db, home)
    _collecting(rooms)
    _voting(rooms)
    _watching(rooms)
    _leading(rooms)
    rooms.make(
        "coming", "agreement", "pause", day=today() + timedelta(days=30), registration=True, capacity=30, mode="both",
        link=LINK, access="De plain-pied. Boucle magnétique à l’accueil.",
    )  # fmt: skip


def _collecting(rooms: _Rooms) -> None:
    room = rooms.make("cards", "cards")
    room.enter()
    tables.set_tables(rooms.db, room.workshop, TablesForm(tables=2, labels=["Près de la porte", ""]))
    begin(room, 0)
    rooms.write_cards(room)
    room = Room(rooms.db, TITLES["grouping"], rooms.home, rooms.lead)
    room.write(HEARD["cards"])
    room.write({"kind": "grouping", "title": "Ranger les cartes ensemble", "source": room.step(0).id})
    room.announce()
    room.enter()
    begin(room, 0)
    rooms.write_cards(room)
    room.act(service.close_step, 0)
    begin(room, 1)


def _voting(rooms: _Rooms) -> None:
    judging = rooms.opened("judging", "judgment")
    _type_paper(rooms, judging)
    rooms.opened("judged", "judgment").act(service.close_step, 0)
    rooms.revealed("ranked", "judgment")
    rooms.opened("agreeing", "agreement")
    rooms.revealed("agreed", "agreement")
    rooms.opened("asking", "yes_no")
    rooms.revealed("answered", "yes_no")


def _type_paper(rooms: _Rooms, room: Room) -> None:
    """P-0001 typed by the facilitator, P-0002 to be read by her, P-0003 read in two ways, P-0004 counted."""
    step, db = room.step(0), rooms.db
    service.count_heads(db, room.workshop, {College.RESIDENTS.value: 6}, by=rooms.lead)
    crew.add_scribe(db, room.workshop, None, by=rooms.relay)
    paper.print_ballots(db, room.workshop, step, 8, by=rooms.lead)
    ids = [option.id or 0 for option in queries.option_rows(db, step.id or 0)]
    reading = paper.Reading(College.RESIDENTS.value, dict.fromkeys(ids, 5))
    other = paper.Reading(College.RESIDENTS.value, dict.fromkeys(ids, 5) | {ids[1]: 6})
    read = [(1, reading, rooms.lead), (2, reading, rooms.relay), (3, reading, rooms.relay), (3, other, rooms.lead),
            (4, reading, rooms.relay), (4, reading, rooms.lead)]  # fmt: skip
    for number, said, by in read:
        paper.enter(db, room.workshop, step, number, said, by=by)


def _watching(rooms: _Rooms) -> None:
    rooms.opened("pausing", "pause")
    rooms.opened("talking", "discussion")
    rooms.opened("picturing", "presentation", mode="both", link=LINK)
    for key, screen in (("dark", Screen.BLANK), ("frozen", Screen.FROZEN)):
        room = rooms.opened(key, "discussion")
        service.set_screen(rooms.db, room.workshop, screen=screen, edited=room.workshop.edited, by=rooms.lead)


def _leading(rooms: _Rooms) -> None:
    rooms.opened("watched", "agreement", by=rooms.relay)
    offered = rooms.opened("offered", "discussion", by=rooms.relay).workshop
    crew.add_helper(rooms.db, offered, rooms.lead, by=rooms.relay)
    crew.offer_lead(rooms.db, offered, rooms.lead, by=rooms.relay)
    ended = rooms.opened("concluding", "agreement").workshop
    service.close_room(rooms.db, ended, edited=ended.edited, by=rooms.lead)
    for text, holder, unresolved in (
        ("Essayer la navette du soir dès la rentrée", "Morlaix Communauté", False),
        ("Compter les personnes montées, et le dire chaque mois", "Les Transports du Trégor", False),
        ("Qui paie après la première année", "", True),
    ):
        report.add_outcome(rooms.db, ended, OutcomeForm(text=text, holder=holder, unresolved=unresolved))


def facts_of_kinds(db: Session) -> dict[str, Any]:
    """Steps, tables, codes and reports that the paths of states name; rooms are in ``facts_of_rooms``."""
    known = {key: _of(db, Workshop.title == title) for key, title in TITLES.items()}
    seeded = {code: _of(db, Workshop.code == code) for code in ("ANMU63", "PUY769", "RVRE64", "CRTN47")}
    table = db.exec(select(Table).where(Table.workshop_id == known["cards"].id)).first()
    cluster = db.exec(select(Cluster).join(Step).where(Step.workshop_id == known["grouping"].id)).first()
    waiting = db.exec(select(Registration.token).where(Registration.status == Attendance.WAITING.value)).first()
    series = db.exec(select(Series)).one()
    assert table and cluster and waiting
    return {
        "judging_step": queries.steps(db, known["judging"].id or 0)[0].id, "table_key": table.key,
        "judging_crew": known["judging"].crew_key, "cluster": f"groupe-{cluster.id}", "waiting_token": waiting,
        "series": f"{series.id}-{series.slug}", "carded_room": seeded["ANMU63"].id,
        "graded_room": seeded["PUY769"].id, "awaited_room": seeded["RVRE64"].id, "tabled_room": seeded["CRTN47"].id,
    }  # fmt: skip


def _of(db: Session, where: Any) -> Workshop:
    return db.exec(select(Workshop).where(where)).one()
