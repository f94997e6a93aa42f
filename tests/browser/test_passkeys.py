"""The second factor at a real browser, with an authenticator that Chromium simulates; and without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.acts import mail_to
from tests.browser.server import Server, serve
from tests.browser.visitor import Crowd, Visitor
from tests.databases import Engine

ADDRESS = "katell@exemple.fr"
ACCESS = "/mon-espace/acces"
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def own_server(engine: Engine, tmp_path: Path) -> Iterator[Server]:
    """A fresh demonstration, called by a name."""
    with engine.copy() as url, serve(url, tmp_path / "server.log", host="localhost") as opened:
        yield opened


def give_device(visitor: Visitor) -> None:
    """Plug a simulated authenticator in: whoever holds it makes every gesture that is asked."""
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def sign_in(visitor: Visitor, next: str = "") -> None:
    visitor.go(f"/connexion?next={next}").get_by_label("Votre adresse e-mail").fill(ADDRESS)
    visitor.press("Recevoir le lien")
    visitor.go(mail_to(visitor, ADDRESS))
    visitor.press("Me connecter")


def register(visitor: Visitor, label: str) -> list[str]:
    """Add a passkey; the recovery codes shown."""
    page = visitor.go(ACCESS)
    page.get_by_label("Un nom pour la reconnaître").fill(label)
    with page.expect_event("load"):
        page.get_by_role("button", name="Ajouter une clé", exact=True).click()
    return page.locator("main code").all_inner_texts()


def test_a_key_is_registered_then_asked_for_and_opens_the_page_that_was_wanted(people: Crowd) -> None:
    visitor = people.visitor()
    give_device(visitor)
    sign_in(visitor)
    assert len(register(visitor, "Mon ordinateur")) == 8
    expect(visitor.page.get_by_role("button", name="Imprimer cette page")).to_be_visible()
    visitor.click("C’est noté, continuer")
    expect(visitor.page.locator("#cles").locator("xpath=../..")).to_contain_text("Mon ordinateur")
    visitor.press("Se déconnecter")
    sign_in(visitor, "/besoins/nouveau")
    assert visitor.path.startswith("/connexion/cle")
    expect(visitor.page.get_by_role("banner")).to_contain_text("Terminer la connexion")
    visitor.press("Montrer ma clé")
    visitor.page.wait_for_url("**/besoins/nouveau")


def test_a_device_that_has_a_key_already_says_so(people: Crowd) -> None:
    visitor = people.visitor()
    give_device(visitor)
    sign_in(visitor)
    register(visitor, "Mon ordinateur")
    page = visitor.go(ACCESS)
    page.get_by_label("Un nom pour la reconnaître").fill("La même")
    page.get_by_role("button", name="Ajouter une clé", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("déjà une clé")
    expect(page.get_by_role("button", name="Ajouter une clé", exact=True)).to_be_focused()


def test_without_script_a_recovery_code_replaces_the_key(people: Crowd) -> None:
    scripted = people.visitor()
    give_device(scripted)
    sign_in(scripted)
    code = register(scripted, "Mon ordinateur")[0]
    plain = people.visitor(java_script_enabled=False)
    sign_in(plain, "/besoins")
    expect(plain.page.get_by_role("button", name="Montrer ma clé")).to_be_hidden()
    expect(plain.page.get_by_text("prenez un code de secours")).to_be_visible()
    plain.click("Prendre un code de secours")
    plain.page.get_by_label("Le code de secours").fill(code.lower())
    plain.press("Me connecter")
    assert plain.path == "/besoins"
    plain.go(ACCESS)
    expect(plain.page.get_by_role("button", name="Ajouter une clé", exact=True)).to_be_hidden()
    expect(plain.page.get_by_text("Il vous reste 7 codes")).to_be_visible()
