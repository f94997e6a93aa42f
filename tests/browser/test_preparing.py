"""A facilitator prepares a workshop through its forms: every kind of step, then the room opens on it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hall
from tests.browser.visitor import HOME, Crowd, Visitor

CARDS = "Qu’est-ce qui vous manque ?"
SORTS: list[tuple[str, str, dict[str, str]]] = [
    ("Présentation", "Ce que disent les besoins", {"Texte": "Sept besoins disent la même chose."}),
    ("Recueil", CARDS, {"Cartes par personne, au plus": "3"}),
    ("Regroupement", "On range les cartes", {"Recueil dont viennent les cartes": CARDS}),
    ("Vote par gommettes", "Par quoi commencer ?", {"Les groupes d’un recueil": CARDS}),
    ("Jugement majoritaire", "Que valent ces pistes ?", {"Autres choix, à écrire": "Une navette\nUn car"}),
    (
        "Échelle d’accord",
        "Porter ce texte ?",
        {"Ce qui est mis au vote": "Le plan de mars", "Règle fixée d’avance": "20"},
    ),
    ("Question à choix", "À quelle heure rentrer ?", {"Autres choix, à écrire": "20 h\n22 h"}),
    ("Oui, non, je m’abstiens", "On essaie un an ?", {"Ce qui est mis au vote": "Essayer un an"}),
    ("Discussion", "Qui fait quoi ?", {}),
    ("Pause", "On souffle", {}),
]
WANTED = [
    ("presentation", "single"), ("cards", "single"), ("grouping", "single"), ("dots", "single"),
    ("judgment", "single"), ("agreement", "single"), ("hands", "single"), ("hands", "yes_no"),
    ("discussion", "single"), ("pause", "single"),
]  # fmt: skip


def _fill(page: Page, label: str, words: str) -> None:
    field = page.get_by_label(label)
    if field.evaluate("field => field.matches('select')"):
        field.select_option(label=words)
    else:
        field.fill(words)


def _add(facilitator: Visitor, sort: str, title: str, fields: dict[str, str]) -> None:
    facilitator.click("Ajouter une séquence")
    facilitator.click(sort)
    page = facilitator.page
    expect(page.get_by_role("heading", level=1)).to_have_text(sort)
    page.locator("[name=title]").fill(title)
    page.get_by_label("Durée, en minutes").fill("8")
    for label, words in fields.items():
        _fill(page, label, words)
    facilitator.press("Ajouter la séquence")
    expect(page.locator("#flash")).to_contain_text("Séquence ajoutée")


@pytest.mark.slow
def test_every_kind_of_step_is_prepared_through_its_form_and_the_room_opens(people: Crowd) -> None:
    amina = people.signed_in("facilitator")
    page = amina.go(f"/territoires/{HOME}/ateliers/nouveau")
    page.get_by_label("Titre").fill("Atelier de Garlan : se déplacer")
    page.get_by_label("Lieu").fill("Salle du bourg, Garlan")
    amina.press("Continuer vers le déroulé")
    for sort, title, fields in SORTS:
        _add(amina, sort, title, fields)
    amina.press("Annoncer l’atelier")
    amina.click("Ouvrir la régie")
    amina.press("Ouvrir la salle")
    held = hall.found(people.server.database_url, "Atelier de Garlan : se déplacer")
    steps = held.steps()
    assert [(step.kind, step.hands) for step in steps] == WANTED
    assert [step.title for step in steps] == [title for _sort, title, _fields in SORTS]
    assert (steps[1].cards, steps[2].source_id, steps[3].source_id, steps[5].limit_percent) == (
        3, steps[1].id, steps[1].id, 20,
    )  # fmt: skip
    hall.begin(amina, SORTS[0][1])
    (phone,) = hall.come(people, held, "Jeunes")
    expect(phone.page.locator("#room_main")).to_contain_text(SORTS[0][1])
