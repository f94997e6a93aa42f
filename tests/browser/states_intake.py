"""Paper, telephone and workshops, in every state that a clerk may meet."""

from playwright.sync_api import expect

from tests.browser.acts import lenient
from tests.browser.state import State as S
from tests.browser.visitor import Visitor

SHEET_TEXT = "Le banc du cimetière est cassé depuis l’été, ma sœur ne peut plus s’asseoir."


def _send(visitor: Visitor) -> None:
    lenient(visitor.page)
    visitor.page.get_by_role("button", name="Enregistrer et passer à la suivante").click()


def _send_nothing(visitor: Visitor) -> None:
    _send(visitor)
    expect(visitor.page.get_by_role("alert")).to_be_visible()


def take_call(visitor: Visitor, title: str = "Réparer le banc du cimetière") -> str:
    """Type what somebody says on the telephone; the code to read out."""
    page = visitor.page
    page.get_by_label("Origine").select_option(label="Par téléphone")
    page.get_by_label("Numéro de fiche").fill("")
    page.get_by_label("Commune").select_option(label="Taulé")
    page.get_by_label("Thème").select_option(index=1)
    page.get_by_label("Collège").select_option("habitants")
    page.get_by_label("En une phrase").fill(title)
    page.get_by_label("Texte").fill(SHEET_TEXT)
    _send(visitor)
    code = page.locator("#series .notice--ok code")
    expect(code).to_be_visible()
    return code.inner_text()


def _take_call(visitor: Visitor) -> None:
    take_call(visitor)


INTAKE = [
    S("series refused", "/saisie", "relay", act=_send_nothing),
    S("series, a call typed", "/saisie", "relay", act=_take_call),
    S("collecte", "/collectes/{campaign}", "relay"),
    S("sheet to read again", "/saisie/fiches/{typed}", "facilitator"),
    S("import with errors", "/saisie/import/{import}", "relay"),
]
