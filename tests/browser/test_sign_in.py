"""Signing in leads back to the page, and to the text being written there."""

from playwright.sync_api import expect

from tests.browser.acts import mail_to
from tests.browser.visitor import Crowd

NOTE = "[data-draft-note]"
SHEET = "Navette du soir vers Guerlesquin"


def test_a_form_sent_once_signed_out_is_still_written_after_signing_in(people: Crowd) -> None:
    visitor = people.signed_in("technician")
    page = visitor.go("/fiches-actions/nouvelle")
    page.get_by_label("Intitulé").fill(SHEET)
    expect(page.locator(NOTE)).to_have_text("Brouillon gardé sur cet appareil.")
    visitor.context.clear_cookies()  # the session ended meanwhile
    visitor.press("Commencer la fiche")
    assert visitor.status == 403
    visitor.follow(page.get_by_role("main").get_by_role("link", name="Se connecter"))
    page.get_by_label("Votre adresse e-mail").fill("technician@demo.emglev.example")
    visitor.press("Recevoir le lien")
    visitor.go(mail_to(visitor, "technician@demo.emglev.example"))
    visitor.press("Me connecter")
    assert visitor.path.startswith("/fiches-actions/nouvelle")
    expect(page.get_by_label("Intitulé")).to_have_value(SHEET)
