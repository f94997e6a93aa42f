"""Workshops in every state that somebody may meet: pages, phones, projected pages, consoles."""

import re

from playwright.sync_api import Page, expect

from tests.browser import acts
from tests.browser.acts import send_empty
from tests.browser.state import State as S
from tests.browser.visitor import Visitor

PLACE_DOTS = """(form, given) => form.querySelectorAll("select[name=dots]").forEach((select, place) => {
  select.selectedIndex = given[place] ?? 0;
})"""
SEND = "form => { HTMLFormElement.prototype.submit.call(form); }"  # as a browser without script


def sit(visitor: Visitor) -> None:
    """Take a seat."""
    visitor.page.get_by_role("radio", name="Jeunes").check()
    visitor.press("Entrer dans la salle")


def prepared(page: Page) -> None:
    """Wait until the ballot has its buttons."""
    expect(page.get_by_role("button", name="Vérifier et valider")).to_be_visible()


def _cast(visitor: Visitor, *given: int) -> None:
    ballot = visitor.page.locator("form.ballot")
    ballot.evaluate(PLACE_DOTS, list(given))
    with visitor.page.expect_event("load"):
        ballot.evaluate(SEND)
    visitor.wake()


def _vote(visitor: Visitor) -> None:
    sit(visitor)
    _cast(visitor, 3, 2, 1)


def _vote_too_much(visitor: Visitor) -> None:
    sit(visitor)
    _cast(visitor, 3, 3, 3, 3)


def _vote_by_hand(visitor: Visitor) -> None:
    sit(visitor)
    visitor.page.get_by_role("checkbox").first.check()
    with visitor.page.expect_event("load"):
        visitor.page.locator("form.ballot").evaluate(SEND)


def _change_vote(visitor: Visitor) -> None:
    _vote(visitor)
    visitor.page.get_by_role("link", name="Modifier mon vote").click()
    prepared(visitor.page)


def _sum_up(visitor: Visitor) -> None:
    sit(visitor)
    page = visitor.page
    prepared(page)
    page.get_by_role("button", name=re.compile("^Poser une gommette")).first.click()
    page.get_by_role("button", name="Vérifier et valider").click()
    expect(page.get_by_role("dialog", name="Votre vote")).to_be_visible()


def _screen_help(visitor: Visitor) -> None:
    expect(visitor.page.locator(":root[data-size]")).to_be_attached()
    visitor.page.keyboard.press("?")
    expect(visitor.page.get_by_role("dialog", name="Touches de l’écran")).to_be_visible()


def _console_help(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Aide").click()
    expect(visitor.page.get_by_role("dialog", name="Raccourcis clavier")).to_be_visible()


def _refuse_details(visitor: Visitor) -> None:
    visitor.page.get_by_label("Titre").fill("Court")
    visitor.page.get_by_label("Durée, en minutes").fill("mille")
    send_empty("Enregistrer")(visitor)


def _few_options(visitor: Visitor) -> None:
    visitor.page.get_by_label("Autres choix, à écrire").fill("Un seul choix")
    send_empty("Ajouter la séquence")(visitor)


LISTS = [
    S("workshops", "/ateliers"),
    S("workshops, none in a territory", "/ateliers?territoire={silent_territory}"),
    S("the door of codes", "/a"),
    S("workshops, a code unknown", "/a?code=ZZZZZZ", status=404),
    S("workshops for a facilitator", "/ateliers", "facilitator", act=acts.unfold),
    S("workshop in preparation", "/ateliers/{draft_room}", "facilitator"),
    S("workshop announced", "/ateliers/{scheduled_room}"),
    S("workshop under way for its facilitator", "/ateliers/{running_room}", "facilitator"),
    S("workshop published", "/ateliers/{published_room}", act=acts.unfold),
    S("report", "/ateliers/{published_room}/compte-rendu", act=acts.unfold),
    S("report to publish", "/ateliers/{finished_room}/compte-rendu", "facilitator"),
    S("report refused", "/ateliers/{finished_room}/compte-rendu/redaction", "facilitator", 422,
      send_empty("Publier le compte rendu")),
]  # fmt: skip
PREPARING = [
    S("new workshop", "/territoires/{home}/ateliers/nouveau", "facilitator"),
    S("new workshop refused", "/territoires/{home}/ateliers/nouveau", "facilitator", 422,
      send_empty("Continuer vers le déroulé")),
    S("preparation", "/ateliers/{draft_room}/preparation", "facilitator", act=acts.unfold),
    S("preparation over", "/ateliers/{finished_room}/preparation", "facilitator"),
    S("preparation refused", "/ateliers/{draft_room}/preparation", "facilitator", 422, _refuse_details),
    S("new step of a workshop", "/ateliers/{draft_room}/sequences/nouvelle", "facilitator"),
    S("new step of a workshop, refused", "/ateliers/{draft_room}/sequences/nouvelle?sorte=dots", "facilitator", 422,
      _few_options),
]  # fmt: skip
PHONES = [
    S("phone, join refused", "/a/{lobby_code}", status=422, act=send_empty("Entrer dans la salle")),
    S("phone, lobby", "/a/{lobby_code}", act=sit),
    S("phone, presentation", "/a/{talk_code}", act=sit),
    S("phone, ballot", "/a/{vote_code}", act=sit),
    S("phone, ballot summed up", "/a/{vote_code}", act=_sum_up),
    S("phone, too many gommettes", "/a/{vote_code}", status=422, act=_vote_too_much),
    S("phone, voted", "/a/{vote_code}", act=_vote),
    S("phone, vote being changed", "/a/{vote_code}", act=_change_vote),
    S("phone, hand raised", "/a/{hands_code}", act=_vote_by_hand),
    S("phone, vote closed", "/a/{counted_code}", act=sit),
    S("phone, results", "/a/{shown_code}", act=sit),
    S("phone, ended", "/a/{finished_code}"),
]
SCREENS = [
    S("screen, lobby", "/ateliers/{lobby_room}/ecran/{lobby_key}"),
    S("screen, vote", "/ateliers/{vote_room}/ecran/{vote_key}"),
    S("screen, its keys", "/ateliers/{vote_room}/ecran/{vote_key}", act=_screen_help),
    S("screen, vote closed", "/ateliers/{counted_room}/ecran/{counted_key}"),
    S("screen, results", "/ateliers/{shown_room}/ecran/{shown_key}"),
    S("screen, ended", "/ateliers/{finished_room}/ecran/{finished_key}"),
]
CONSOLES = [
    S("console, lobby", "/ateliers/{lobby_room}/regie", "facilitator"),
    S("console, presentation", "/ateliers/{talk_room}/regie", "facilitator", act=acts.unfold),
    S("console, vote open", "/ateliers/{vote_room}/regie", "facilitator"),
    S("console, its keys", "/ateliers/{vote_room}/regie", "facilitator", act=_console_help),
    S("console, vote closed", "/ateliers/{counted_room}/regie", "facilitator"),
    S("console, results", "/ateliers/{shown_room}/regie", "facilitator"),
    S("console, closing asked twice", "/ateliers/{vote_room}/fin", "facilitator"),
    S("console, ended", "/ateliers/{finished_room}/regie", "facilitator"),
]
ROOMS = LISTS + PREPARING + PHONES + SCREENS + CONSOLES
