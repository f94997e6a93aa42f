"""What somebody does on a page to bring it into a state worth looking at."""

import re
from collections.abc import Callable
from itertools import count

from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor

TITLE = "Un banc devant la boulangerie"
TEXT = "Ma mère fait la queue debout chaque matin, elle a 84 ans et personne ne peut s’asseoir."
TAULE = "Taulé"
_numbers = count()


def lenient(page: Page) -> None:
    """Let forms go to the server whatever they hold: its answer is what is looked at."""
    page.locator("form").evaluate_all("forms => forms.forEach(form => { form.noValidate = true; })")


def fill_need(page: Page, title: str = TITLE, email: str = "") -> None:
    """Fill the form of a need, as somebody who uses a mouse."""
    page.get_by_label("En une phrase").fill(title)
    page.get_by_label("Une situation vécue").fill(TEXT)
    page.get_by_label("La commune concernée").select_option(label=TAULE)
    page.get_by_label("Le thème").select_option("vieillir")
    page.get_by_role("radio", name="Habitantes et habitants").check()
    if email:
        page.get_by_label("Votre adresse e-mail").fill(email)
    page.get_by_role("checkbox", name=re.compile("charte")).check()


def say(visitor: Visitor, title: str = TITLE, email: str = "") -> str:
    """Say a need; the tracking code of its receipt."""
    fill_need(visitor.go("/besoins/nouveau"), title, email)
    visitor.press("Envoyer mon besoin")
    found = re.search(r"/suivi/([0-9A-Z-]+)\?recu=1", visitor.path)
    assert found, visitor.path
    return found[1]


def read_mail(visitor: Visitor) -> None:
    """Say a need with an address, then open the mailbox of the demonstration."""
    send_receipt_by_mail(visitor)
    visitor.go("/demo/messagerie")


def mail_to(visitor: Visitor, address: str) -> str:
    """The link of the last message to this address, read in the mailbox of the demonstration."""
    page = visitor.go("/demo/messagerie")
    mail = page.get_by_role("listitem").filter(has_text=f"À {address}").first
    link = mail.get_by_role("link").first.get_attribute("href")
    assert link, address
    return link.removeprefix(visitor.server.url)


# Acts of the states, by the name of what they do


def send_empty(button: str) -> Callable[[Visitor], None]:
    """Send a form as it is."""

    def act(visitor: Visitor) -> None:
        unfold(visitor)
        lenient(visitor.page)
        visitor.press(button)

    return act


def unfold(visitor: Visitor) -> None:
    """Open everything that is folded."""
    visitor.page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")


def next_page(visitor: Visitor) -> None:
    """Go to the second page of the list."""
    visitor.go(visitor.page.get_by_role("link", name="Besoins suivants").get_attribute("href") or "")


def send_receipt(visitor: Visitor) -> None:
    """Say a need, without an address."""
    say(visitor)


def send_receipt_by_mail(visitor: Visitor) -> None:
    """Say a need, with an address."""
    say(visitor, email="lena@exemple.fr")


def withdraw(visitor: Visitor) -> None:
    """Say a need, then take it back."""
    say(visitor)
    unfold(visitor)
    visitor.press("Oui, retirer mon besoin")


def say_where_closed(visitor: Visitor) -> None:
    """Say a need where the calendar has closed them."""
    page = visitor.page
    page.get_by_role("radio", name="Une commune", exact=True).check()
    fill_need(page)
    page.get_by_role("radio", name="Tout un territoire").check()
    visitor.press("Envoyer mon besoin")


def open_confirmation(visitor: Visitor) -> None:
    """Open the link received after saying a need."""
    say(visitor, email="odile@exemple.fr")
    visitor.go(mail_to(visitor, "odile@exemple.fr"))


def confirm(visitor: Visitor) -> None:
    """Confirm one's address."""
    open_confirmation(visitor)
    visitor.press("Confirmer mon besoin")


def support(visitor: Visitor, address: str = "youenn@exemple.fr") -> None:
    """Support a need, leaving an address."""
    unfold(visitor)
    box = visitor.page.locator("#soutiens")
    box.get_by_role("radio", name="Jeunes").check()
    box.get_by_label("Votre adresse e-mail").fill(address)
    visitor.press("Ajouter ma voix")


def open_support(visitor: Visitor) -> None:
    """Open the link received after supporting a need."""
    support(visitor)
    visitor.go(mail_to(visitor, "youenn@exemple.fr"))


def confirm_support(visitor: Visitor) -> None:
    """Confirm a support."""
    support(visitor, "sterenn@exemple.fr")
    visitor.go(mail_to(visitor, "sterenn@exemple.fr"))
    visitor.press("Confirmer mon soutien")


def reopen_support(visitor: Visitor) -> None:
    """Open a link that has already served."""
    support(visitor, "malo@exemple.fr")
    link = mail_to(visitor, "malo@exemple.fr")
    visitor.go(link)
    visitor.press("Confirmer mon soutien")
    visitor.go(link)


