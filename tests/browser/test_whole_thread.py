"""The main job, end to end: from somebody's words to a vote in a hall, the board, and the answer they were due."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.browser import steps
from tests.browser.acts import TITLE, say, unfold
from tests.browser.visitor import Crowd, Visitor

MAIL, SUPPORTER = "soazig@exemple.fr", "voisine@exemple.fr"
SHEET = "Un banc et un arrêt devant chaque boulangerie"
OTHER = "Autre chose"
QUESTION = "Que faut-il faire d’abord ?"
REMARK = "À Plouénan aussi, il faudrait un banc devant la boulangerie."
WORDS = {
    "context": "Trois boulangeries sans banc ni arrêt de car, et une clientèle qui a vieilli.",
    "objectives": "Que chacun puisse attendre assis.",
    "description": "Un banc et un abri devant chaque boulangerie volontaire.",
    "holder": "Morlaix Communauté",
    "financing": "La moitié du prix des bancs.",
    "calendar": "De mars à juin.",
    "indicators": "Neuf bancs posés (aujourd’hui : 0).",
}


def _write_sheet(technician: Visitor) -> str:
    """Begin a fiche from the need, write it, publish it, make it candidate; its address."""
    steps.find(technician, TITLE)
    technician.click("Donner suite")
    technician.click("Commencer une fiche-action")
    page = technician.page
    page.get_by_label("Intitulé").fill(SHEET)
    page.get_by_label("Thème").select_option("vieillir")
    technician.press("Commencer la fiche")
    for name, words in WORDS.items():
        page.locator(f"form [name={name}]").fill(words)
    page.locator("[name=funder]").first.fill("Morlaix Communauté")
    page.locator("[name=funding_state]").first.select_option("secured")
    page.locator("[name=amount]").first.fill("9 000")
    technician.press("Enregistrer")
    address = re.sub(r"/redaction.*", "", technician.path)
    technician.go(address)
    technician.press("Publier la version 1")
    technician.press("En faire une fiche-projet")
    technician.press("La rendre candidate")
    expect(page.locator("main")).to_contain_text("Candidate")
    return address


def _react(resident: Visitor, moderator: Visitor, association: Visitor, address: str) -> None:
    """A position without an account, confirmed by mail; a comment, read by the Conseil de développement."""
    page = resident.go(address)
    unfold(resident)
    box = page.locator("#position")
    box.get_by_role("radio", name="Pour", exact=False).first.check()
    box.get_by_role("radio", name="Habitantes et habitants").check()
    box.get_by_label("Votre adresse e-mail").fill(SUPPORTER)
    resident.press("Donner ma position")
    expect(page.locator("main")).to_contain_text("Aucune position pour l’instant")
    steps.confirm_by_mail(resident, SUPPORTER, "Confirmer ma position")
    resident.click("Voir cette fiche-action")
    expect(page.locator(".voices")).to_contain_text("1 voix indicative")
    page = association.go(address)
    unfold(association)
    page.get_by_label("Vos mots").fill(REMARK)
    association.press("Envoyer en relecture")
    steps.publish_with_the_keyboard(moderator, REMARK)
    expect(resident.go(address).locator("#commentaires")).to_contain_text(REMARK)


def _prepare_room(facilitator: Visitor) -> None:
    """A presentation and a vote on the fiche; announced, opened."""
    facilitator.go("/mon-espace")
    facilitator.click("Préparer un atelier")
    page = facilitator.page
    page.get_by_label("Titre").fill("Atelier de Taulé : les bancs")
    page.get_by_label("Lieu").fill("Salle des fêtes, Taulé")
    facilitator.press("Continuer vers le déroulé")
    _add_step(facilitator, "Présentation", "Ce que disent les besoins")
    _add_step(facilitator, "Vote par gommettes", QUESTION)
    facilitator.press("Annoncer l’atelier")
    facilitator.click("Ouvrir la régie")
    facilitator.press("Ouvrir la salle")


def _add_step(facilitator: Visitor, kind: str, title: str) -> None:
    facilitator.click("Ajouter une séquence")
    facilitator.click(kind)
    page = facilitator.page
    page.locator("[name=title]").fill(title)
    page.get_by_label("Durée, en minutes").fill("8")
    if kind != "Présentation":
        page.get_by_role("checkbox", name=SHEET, exact=False).check()
        page.get_by_label("Autres choix, à écrire").fill(OTHER)
    facilitator.press("Ajouter la séquence")
    expect(page.locator("#flash")).to_contain_text("Séquence ajoutée")


def _sit(phone: Visitor, code: str, college: str) -> Page:
    """From the home page to a seat, by the code on the wall."""
    phone.go("/").get_by_label("Code de l’atelier").fill(code.lower())
    phone.press("Entrer")
    phone.page.get_by_role("radio", name=college, exact=False).check()
    phone.press("Entrer dans la salle")
    return phone.page


def _option(page: Page, title: str) -> Locator:
    return page.locator(".vote", has_text=title)


def _vote(page: Page, title: str, dots: int) -> None:
    """Put some gommettes on one choice, check, send; « Enregistré » comes only from the server."""
    for _dot in range(dots):
        _option(page, title).get_by_role("button", name="Poser une gommette").click()
    page.get_by_role("button", name="Vérifier et valider").click()
    page.get_by_role("dialog").get_by_role("button", name="Envoyer mon vote").click()
    expect(page.locator("#room_main")).to_contain_text("Enregistré")


@contextmanager
def _untouched(page: Page, title: str) -> Iterator[None]:
    """A ballot being filled stays as it is while others vote."""
    _option(page, title).get_by_role("button", name="Poser une gommette").click()
    tray = _option(page, title).locator(".vote__tray [data-placed]")
    expect(tray).to_have_text("1 gommette")
    form = page.locator("form[data-ballot]").element_handle()
    yield
    assert form and form.evaluate("form => form.isConnected"), "the ballot was drawn again under its voter"
    expect(tray).to_have_text("1 gommette")
    _option(page, title).get_by_role("button", name="Retirer une gommette").click()


def _workshop(people: Crowd, facilitator: Visitor) -> None:
    """Three phones, a projector and a console, from the lobby to the results."""
    console = facilitator.page
    code = re.sub(r"\W", "", console.locator(".console-door__code, .code-box").first.inner_text())[-6:]
    screen = people.visitor(viewport={"width": 1920, "height": 1080})
    screen.go(console.get_by_role("link", name=re.compile("Voir l’écran")).get_attribute("href") or "")
    phones = [people.visitor(viewport={"width": 390, "height": 844}) for _n in range(3)]
    pages = [_sit(p, code, c) for p, c in zip(phones, ("Habitantes", "Habitantes", "Jeunes"), strict=True)]
    expect(screen.page.locator("#screen_main")).to_contain_text("3")
    expect(console.locator("#console_main")).to_contain_text("3 personnes dans la salle")
    facilitator.press("Commencer : Ce que disent les besoins")
    expect(pages[0].locator("#room_main")).to_contain_text("Ce que disent les besoins")
    facilitator.follow(console.get_by_role("button", name=re.compile(f"^Suite : {QUESTION[:10]}")))
    for page in pages:
        expect(page.get_by_role("button", name="Vérifier et valider")).to_be_visible()
    with _untouched(pages[2], OTHER):
        _vote(pages[0], SHEET, 2)
        expect(screen.page.locator("#screen_main")).to_contain_text(re.compile(r"1\s*sur 3"))
        _vote(pages[1], SHEET, 1)
    _vote(pages[2], OTHER, 3)
    expect(console.locator("#console_counts")).to_contain_text("3 votes reçus sur 3")
    expect(screen.page.locator(".screen-bar")).to_have_count(0)
    facilitator.press("Clore le vote")
    expect(pages[0].locator("#room_main")).to_contain_text("clos")
    facilitator.press("Révéler les résultats")
    expect(screen.page.locator("#screen_main")).to_contain_text(SHEET)
    expect(screen.page.locator(".screen-bar").first).to_be_visible()
    expect(pages[2].locator("#room_main")).to_contain_text(SHEET)
    facilitator.click("Clore l’atelier")
    facilitator.press("Clore l’atelier")
    facilitator.click("Compte rendu")
    facilitator.click("Compléter et publier")
    console.get_by_label("Ce que la salle conclut").fill("La salle demande d’abord les bancs, puis les arrêts.")
    console.get_by_label("J’ai relu la page").check()
    facilitator.press("Publier le compte rendu")
    for page in pages:
        expect(page.locator("#room_main")).to_contain_text(re.compile("[Cc]ompte rendu"))


def test_from_a_need_to_a_vote_on_the_board_and_its_answer(people: Crowd) -> None:
    resident, moderator = people.visitor(), people.signed_in("moderator")
    code = say(resident, email=MAIL)
    steps.confirm_by_mail(resident, MAIL, "Confirmer mon besoin")
    steps.publish_with_the_keyboard(moderator, TITLE)
    technician = people.signed_in("technician")
    priority = steps.attach(technician, TITLE)
    address = _write_sheet(technician)
    _react(resident, moderator, people.signed_in("association"), address)
    expect(steps.find(resident, TITLE).locator("#fil")).to_contain_text(SHEET)

    facilitator = people.signed_in("facilitator")
    _prepare_room(facilitator)
    _workshop(people, facilitator)

    card = steps.card(resident, priority)
    resident.follow(card.get_by_role("link", name=priority, exact=True))
    votes = resident.page.locator("section[aria-labelledby=ateliers]")
    expect(votes).to_contain_text("Atelier de Taulé")
    expect(votes).to_contain_text("2 sur 3 y ont posé au moins une gommette")
    expect(resident.page.locator("section[aria-labelledby=positions]")).to_contain_text("Habitantes et habitants")
    expect(resident.go(address).locator(".voices")).to_contain_text("2 personnes l’ont soutenue, sur 3 bulletins")

    steps.answer(technician, TITLE)
    page = steps.track(resident, code)
    expect(page.locator(".thread")).to_contain_text(SHEET)
    expect(page.locator(".thread")).to_contain_text(steps.ANSWER)
