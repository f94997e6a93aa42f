"""The steps of journeys, as people take them: with script or without."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.acts import mail_to, unfold
from tests.browser.visitor import HOME, Visitor

ANSWER = "Deux bancs seront posés avant l’été, devant la boulangerie et devant la poste."
BOARD = f"/territoires/{HOME}/priorites"


def number_in(words: str) -> int:
    """The number that begins these words, written the French way."""
    found = re.match(r"\s*([\d\s\u00a0\u202f]+)", words)
    assert found, words
    return int(re.sub(r"\D", "", found[1]))


def receipt(visitor: Visitor) -> tuple[str, str]:
    """The public reference and the secret code of the receipt on screen."""
    page = visitor.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre besoin est reçu")
    code, reference = page.locator(".receipt code").all_inner_texts()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", code), code
    assert re.fullmatch(r"ML-[0-9A-Z]{4}", reference), reference
    return reference, code


def confirm_by_mail(visitor: Visitor, address: str, button: str) -> None:
    """Read the message, open its link, press its button."""
    visitor.go(mail_to(visitor, address))
    visitor.press(button)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Votre adresse est confirmée")


def publish(moderator: Visitor, title: str) -> None:
    """Choose something in the queue and publish it, with a mouse or a finger."""
    moderator.go("/moderation")
    moderator.follow(moderator.page.locator(".queue__link", has_text=title))
    moderator.page.get_by_role("radio", name="Publier tel quel").check()
    moderator.press("Envoyer et continuer")
    expect(moderator.page.locator("#flash")).to_contain_text("Publié")


def publish_with_the_keyboard(moderator: Visitor, title: str) -> None:
    """Go down the queue with J, choose with P, send with Enter."""
    page = moderator.go("/moderation")
    heading = page.locator("#a-lire")
    expect(page.locator("[data-shortcuts=on]")).to_be_visible()
    for _position in range(page.locator(".queue__link").count()):
        if title in heading.locator("xpath=..").inner_text():
            break
        moderator.key("j")
        expect(page.locator("[data-shortcuts=on]")).to_be_visible()
    expect(heading.locator("xpath=..")).to_contain_text(title)
    page.keyboard.press("p")
    expect(page.get_by_role("radio", name="Publier tel quel")).to_be_checked()
    moderator.key("Enter")
    expect(page.locator("#flash")).to_contain_text("Publié")


def find(visitor: Visitor, title: str) -> Page:
    """Open a need from the list, found by its words."""
    visitor.go("/besoins")
    visitor.page.get_by_role("searchbox").fill(title)
    visitor.page.get_by_role("button", name="Chercher").click()
    expect(visitor.page.get_by_role("list", name="Filtres actifs")).to_contain_text(title)
    link = visitor.page.locator("#need_list .need-row__title").get_by_role("link", name=title)
    expect(link).to_be_visible()
    visitor.follow(link)
    return visitor.page


def attach(technician: Visitor, title: str) -> str:
    """Attach the need to the first priorité that is proposed; its title."""
    find(technician, title)
    technician.click("Donner suite")
    choice = technician.page.get_by_label("La priorité servie")
    chosen = choice.locator("option").nth(1)
    words, value = chosen.inner_text(), chosen.get_attribute("value")
    choice.select_option(value)
    technician.press("Enregistrer le rattachement")
    expect(technician.page.locator("#fil")).to_contain_text(words)
    return words


def answer(technician: Visitor, title: str) -> None:
    """Answer the need."""
    find(technician, title)
    technician.click("Donner suite")
    page = technician.page
    page.get_by_role("radio", name="Retenu", exact=True).check()
    page.get_by_label("Ce que vous répondez").fill(ANSWER)
    page.get_by_label("Qui répond").select_option(index=1)
    technician.press("Publier la réponse")
    expect(page.locator("#fil")).to_contain_text(ANSWER)


def track(visitor: Visitor, code: str) -> Page:
    """Type the tracking code on the home page."""
    visitor.go("/").get_by_label("Où en est votre contribution ?").fill(code.lower())
    visitor.press("Suivre")
    return visitor.page


def card(visitor: Visitor, title: str) -> Locator:
    """The card of a priorité on the board of the territory."""
    return (
        visitor.go(BOARD).locator(".priority-card").filter(has=visitor.page.get_by_role("link", name=title, exact=True))
    )


def figures(visitor: Visitor, title: str) -> tuple[int, int]:
    """Needs and voices that the board shows for a priorité."""
    shown = card(visitor, title)
    needs = shown.locator("a[href*='/besoins?priorite']").first
    voices = shown.locator("a[href$='/voix']")
    return tuple(number_in(one.inner_text()) if one.count() else 0 for one in (needs, voices))  # type: ignore[return-value]


def write_comment(visitor: Visitor, title: str, words: str) -> None:
    """Comment on a need, signed in."""
    find(visitor, title)
    unfold(visitor)
    visitor.page.get_by_label("Vos mots").fill(words)
    visitor.press("Envoyer en relecture")
    expect(visitor.page.locator("#commentaires")).to_contain_text("visible de vous seulement")


def identify(visitor: Visitor, who: str) -> None:
    """From the page of sign-in, be somebody whom the demonstration's FranceConnect knows, here for the first time."""
    visitor.click("S’identifier avec FranceConnect")
    visitor.press(who)
    visitor.press("Ouvrir mon compte")


def declare(visitor: Visitor, name: str) -> None:
    """Declare an association."""
    page = visitor.go("/organisations/nouvelle")
    page.get_by_role("radio", name="Association").check()
    page.get_by_label("Son nom").fill(name)
    page.get_by_label("Son territoire").select_option(label="Morlaix Communauté")
    page.get_by_label("Un mot pour la vérification").fill("Huit personnes ; la mairie nous connaît.")
    visitor.press("Déclarer cette organisation")
    expect(page.get_by_role("main")).to_contain_text("Vérification en attente")


def verify(moderator: Visitor, name: str) -> None:
    """Verify an organisation, found from the queue."""
    moderator.go("/moderation")
    moderator.follow(moderator.page.get_by_role("link", name="organisations à vérifier"))
    moderator.click(name)
    moderator.page.get_by_role("radio", name="La vérifier").check()
    moderator.press("Enregistrer la décision")
    expect(moderator.page.locator("#flash")).to_be_visible()


def send_in_name_of(visitor: Visitor, name: str) -> None:
    """Send the need on screen in the name of an organisation."""
    visitor.page.get_by_role("radio", name=f"Au nom de {name}").check()
    visitor.press("Envoyer mon besoin")
    receipt(visitor)
