"""Paper typed in series without a mouse; a call, from its words to the code that is read out."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.states_intake import SHEET_TEXT, take_call
from tests.browser.visitor import Crowd, Visitor

SHEETS = [
    ("Un éclairage au lavoir", "Le soir on ne voit pas les marches, deux personnes sont tombées cet hiver."),
    ("Des livres à la mairie annexe", "La bibliothèque est à douze kilomètres et le car ne passe pas le mercredi."),
    ("Une benne à déchets verts", "On brûle au fond du jardin parce que la déchèterie ferme à seize heures."),
    ("Un médecin le samedi", "Le cabinet est fermé dès le vendredi midi, il reste les urgences de la ville."),
    ("Du chauffage à la salle des fêtes", "Le club des aînés garde son manteau de novembre à mars, certains ne viennent plus."),
]  # fmt: skip
COMMUNE = "Tau"  # its first letters
CHOICES = ("Log", "Hab")  # those of a theme and a collège, never kept from one sheet to the next


class _Clerk:
    """Somebody who types; what is not words of a sheet is counted."""

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page
        self.keys = 0

    def open(self) -> None:
        """The page, its keys at work, the focus where one begins."""
        self.page.goto("/saisie")
        expect(self.page.locator("form[data-series=on]")).to_be_attached()
        expect(self.page.get_by_label("Commune")).to_be_focused()

    def press(self, key: str) -> None:
        """One key."""
        self.page.keyboard.press(key)
        self.keys += 1

    def choose(self, letters: str) -> None:
        """Find a choice by its first letters, and go on to the next field."""
        self.page.keyboard.type(letters)
        self.keys += len(letters)
        self.press("Tab")

    def sheet(self, title: str, text: str) -> None:
        """The theme, the collège, the words, then Ctrl + Enter; what comes next is the theme of the next sheet."""
        expect(self.page.get_by_label("Thème")).to_be_focused()
        for letters in CHOICES:
            self.choose(letters)
        field = self.page.get_by_label("En une phrase")
        expect(field).to_be_focused()
        self.page.keyboard.insert_text(title)
        self.press("Tab")
        self.page.keyboard.insert_text(text)
        self.press("Control+Enter")
        expect(self.page.locator("#series .notice--ok")).to_contain_text(title)


def test_five_sheets_are_typed_in_series_with_the_keyboard_alone(
    people: Crowd, record_property: Callable[[str, object], None]
) -> None:
    visitor = people.signed_in("relay")
    page, clerk = visitor.page, _Clerk(visitor)
    clerk.open()
    first = page.get_by_label("Numéro de fiche").input_value()
    clerk.choose(COMMUNE)
    setting = clerk.keys
    for title, text in SHEETS:
        clerk.sheet(title, text)
    record_property("keystrokes beyond words", clerk.keys)
    print(f"{len(SHEETS)} sheets: {clerk.keys} keystrokes beyond the words, of which {setting} for the first choices")
    assert clerk.keys == setting + 10 * len(SHEETS) and setting <= 4
    last = page.get_by_label("Numéro de fiche").input_value()
    assert int(last[-4:]) == int(first[-4:]) + len(SHEETS)
    listed = people.signed_in("facilitator").go("/saisie/relecture").get_by_role("main")
    for title, _text in SHEETS:
        expect(listed).to_contain_text(title)


def test_a_second_person_reads_a_sheet_again_and_corrects_a_slip(people: Crowd) -> None:
    clerk, reader = people.signed_in("relay"), people.signed_in("facilitator")
    typist = _Clerk(clerk)
    typist.open()
    typist.choose(COMMUNE)
    typist.sheet("Un éclairage au lavoire", SHEETS[0][1])
    reader.go("/saisie/relecture")
    reader.click("Un éclairage au lavoire")
    sheet = reader.path
    reader.page.get_by_label("En une phrase").fill(SHEETS[0][0])
    reader.key("Control+Enter")
    page = reader.go(sheet)
    expect(page.get_by_role("main")).to_contain_text(SHEETS[0][0])
    expect(page.get_by_role("main")).to_contain_text("Un éclairage au lavoire")  # what was typed first is kept
    expect(page.get_by_role("button", name="Valider la deuxième lecture")).to_have_count(0)


def test_the_code_read_out_on_the_telephone_opens_the_tracking_page(people: Crowd) -> None:
    clerk, caller = people.signed_in("relay"), people.visitor()
    clerk.go("/saisie")
    code = take_call(clerk)
    page = steps.track(caller, code.replace("-", " "))
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre besoin, étape par étape")
    expect(page.get_by_role("main")).to_contain_text(SHEET_TEXT)
    expect(page.get_by_role("main")).to_contain_text("Par téléphone")