def comment(visitor: Visitor) -> None:
    """Comment, signed in: it waits to be read."""
    unfold(visitor)
    visitor.page.get_by_label("Vos mots").fill("La même chose à Lanmeur, trois apprentis sont concernés.")
    visitor.press("Envoyer en relecture")


def support_signed_in(visitor: Visitor) -> None:
    """Support, signed in, unless it is already done."""
    taken_back = visitor.page.get_by_role("button", name="Retirer mon soutien")
    if not taken_back.count():
        visitor.follow(visitor.page.locator("#soutiens").get_by_role("button", name="C’est aussi mon besoin"))
    expect(taken_back).to_be_visible()


def ask_link(visitor: Visitor, address: str = "katell@exemple.fr") -> None:
    """Ask for a link to sign in."""
    visitor.page.get_by_label("Votre adresse e-mail").fill(address)
    visitor.press("Recevoir le lien")


def open_link(visitor: Visitor) -> None:
    """Open the link where it was asked for."""
    address = f"voix-{next(_numbers)}@exemple.fr"  # one address may not ask too often
    ask_link(visitor, address)
    visitor.go(mail_to(visitor, address))


def open_link_elsewhere(visitor: Visitor) -> None:
    """Open the link in a browser that did not ask for it."""
    open_link(visitor)
    visitor.context.clear_cookies()
    visitor.page.reload()


def wrong_code(visitor: Visitor) -> None:
    """Type another code than the one asked for."""
    open_link_elsewhere(visitor)
    visitor.page.get_by_label("Le code").fill("AAAAAA")
    visitor.press("Me connecter")


def sign_in(visitor: Visitor) -> None:
    """Sign in for the first time."""
    open_link(visitor)
    visitor.press("Me connecter")


def too_fast(visitor: Visitor) -> None:
    """Ask more often than one connection may."""
    statuses = [visitor.post("/connexion", email="") for _n in range(21)]
    assert statuses[-1] == 429, statuses
    send_empty("Recevoir le lien")(visitor)


def empty_name(visitor: Visitor) -> None:
    """Leave one's public name empty."""
    visitor.page.get_by_label("Pseudonyme").fill("")
    send_empty("Enregistrer")(visitor)


def wrong_code_of_tracking(visitor: Visitor) -> None:
    """Type a code that leads nowhere."""
    visitor.page.get_by_label("Code de suivi, ou référence publique").fill("AAAA-BBBB-CCCC")
    visitor.press("Ouvrir le suivi")


def read_everything(visitor: Visitor) -> None:
    """Publish all that waits, however much that is."""
    links = visitor.page.locator(".queue__link")
    for path in [link.get_attribute("href") for link in links.all()]:
        assert path and visitor.post(path, decision="publish") == 200
    visitor.page.reload()


def decide_twice(visitor: Visitor) -> None:
    """Send a decision on what somebody else has decided meanwhile."""
    visitor.go(visitor.page.locator(".queue__link").last.get_attribute("href") or "")
    assert visitor.post(visitor.path, decision="publish") == 200
    visitor.page.get_by_role("radio", name="Publier tel quel").check()
    visitor.press("Envoyer et continuer")


def backwards(visitor: Visitor) -> None:
    """Give a step an end before its beginning, and no title."""
    visitor.page.get_by_label("Titre").fill("")
    visitor.page.get_by_label("Premier jour").fill("2027-05-02")
    visitor.page.get_by_label("Dernier jour").fill("2027-05-01")
    lenient(visitor.page)
    visitor.follow(visitor.page.locator("main form button[type=submit]").first)


def withdraw_without_reason(visitor: Visitor) -> None:
    """Withdraw an enjeu or a priorité without saying why."""
    send_empty("Retirer")(visitor)


def rank_without_date(visitor: Visitor) -> None:
    """Give a rank without the date of the committee."""
    visitor.page.get_by_role("spinbutton", name="Rang").fill("4")
    visitor.page.get_by_label("Date du comité").fill("")
    send_empty("Enregistrer le rang")(visitor)


def stale(visitor: Visitor) -> None:
    """Save a priorité that somebody else has changed meanwhile."""
    page = visitor.page
    page.get_by_label("Titre").fill("Un titre écrit sur une version dépassée")
    page.locator("input[name=edited]").evaluate("field => { field.value = '99'; }")
    visitor.press("Enregistrer la priorité")


def answer_badly(visitor: Visitor) -> None:
    """Redirect a need without saying whither."""
    visitor.page.get_by_role("radio", name="Orienté vers une autre politique").check()
    send_empty("Publier la réponse")(visitor)


def detach_nothing(visitor: Visitor) -> None:
    """Detach a need that is attached to nothing."""
    send_empty("Enregistrer le rattachement")(visitor)


def send_too_much(visitor: Visitor) -> None:
    """Send more than any form without files needs."""
    page = visitor.page
    page.get_by_label("Votre adresse e-mail").evaluate("field => { field.value = 'x'.repeat(300000); }")
    lenient(page)
    visitor.press("Recevoir le lien")
