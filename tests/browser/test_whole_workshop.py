"""A whole workshop of every kind of step: one console, one projected page and three phones, from the door to the report."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from app.workshops.counting import recount
from app.workshops.counting.grades import Graded
from app.workshops.counting.points import Line, Result
from tests.browser import hall
from tests.browser.hall import COLLEGES, Hall, begin, come, mention, place, project, recorded, send
from tests.browser.visitor import Crowd, Visitor

TALK, NEEDS, SORT, FIRST = (
    "Ce que disent les besoins",
    "Qu’est-ce qui vous manque ?",
    "On range les cartes",
    "Par quoi commencer ?",
)
JUDGE, AGREE, TRY = "Que pensez-vous de ces pistes ?", "Le car du soir, tel qu’il est écrit", "On en fait la priorité ?"
BREAK, SPEAK = "On souffle", "Ce que l’on retient"
RIDE, CARE = "Rentrer le soir", "Se soigner"
CARDS = ("Un car après 20 h", "Un médecin le samedi", "Un arrêt devant le lycée")
PATHS = ("Une ligne à la demande", "Une navette fixe", "Rien de plus")
OBJECTION = "Le car passe trop loin des fermes."
CONCLUSION = "La salle demande d’abord un car du soir ; le prix reste à discuter."
DECISION = "Écrire à la Région pour un car après 20 h"


def _rows(url: str) -> list[dict[str, object]]:
    priority, sheet = hall.subjects(url)
    return [
        {"kind": "presentation", "title": TALK, "minutes": 5, "text": "Sept besoins disent la même chose."},
        {"kind": "cards", "title": NEEDS, "minutes": 10, "cards": 3, "approve": True},
        {"kind": "grouping", "title": SORT, "minutes": 5, "source": True},
        {"kind": "dots", "title": FIRST, "minutes": 8, "dots": 3, "cap": 2, "source": True},
        {"kind": "pause", "title": BREAK, "minutes": 10},
        {"kind": "judgment", "title": JUDGE, "minutes": 8, "typed": "\n".join(PATHS)},
        {"kind": "agreement", "title": AGREE, "minutes": 8, "limit_percent": 30, "subject": sheet},
        {"kind": "hands", "hands": "yes_no", "title": TRY, "minutes": 5, "subject": priority},
        {"kind": "discussion", "title": SPEAK, "minutes": 10, "text": "Qui fait quoi ?"},
    ]  # fmt: skip


class _Room:
    """Everyone of one workshop."""

    def __init__(self, people: Crowd, held: Hall) -> None:
        self.hall = held
        self.amina = hall.lead(people, held)
        self.console = self.amina.page
        self.screen = project(people, held)
        self.phones = [visitor.page for visitor in come(people, held, *COLLEGES)]

    def everywhere(self, words: str) -> None:
        """The projected page and every phone say so."""
        expect(self.screen.locator("#screen_main")).to_contain_text(words)
        for page in self.phones:
            expect(page.locator("#room_main")).to_contain_text(words)

    def begin(self, title: str) -> None:
        begin(self.amina, title)
        self.everywhere(title)

    def finish_vote(self) -> None:
        """Three ballots: counted for everybody, closed, previewed for the console alone, then shown."""
        expect(self.console.locator("#console_counts")).to_contain_text(re.compile(r"3 votes reçus\s+sur 3 personnes"))
        expect(self.screen.locator("[data-screen-count]")).to_contain_text(re.compile(r"3\s+sur 3 ont répondu"))
        self.amina.press("Clore le vote")
        expect(self.console.get_by_role("heading", name="Aperçu, pour vous")).to_be_visible()
        expect(self.screen.locator("#screen_main")).to_contain_text("Le vote est clos")
        expect(self.screen.locator(".screen-bar")).to_have_count(0)
        for page in self.phones:
            expect(page.locator("#room_main")).to_contain_text("Vote clos")
            expect(page.locator(".room-bars")).to_have_count(0)
        self.amina.press("Révéler les résultats")
        for page in self.phones:
            expect(page.locator(".room-bars")).to_be_visible()


@pytest.fixture
def room(people: Crowd) -> _Room:
    """Everyone is there, the room is open."""
    url = people.server.database_url
    held = _Room(people, hall.build(url, _rows(url)))
    expect(held.screen.locator("[data-screen-count]")).to_contain_text("3 personnes dans la salle")
    expect(held.console.locator("#en-cours")).to_have_text("3 personnes dans la salle")
    return held


def _figures(page: Page, row: str, figure: str) -> dict[str, str]:
    """What each bar says, by its title."""
    bars = page.locator(row)
    expect(bars.first).to_be_visible()
    title = bars.locator(".screen-bar__title, .room-bars__title").all_inner_texts()
    return dict(zip(map(_plain, title), map(_plain, bars.locator(figure).all_inner_texts()), strict=True))


def _plain(words: str) -> str:
    return " ".join(words.split())


def _number(words: str) -> int:
    found = re.match(r"\d+", words)
    assert found, words
    return int(found[0])


def _same_figures(room: _Room, wanted: dict[str, int]) -> None:
    """The wall and the phones show the same, which is right."""
    walls = _figures(room.screen, ".screen-bar", ".screen-bar__figure b")
    assert {title: int(words) for title, words in walls.items()} == wanted
    for page in room.phones:
        shown = _figures(page, ".room-bars__line", ".room-bars__figure b")
        assert {re.sub(" ex æquo$", "", title): int(words) for title, words in shown.items()} == wanted


def _collect(room: _Room) -> None:
    """Each phone writes a card; one is shown from the console, the others from the page of cards."""
    room.begin(NEEDS)
    for page, words in zip(room.phones, CARDS, strict=True):
        page.get_by_label("Votre carte").fill(words)
        page.get_by_role("button", name="Envoyer cette carte").click()
        expect(page.locator("#my_cards")).to_contain_text(words)
    expect(room.console.get_by_role("heading", name="3 cartes à lire")).to_be_visible()
    expect(room.screen.locator(".screen-card")).to_have_count(0)
    room.amina.follow(room.console.get_by_role("button", name=f"Afficher : {CARDS[0]}"))
    expect(room.screen.locator(".screen-card")).to_have_text(CARDS[0])
    room.amina.go(room.hall.console)
    room.amina.click("Lire et regrouper les cartes")
    for number in (2, 1):
        queue = room.console.locator("#cards_queue")
        expect(queue).to_contain_text(re.compile(rf"{number} cartes? à lire"))
        queue.get_by_role("button", name="Afficher :").first.click()
    expect(room.screen.locator(".screen-card")).to_have_count(3)
    room.amina.go(room.hall.console)
    room.amina.press("Clore le recueil")


def _sort(room: _Room) -> None:
    """Two groups, which everybody sees come."""
    room.begin(SORT)
    room.amina.click("Lire et regrouper les cartes")
    groups = room.console.locator("#cards_groups")
    for title, words in ((RIDE, (CARDS[0], CARDS[2])), (CARE, (CARDS[1],))):
        for card in words:
            groups.get_by_role("checkbox", name=card).check()
        groups.get_by_label("Mettre les cartes cochées dans un nouveau groupe").fill(title)
        groups.get_by_role("button", name="Créer et y mettre").click()
        expect(groups.get_by_role("region", name=title)).to_contain_text(words[-1])
        expect(room.screen.locator(".screen-cluster", has_text=title)).to_contain_text(words[-1])
    room.amina.go(room.hall.console)


def _dots(room: _Room) -> None:
    room.begin(FIRST)
    for page, (ride, care) in zip(room.phones, ((2, 1), (1, 1), (0, 2)), strict=True):
        place(page, RIDE, ride)
        place(page, CARE, care)
        send(page)
        recorded(page)
    room.finish_vote()
    _same_figures(room, {CARE: 4, RIDE: 3})


def _judge(room: _Room) -> None:
    room.begin(JUDGE)
    given = (
        ("Excellent", "Bien", "À rejeter"),
        ("Très bien", "Passable", "À rejeter"),
        ("Bien", "Bien", "Sans mention"),
    )
    for page, words in zip(room.phones, given, strict=True):
        for title, word in zip(PATHS, words, strict=True):
            mention(page, title, word)
        send(page)
        recorded(page)
    room.finish_vote()
    wanted = dict(zip(PATHS, ("Très bien", "Bien", "À rejeter"), strict=True))
    walls = {
        k: v.split(" Excellent")[0]
        for k, v in _figures(room.screen, ".screen-bar--judged", ".screen-bar__mention").items()
    }
    assert walls == wanted
    for page in room.phones:
        shown = _figures(page, ".room-bars__line", ".room-bars__mention")
        assert [(next(t for t in PATHS if title.startswith(t)), word) for title, word in shown.items()] == list(
            wanted.items()
        )


def _agree(room: _Room) -> None:
    """One accepts, one has a reserve, one opposes and says why: a third is over the rule that was set."""
    room.begin(AGREE)
    for page, word in zip(room.phones, ("Plein accord", "Accord avec réserve mineure", "Opposition"), strict=True):
        page.get_by_role("radio", name=word, exact=True).check()
        if word == "Opposition":
            page.get_by_label("Dites pourquoi").fill(OBJECTION)
        else:
            expect(page.get_by_label("Dites pourquoi")).to_be_hidden()
        send(page)
        recorded(page)
    room.finish_vote()
    counts = {"Plein accord": 1, "Accord avec réserve mineure": 1, "Soutien réservé": 0, "Abstention": 0, "Désaccord": 0,
              "Opposition": 1}  # fmt: skip
    _same_figures(room, counts)
    expect(room.screen.locator(".screen__rule")).to_contain_text("Elle n’est pas respectée")
    expect(room.screen.locator("body")).not_to_contain_text(OBJECTION)


def _raise_hands(room: _Room) -> None:
    room.begin(TRY)
    for page, word in zip(room.phones, ("Oui", "Oui", "Non"), strict=True):
        page.get_by_role("radio", name=word, exact=True).check()
        send(page)
        recorded(page)
    room.finish_vote()
    _same_figures(room, {"Oui": 2, "Je m’abstiens": 0, "Non": 1})


def _close(room: _Room) -> None:
    """Asked twice."""
    room.amina.click("Clore l’atelier")
    room.everywhere(SPEAK)
    room.amina.press("Clore l’atelier")
    room.everywhere("Merci d’avoir pris part")


def _publish(room: _Room) -> None:
    """The report: its words, its decision, the objection that the crew shows."""
    page = room.console
    _close(room)
    room.amina.press("Rouvrir l’atelier")
    room.everywhere(SPEAK)
    _close(room)
    room.amina.click("Compte rendu")
    room.amina.click("Compléter et publier")
    page.get_by_label("Ce que la salle conclut").fill(CONCLUSION)
    page.get_by_label("Nouvelle décision").fill(DECISION)
    page.locator("#holder-new-decisions").fill("La vice-présidence aux mobilités")
    page.get_by_role("button", name="Ajouter cette décision").click()
    expect(page.locator("#report_outcomes")).to_contain_text(DECISION)
    page.get_by_role("button", name="Montrer l’objection 1").click()
    expect(page.locator("#report_objections")).to_contain_text("Dans le compte rendu")
    page.get_by_label("J’ai relu la page").check()
    room.amina.press("Publier le compte rendu")
    for phone in room.phones:
        expect(phone.get_by_role("link", name="Lire le compte rendu")).to_be_visible()


def _read(reader: Visitor, held: Hall) -> None:
    """What everybody reads, and counts again."""
    main = reader.go(f"/ateliers/{held.room}/compte-rendu").locator("main")
    for words in (CONCLUSION, DECISION, OBJECTION, RIDE, CARDS[0], "La vice-présidence aux mobilités"):
        expect(main).to_contain_text(words)
    votes = [step for step in held.steps() if step.status == "revealed"]
    assert [step.title for step in votes] == [FIRST, JUDGE, AGREE, TRY]
    wanted = {FIRST: [[4], [3]], JUDGE: [[1, 1, 1], [0, 0, 2], [0]], AGREE: [[1, 1, 0, 0, 0, 1]], TRY: [[2, 0, 1]]}
    for step in votes:
        counted = _counted_again(reader, held, step.id or 0)
        assert (counted.ballots, counted.present) == (3, 3)
        for line, figures in zip(counted.lines, wanted[step.title], strict=True):
            shown = [line.points] if isinstance(line, Line) else list(line.tally)[: len(figures)]
            assert shown == figures, (step.title, line)


def _counted_again(reader: Visitor, held: Hall, step: int) -> Result | Graded:
    ballots, method = (
        reader.page.locator(f"main a[href*='/{step}/'][href$='{name}']").get_attribute("href") or ""
        for name in ("bulletins.csv", "methode.json")
    )
    read = recount.from_json(json.loads(reader.context.request.get(method).text()))
    return recount.recounted(read, recount.read_ballots(read, reader.context.request.get(ballots).text()))


def test_every_kind_of_step_from_the_door_to_the_report(people: Crowd, room: _Room) -> None:
    room.begin(TALK)
    _collect(room)
    _sort(room)
    _dots(room)
    room.begin(BREAK)
    expect(room.screen.locator(".screen__until")).to_contain_text("Reprise à")
    _judge(room)
    _agree(room)
    _raise_hands(room)
    room.begin(SPEAK)
    room.amina.press("Terminer")
    _publish(room)
    _read(people.visitor(), room.hall)
