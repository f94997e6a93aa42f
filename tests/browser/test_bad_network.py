"""Networks that go, answers that are lost, a server that dies: no ballot acknowledged is lost, none counts twice."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app.core.db import now
from app.core.security import token
from app.workshops import service
from app.workshops.access import seat_cookie_of
from app.workshops.models import Seat, Step
from app.workshops.queries import seat_digest
from tests.browser import hall
from tests.browser.facts import writing
from tests.browser.hall import DOTS, TALK, Hall, begin, come, option, place, placed, recorded, send
from tests.browser.mortal import MortalServer
from tests.browser.visitor import PATIENCE, Crowd, Visitor
from tests.databases import Engine

BUS, CARE, HALL, PATH = "Un car le soir", "Une maison de santé", "Une halle", "Un chemin"
KEPT = "Pas encore enregistré, gardé sur ce téléphone"
CROWD = 60  # people whose phones are not browsers
SOON = 12_000  # ms: « within seconds », on a machine that does something else meanwhile
BACK = 2 * PATIENCE  # ms: a phone and a console wait 45 seconds at most between two tries
UNDER_HANDS = """form => ({
  joined: form.isConnected, held: document.activeElement.closest("[data-option]")?.dataset.option ?? "", at: scrollY,
  rows: [...form.querySelectorAll("[data-option]")].map((row) => row.dataset.option).join(),
})"""
AWAY_FROM_TOP = "() => { scrollTo(0, 180); return scrollY; }"


@pytest.fixture
def hall_open(people: Crowd) -> Hall:
    """A room with a vote, open."""
    held = hall.build(people.server.database_url, [DOTS, TALK])
    held.act(service.open_room)
    held.act(service.open_step, held.steps()[0])  # before anyone comes: the server does not hear what a test writes
    return held


def _marks(held: Hall) -> dict[int, dict[str, int]]:
    """What the database holds, by seat."""
    found = held.ballots()
    assert len({ballot.seat_id for ballot in found}) == len(found), "a seat counts twice"
    return {ballot.seat_id or 0: ballot.marks for ballot in found}


def _chosen(step: Step, held: Hall, given: Mapping[str, int]) -> dict[str, int]:
    titles = {o.title: str(o.id) for o in held.options(step)}
    return {titles[title]: n for title, n in given.items()}


def _waits(page: Page) -> None:
    expect(page.locator("[data-sent=pending]")).to_be_visible()
    expect(page.locator("[data-sent=pending]")).to_have_text(KEPT)
    expect(page.locator("[data-sent=recorded]")).to_be_hidden()


def test_a_ballot_chosen_without_network_is_kept_then_recorded_once(people: Crowd, hall_open: Hall) -> None:
    (phone,) = come(people, hall_open, "Jeunes")
    page = phone.page
    place(page, BUS, 2)
    phone.cut()
    expect(page.locator("[data-connection=off]")).to_be_visible()
    place(page, HALL)
    send(page)
    _waits(page)
    assert hall_open.ballots() == []
    phone.back_online()
    recorded(page)
    (ballot,) = hall_open.ballots()
    assert ballot.marks == _chosen(hall_open.step(), hall_open, {BUS: 2, HALL: 1})


def test_a_ballot_changed_twice_without_network_counts_once_as_it_was_last(people: Crowd, hall_open: Hall) -> None:
    (phone,) = come(people, hall_open, "Jeunes")
    page = phone.page
    place(page, BUS)
    send(page)
    recorded(page)
    phone.cut()
    for title in (HALL, PATH):
        page.get_by_role("link", name="Modifier mon vote").click()
        place(page, title)
        send(page)
        _waits(page)
    phone.back_online()
    recorded(page)
    (ballot,) = hall_open.ballots()
    assert ballot.marks == _chosen(hall_open.step(), hall_open, {BUS: 1, HALL: 1, PATH: 1})


def test_an_answer_lost_on_its_way_back_does_not_make_two_ballots(people: Crowd, hall_open: Hall) -> None:
    (phone,) = come(people, hall_open, "Associations")
    page = phone.page
    lost: list[int] = []
    held: list[Route] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            held.append(route)  # goes once this page was looked at
            return
        lost.append(route.fetch().status)
        assert len(hall_open.ballots()) == 1
        route.abort()

    phone.watch.offline = True
    page.route("**/bulletin", lose_the_first)
    place(page, CARE, 3)
    with page.expect_event("requestfailed"):
        send(page)
    _waits(page)
    page.unroute("**/bulletin")
    for route in held:
        route.continue_()
    recorded(page)
    assert lost == [200]
    (ballot,) = hall_open.ballots()
    assert ballot.marks == _chosen(hall_open.step(), hall_open, {CARE: 3})


def test_a_page_loaded_again_still_sends_what_waits(people: Crowd, hall_open: Hall) -> None:
    (phone,) = come(people, hall_open, "Jeunes")
    page = phone.page
    phone.cut()
    place(page, BUS)
    send(page)
    _waits(page)
    page.close()
    phone.back_online()
    page = phone.open_tab()
    phone.go(hall_open.phone)
    recorded(page)
    assert [ballot.marks for ballot in hall_open.ballots()] == [_chosen(hall_open.step(), hall_open, {BUS: 1})]


def test_the_votes_of_others_never_draw_a_ballot_again(people: Crowd) -> None:
    held = hall.build(people.server.database_url, [DOTS, TALK])
    amina = hall.lead(people, held)
    slow, *others = come(people, held, "Jeunes", "Associations", "Entreprises", "Institutions")
    begin(amina, DOTS["title"])
    page = slow.page
    place(page, CARE, 2)
    assert page.evaluate(AWAY_FROM_TOP) > 0
    option(page, CARE).get_by_role("button", name="Retirer une gommette").focus()
    form = page.locator("form[data-ballot]").element_handle()
    clock = page.locator("[data-countdown]").get_attribute("data-countdown")
    before = form.evaluate(UNDER_HANDS)
    assert before["joined"] and before["held"]
    for other in others:
        place(other.page, BUS)
        send(other.page)
        recorded(other.page)
    expect(amina.page.locator("#console_counts")).to_contain_text("3 votes reçus")
    amina.press("2 minutes")
    expect(page.locator("[data-countdown]")).not_to_have_attribute("data-countdown", clock or "")
    assert form.evaluate(UNDER_HANDS) == before
    expect(placed(page, CARE)).to_have_text("2 gommettes")
    send(page)
    recorded(page)
    assert len(_marks(held)) == 4


@pytest.fixture
def mortal(engine: Engine, tmp_path: Path) -> Iterator[MortalServer]:
    """A server that may die, on a database of its own."""
    with engine.copy() as url:
        found = MortalServer(url, tmp_path / "server.log")
        yield found
        found.kill()


@pytest.fixture
def shaken(chromium: Browser, mortal: MortalServer) -> Iterator[Crowd]:
    """People whose server dies: what their pages say of a lost network is not a fault."""
    crowd = Crowd(chromium, mortal.server)
    yield crowd
    crowd.leave()


class _Throng:
    """People whose phones are plain clients: each sends its ballot until the server says that it is recorded."""

    def __init__(self, held: Hall, server: str) -> None:
        self.held, self.server = held, server
        self.secrets = [token() for _person in range(CROWD)]
        with writing(held.url) as db:
            for secret in self.secrets:
                db.add(Seat(workshop_id=held.room, digest=seat_digest(secret), college="habitants", created_at=now()))
        self.known: dict[str, dict[str, int]] = {}  # what was acknowledged, by secret
        self.tries = 0
        self.enough = threading.Event()  # some are acknowledged, others are on their way
        self.killed = threading.Event()  # the last third comes after the server died, however late that is
        self.stop = threading.Event()

    def vote(self, options: list[str]) -> None:
        """Everyone sends, a few at a time, again and again until the answer comes."""
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda place: self._one(place, options), range(CROWD)))

    def _one(self, place: int, options: list[str]) -> None:
        secret, marks = self.secrets[place], {options[place % len(options)]: 1 + place % 3}
        body = {"step": str(self.held.steps()[0].id), "dots": [f"{o}:{n}" for o, n in marks.items()]}
        own = {"sec-fetch-site": "same-origin", "accept": "application/json"}
        if len(self.known) >= 2 * CROWD // 3:
            self.killed.wait()
        with httpx.Client(cookies={seat_cookie_of(self.held.room): secret}, headers=own, timeout=5) as phone:
            while not self.stop.is_set():
                self.tries += 1
                try:
                    said = phone.post(f"{self.server}/direct/a/{self.held.code}/bulletin", data=body)
                except httpx.TransportError:
                    self.stop.wait(0.05)
                    continue
                assert said.json()["state"] == "recorded", said.text
                self.known[secret] = marks
                if len(self.known) >= CROWD // 3:
                    self.enough.set()
                return


def _lose(*visitors: Visitor) -> None:
    for visitor in visitors:
        visitor.watch.offline = True
        visitor.watch.statuses = {502, 503}


def test_a_server_killed_in_the_middle_of_a_vote_loses_nothing_it_acknowledged(
    shaken: Crowd, mortal: MortalServer
) -> None:
    held = hall.build(mortal.server.database_url, [DOTS, TALK])
    amina = hall.lead(shaken, held)
    wall = shaken.visitor(viewport=hall.WALL)
    wall.go(held.screen)
    early, filling, waiting = come(shaken, held, "Habitantes", "Jeunes", "Associations")
    begin(amina, DOTS["title"])
    throng = _Throng(held, mortal.server.url)
    options = [str(o.id) for o in held.options(held.steps()[0])]
    for phone in (early, filling, waiting):
        expect(phone.page.get_by_role("button", name="Vérifier et valider")).to_be_visible()
    place(early.page, BUS, 2)
    send(early.page)
    recorded(early.page)
    place(filling.page, CARE)
    _lose(amina, wall, early, filling, waiting)
    voters = threading.Thread(target=throng.vote, args=(options,))
    voters.start()
    try:
        assert throng.enough.wait(PATIENCE / 1000)
        mortal.kill()
        throng.killed.set()
        known = dict(throng.known)
        assert len(known) < CROWD, "the server died too late"
        place(waiting.page, HALL, 3)
        send(waiting.page)
        _waits(waiting.page)
        place(filling.page, CARE)
        mortal.rise()
        voters.join(2 * PATIENCE / 1000)
    finally:
        throng.stop.set()
        throng.killed.set()
        voters.join()
    expect(waiting.page.locator("[data-sent=recorded]")).to_be_visible(timeout=BACK)
    recorded(waiting.page)
    expect(placed(filling.page, CARE)).to_have_text("2 gommettes")
    total = CROWD + 2
    expect(wall.page.locator("[data-screen-count]")).to_contain_text(f"{total} sur {total + 1}", timeout=SOON)
    expect(amina.page.locator("#console_counts")).to_contain_text(f"{total} votes reçus", timeout=BACK)
    send(filling.page)
    recorded(filling.page)
    _check_ballots(held, throng, early=2, known=known)
    amina.press("Clore le vote")
    expect(wall.page.locator("#screen_main")).to_contain_text("Le vote est clos", timeout=SOON)
    for phone in (early, filling, waiting):
        expect(phone.page.locator("#room_main")).to_contain_text("Vote clos", timeout=BACK)


def _check_ballots(held: Hall, throng: _Throng, *, early: int, known: Mapping[str, Mapping[str, int]]) -> None:
    """Each acknowledged ballot is there as it was sent, each once."""
    seats = {seat.digest: seat.id for seat in held.seats()}
    marks = _marks(held)
    wanted = throng.known
    lost = [secret for secret, given in wanted.items() if marks.get(seats[seat_digest(secret)] or 0) != given]
    print(f"acknowledged {len(wanted) + 3} ({len(known) + 1} before), tries {throng.tries}, lost {len(lost)}, "
          f"doubled {len(held.ballots()) - len(marks)}")  # fmt: skip
    assert not lost
    assert len(marks) == CROWD + 3 == len(wanted) + 3
