"""A workshop with every kind of step, cards, paper, crew and registrations, in every state that somebody may meet."""

from playwright.sync_api import expect

from tests.browser import acts
from tests.browser.acts import send_empty
from tests.browser.state import State as S
from tests.browser.states_rooms import SEND, prepared, sit
from tests.browser.visitor import Visitor

WRONG_GRADE = """form => { form.querySelectorAll("input[data-mark]:checked").forEach((mark) => {
  mark.value = mark.value.replace(/:.*/, ":9");
}) }"""
CARD = "Le car de 21 h n’attend pas la sortie de l’usine."


def _write_card(visitor: Visitor) -> None:
    sit(visitor)
    visitor.page.get_by_label("Votre carte").fill(CARD)
    visitor.page.get_by_role("button", name="Envoyer cette carte").click()
    expect(visitor.page.locator("#my_cards")).to_contain_text("En attente")


def _own_cards(visitor: Visitor) -> None:
    sit(visitor)
    visitor.page.get_by_label("Votre carte").fill(CARD)
    with visitor.page.expect_event("load"):
        visitor.page.locator("form.card-form").evaluate(SEND)
    visitor.go(f"{visitor.path}/mes-cartes")
    acts.unfold(visitor)
    visitor.press("Garder un code pour mes cartes")


def _judge_wrongly(visitor: Visitor) -> None:
    sit(visitor)
    prepared(visitor.page)
    ballot = visitor.page.locator("form.ballot")
    ballot.evaluate(WRONG_GRADE)
    with visitor.page.expect_event("load"):
        ballot.evaluate(SEND)


def _object(visitor: Visitor) -> None:
    sit(visitor)
    prepared(visitor.page)
    visitor.page.get_by_role("radio", name="Opposition").check()
    visitor.page.get_by_label("Dites pourquoi").fill("Personne ne dit qui paie après la première année.")


def _two_people(visitor: Visitor) -> None:
    sit(visitor)
    acts.unfold(visitor)
    visitor.click("Une autre personne vote sur ce téléphone")
    sit(visitor)
    acts.unfold(visitor)


def _wrong_ticket(visitor: Visitor) -> None:
    visitor.page.get_by_label("Le code de la feuille").fill("AAAA AAAA")
    visitor.press("Entrer dans la salle")


def _hear_results(visitor: Visitor) -> None:
    sit(visitor)
    expect(visitor.page.get_by_text("Résultats", exact=True)).to_be_visible()


def _see_degrees(visitor: Visitor) -> None:
    sit(visitor)
    prepared(visitor.page)


def _pick_cards(visitor: Visitor) -> None:
    expect(visitor.page.locator("[data-shortcuts=on]")).to_be_visible()
    acts.unfold(visitor)
    for box in visitor.page.locator("#cards_groups [data-pick]").all()[:2]:
        box.check()


JUDGING = "/ateliers/{judging_room}/sequences/{judging_step}/bulletins"
PHONES = [
    S("phone, recueil", "/a/{cards_code}", act=_write_card),
    S("phone, own cards", "/a/{cards_code}", act=_own_cards),
    S("phone, judgment refused", "/a/{judging_code}", status=422, act=_judge_wrongly),
    S("phone, judgment shown", "/a/{ranked_code}", act=_hear_results),
    S("phone, objection asked", "/a/{agreeing_code}", act=_object),
    S("phone, agreement shown", "/a/{agreed_code}", act=_hear_results),
    S("phone, yes or no", "/a/{asking_code}", act=_see_degrees),
    S("phone, pause", "/a/{pausing_code}", act=sit),
    S("phone, image and link", "/a/{picturing_code}", act=sit),
    S("phone, two people", "/a/{cards_code}", act=_two_people),
    S("phone, at a table", "/a/{cards_code}/table/{table_key}"),
    S("phone, lent, wrong code", "/a/{cards_code}/pret", status=422, act=_wrong_ticket),
]
SCREENS = [
    S("screen, cards", "/ateliers/{cards_room}/ecran/{cards_key}"),
    S("screen, judgment", "/ateliers/{judging_room}/ecran/{judging_key}"),
    S("screen, judgment shown", "/ateliers/{ranked_room}/ecran/{ranked_key}"),
    S("screen, agreement shown", "/ateliers/{agreed_room}/ecran/{agreed_key}"),
    S("screen, pause", "/ateliers/{pausing_room}/ecran/{pausing_key}"),
    S("screen, image", "/ateliers/{picturing_room}/ecran/{picturing_key}"),
    S("screen, dark", "/ateliers/{dark_room}/ecran/{dark_key}"),
    S("screen, frozen on a discussion", "/ateliers/{frozen_room}/ecran/{frozen_key}"),
]
LEADING = [
    S("console, cards to read", "/ateliers/{cards_room}/regie", "facilitator"),
    S("console, paper waits", "/ateliers/{judging_room}/regie", "facilitator", act=acts.unfold),
    S("console, judgment before it is shown", "/ateliers/{judged_room}/regie", "facilitator"),
    S("console, looked at", "/ateliers/{watched_room}/regie", "facilitator"),
    S("crew, lead offered", "/ateliers/{offered_room}/equipe", "facilitator", act=acts.unfold),
    S("crew, scribe", "/ateliers/{judging_room}/equipe/lien/{judging_crew}", "relay"),
    S("cards, grouped", "/ateliers/{grouping_room}/cartes", "facilitator", act=_pick_cards),
    S("cards that become a need", "/ateliers/{grouping_room}/cartes/{cluster}/besoin", "facilitator"),
    S("tables", "/ateliers/{tabled_room}/tables", "facilitator"),
    S("codes of devices that are lent", "/ateliers/{tabled_room}/codes", "facilitator"),
]
PAPER = [
    S("paper, desk", JUDGING, "facilitator", act=acts.unfold),
    S("paper, to print", f"{JUDGING}/papier?de=1&a=8", "facilitator"),
    S("paper, refused", f"{JUDGING}/5", "facilitator", 422, send_empty("Enregistrer, puis le suivant")),
    S("paper, second reading", f"{JUDGING}/2", "facilitator", act=acts.unfold),
    S("paper, two readings differ", f"{JUDGING}/3", "facilitator"),
]
PREPARING = [
    S("new judgment", "/ateliers/{draft_room}/sequences/nouvelle?sorte=judgment", "facilitator", act=acts.unfold),
    S("new agreement", "/ateliers/{draft_room}/sequences/nouvelle?sorte=agreement", "facilitator", act=acts.unfold),
    S("same workshop elsewhere", "/ateliers/{draft_room}/ailleurs", "facilitator"),
    S("series", "/ateliers/series/{series}", act=acts.unfold),
]
COMING = [
    S("registration refused", "/ateliers/{coming_room}", status=422, act=send_empty("Je viens")),
    S("registration held", "/ateliers/{awaited_room}", "association"),
    S("registration by its link", "/inscriptions/{waiting_token}"),
    S("registrations", "/ateliers/{awaited_room}/inscriptions", "facilitator"),
]
REPORTS = [
    S("report being written", "/ateliers/{concluding_room}/compte-rendu/redaction", "facilitator", act=acts.unfold),
    S("report with cards", "/ateliers/{carded_room}/compte-rendu", act=acts.unfold),
    S("report with a judgment and an agreement", "/ateliers/{graded_room}/compte-rendu", act=acts.unfold),
    S("decisions of a workshop", "/ateliers/{published_room}/decisions"),
]
WORKSHOP = PHONES + SCREENS + LEADING + PAPER + PREPARING + COMING + REPORTS
