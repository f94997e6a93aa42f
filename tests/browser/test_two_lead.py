"""Two people lead one room at once: the second is told, nothing is done twice, both see the same."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app.workshops import service
from app.workshops.states import Screen
from tests.browser import hall
from tests.browser.hall import COLLEGES, DOTS, TALK, YES_NO, Hall, begin, come, place, recorded, send
from tests.browser.visitor import Crowd, Visitor

CARDS = {"kind": "cards", "title": "Qu’est-ce qui vous manque ?", "minutes": 10, "cards": 5}
ACTS = re.compile("/ateliers/")
RIDE, CARE = "Rentrer le soir", "Se soigner"
MEANWHILE = re.compile("entre-temps|vient d|autre personne|quelqu’un d’autre", re.IGNORECASE)
# What is there, but not the hours: they are those of the minute in which each page was drawn.
PRESENT = """() => ["#en-cours", ".console-now__state", ".run__title, .run__minutes", "#console_counts"]
  .flatMap((part) => [...document.querySelectorAll(part)].map((one) => one.textContent.replace(/\\s+/g, " "))).join(" | ")"""


@dataclass
class Pair:
    """A room open, and two consoles on it."""

    hall: Hall
    amina: Visitor  # she leads
    denez: Visitor  # he helps


def _pair(people: Crowd, *rows: dict[str, object]) -> Pair:
    url = people.server.database_url
    persona, held = hall.second_facilitator(url), hall.build(url, rows)
    amina, denez = hall.lead(people, held), people.signed_in(persona)
    denez.go(held.console)
    expect(denez.page.get_by_text("Vous regardez la régie")).to_be_visible()
    expect(denez.page.get_by_role("button", name="Commencer")).to_have_count(0)
    with denez.page.expect_response(hall.STREAM):
        denez.press("Rejoindre la co-animation")
    expect(denez.page.get_by_role("button", name="Commencer")).to_be_visible()
    with amina.page.expect_response(hall.STREAM):
        amina.go(held.console)
    return Pair(held, amina, denez)


@pytest.fixture
def pair(people: Crowd) -> Pair:
    """The usual run sheet."""
    return _pair(people, TALK, DOTS, YES_NO)


@contextmanager
def _at_once(visitor: Visitor, button: Locator) -> Iterator[None]:
    """Press a button whose request leaves at the instant, and arrives after what the other does in the block."""
    kept: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST" and not kept:
            kept.append(route)
        else:
            route.continue_()

    visitor.page.route(ACTS, hold)
    expect(button).to_be_visible()
    with visitor.page.expect_request(lambda request: request.method == "POST"):
        button.evaluate("button => { setTimeout(() => button.click()); }")
    yield
    kept[0].continue_()
    visitor.page.unroute(ACTS, hold)


def _same(pair: Pair) -> None:
    """Both consoles show the same present state, once they are there whole."""
    for console in (pair.amina, pair.denez):
        console.wake()
    pair.denez.page.wait_for_function("wanted => (" + PRESENT + ")() === wanted", arg=pair.amina.page.evaluate(PRESENT))


def _told(page: Page) -> None:
    expect(page.locator("#flash")).to_contain_text(MEANWHILE)


def _button(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_role("button", name=re.compile(f"^{re.escape(name)}"))


def test_two_who_go_on_at_once_do_not_skip_a_step(pair: Pair) -> None:
    begin(pair.amina, TALK["title"])
    _same(pair)
    with _at_once(pair.denez, _button(pair.denez, "Suite")):
        begin(pair.amina, DOTS["title"])
    _told(pair.denez.page)
    assert [step.status for step in pair.hall.steps()] == ["closed", "open", "waiting"]
    _same(pair)


def test_two_who_extend_at_once_extend_once(pair: Pair) -> None:
    begin(pair.amina, TALK["title"])
    before = pair.hall.step().closes_at
    expect(_button(pair.denez, "2 minutes")).to_be_visible()
    with _at_once(pair.denez, _button(pair.denez, "2 minutes")):
        pair.amina.press("2 minutes")
    _told(pair.denez.page)
    assert before and pair.hall.step().closes_at == before + timedelta(minutes=2)
    _same(pair)


def test_one_closes_while_the_other_shows_the_bars(people: Crowd, pair: Pair) -> None:
    begin(pair.amina, TALK["title"])
    begin(pair.amina, DOTS["title"])
    with _at_once(pair.denez, pair.denez.page.get_by_role("switch")):
        pair.amina.press("Clore le vote")
    _told(pair.denez.page)
    step = pair.hall.step()
    assert (step.status, step.reveal) == ("closed", "hidden")
    with _at_once(pair.amina, _button(pair.amina, "Révéler les résultats")):
        pair.denez.press("Rouvrir le vote")
    _told(pair.amina.page)
    assert pair.hall.step().status == "open"
    _same(pair)


def test_what_one_does_shows_on_the_other_console_without_a_gesture(people: Crowd, pair: Pair) -> None:
    phones = come(people, pair.hall, *COLLEGES)
    expect(pair.denez.page.locator("#en-cours")).to_have_text("3 personnes dans la salle")
    begin(pair.amina, TALK["title"])
    expect(pair.denez.page.locator("#en-cours")).to_have_text(TALK["title"])
    begin(pair.denez, DOTS["title"])
    expect(pair.amina.page.locator("#en-cours")).to_have_text(DOTS["title"])
    for phone in phones:
        place(phone.page, "Un chemin")
        send(phone.page)
        recorded(phone.page)
    for console in (pair.amina, pair.denez):
        expect(console.page.locator("#console_counts")).to_contain_text("3 votes reçus")
    pair.amina.press("Clore le vote")
    expect(_button(pair.denez, "Révéler les résultats")).to_be_visible()
    _same(pair)


def _walls(people: Crowd) -> Pair:
    """Three cards shown, on two pages of cards."""
    pair = _pair(people, CARDS, DOTS)
    begin(pair.amina, str(CARDS["title"]))
    (phone,) = come(people, pair.hall, "Jeunes")
    for words in ("Un car", "Un médecin", "Une halle"):
        phone.page.get_by_label("Votre carte").fill(words)
        phone.page.get_by_role("button", name="Envoyer cette carte").click()
        expect(phone.page.locator("#my_cards")).to_contain_text(words)
    for visitor in (pair.amina, pair.denez):
        visitor.go(f"/ateliers/{pair.hall.room}/cartes")
        expect(visitor.page.locator("#cards_groups [data-pick]")).to_have_count(3)
    return pair


def _group(page: Page, title: str) -> Locator:
    return page.locator("#cards_groups").get_by_role("region", name=title)


def _gather(page: Page, title: str, *cards: str) -> None:
    for words in cards:
        page.locator("#cards_groups").get_by_role("checkbox", name=words).check()
    page.locator("[data-new-title]").fill(title)
    page.get_by_role("button", name="Créer et y mettre").click()
    expect(_group(page, title)).to_contain_text(cards[-1])


def test_two_who_group_cards_see_what_the_other_does_and_lose_nothing(people: Crowd) -> None:
    pair = _walls(people)
    amina, denez = pair.amina.page, pair.denez.page
    denez.locator("#cards_groups").get_by_role("checkbox", name="Une halle").check()
    denez.locator("[data-new-title]").fill("Se retr")
    _gather(amina, RIDE, "Un car")
    expect(denez.locator("[data-new-title]")).to_have_value("Se retr")
    _gather(denez, "Se retrouver", "Une halle")
    expect(_group(denez, RIDE)).to_contain_text("Un car")
    expect(_group(amina, "Se retrouver")).to_contain_text("Une halle")


def test_a_card_that_two_move_at_once_stays_where_the_first_put_it(people: Crowd) -> None:
    pair = _walls(people)
    amina, denez = pair.amina.page, pair.denez.page
    _gather(amina, RIDE, "Un car")
    expect(_group(denez, RIDE)).to_be_visible()
    denez.locator("#cards_groups").get_by_role("checkbox", name="Un médecin").check()
    denez.locator("[data-new-title]").fill(CARE)
    with _at_once(pair.denez, denez.get_by_role("button", name="Créer et y mettre")):
        amina.locator("#cards_groups").get_by_role("checkbox", name="Un médecin").check()
        amina.locator("[data-into]").select_option(label=RIDE)
        amina.get_by_role("button", name="Mettre", exact=True).click()
        expect(_group(amina, RIDE)).to_contain_text("Un médecin")
    expect(_group(denez, RIDE)).to_contain_text("Un médecin")
    expect(_group(amina, RIDE)).to_contain_text("Un médecin")
    for page in (amina, denez):
        expect(page.locator("#cards_groups").get_by_text("Un médecin", exact=True)).to_have_count(1)


def test_the_lead_moves_only_when_the_other_says_yes(pair: Pair) -> None:
    amina, denez, held = pair.amina, pair.denez, pair.hall
    first = held.workshop().lead_id
    amina.click("Équipe")
    amina.page.get_by_label("Passer la conduite à").select_option(index=1)
    amina.press("Proposer")
    expect(denez.page.get_by_text("vous propose de conduire l’atelier")).to_be_visible()
    assert held.workshop().lead_id == first
    denez.press("Décliner")
    assert (held.workshop().lead_id, held.workshop().offered_to_id) == (first, None)
    amina.page.reload()
    amina.page.get_by_label("Passer la conduite à").select_option(index=1)
    amina.press("Proposer")
    amina.go(held.console)
    expect(amina.page.get_by_text("Vous conduisez tant que la proposition n’est pas acceptée")).to_be_visible()
    denez.press("Accepter la conduite")
    assert held.workshop().lead_id not in (first, None)
    expect(amina.page.locator("#autour ~ .console-links")).to_contain_text("Conduite : Denez")
    begin(amina, TALK["title"])  # she still helps
    for visitor, leads in ((amina, 0), (denez, 1)):
        expect(visitor.page.get_by_text("Clore l’atelier avant la fin")).to_have_count(leads)


def test_a_proposal_taken_back_at_the_instant_it_is_accepted_moves_nothing(pair: Pair) -> None:
    first = pair.hall.workshop().lead_id
    pair.amina.click("Équipe")
    pair.amina.page.get_by_label("Passer la conduite à").select_option(index=1)
    pair.amina.press("Proposer")
    with _at_once(pair.denez, _button(pair.denez, "Accepter la conduite")):
        pair.amina.press("Retirer la proposition")
    expect(pair.denez.page.locator("#flash")).to_contain_text("Cette proposition a été retirée")
    assert pair.hall.workshop().lead_id == first


def test_a_co_facilitator_put_out_loses_the_buttons_on_the_spot(pair: Pair) -> None:
    pair.hall.act(service.set_screen, screen=Screen.LIVE)
    pair.amina.click("Équipe")
    pair.amina.page.get_by_role("button", name=re.compile("^Retirer")).first.click()
    expect(pair.denez.page.get_by_text("Vous regardez la régie")).to_be_visible()
    expect(_button(pair.denez, "Commencer")).to_have_count(0)
