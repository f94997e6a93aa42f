"""Needs that say the same thing: grouped by ticking, summed up with their words, answered once; and left."""

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.visitor import HOME, Crowd, Visitor

LIST = f"/besoins?territoire={HOME}&theme=mobilites"
OWN = "Rentrer d’une répétition ou d’un match sans dépendre d’un parent"  # said by the delegate of an organisation
OTHER = "Le lycée oui, mais l’entraînement non"
TITLE = "Rentrer le soir sans voiture, après le lycée ou l’entraînement"
SENTENCE = "Le soir, après l’entraînement ou la répétition, plus aucun car ne ramène les jeunes"
WHY = "Nous parlons des répétitions du week-end, pas du lycée en semaine."


def _group(technician: Visitor) -> Page:
    """Tick two needs of the list; each sentence cites one, by a press."""
    page = technician.go(LIST)
    for title in (OWN, OTHER):
        page.get_by_role("checkbox", name=title).check()
    technician.press("Regrouper les besoins cochés")
    page.get_by_label("Ce qu’ils disent, en une phrase").fill(TITLE)
    page.get_by_label("Ce qu’ils disent ensemble").fill(f"{SENTENCE}.")
    technician.press("Regrouper et prévenir les auteurs")
    assert technician.status == 422  # a sentence that cites nobody
    summary = page.get_by_label("Ce qu’ils disent ensemble")
    summary.fill(SENTENCE)
    for title in (OWN, OTHER):
        page.get_by_role("button", name=f"Citer {title}").click()
    expect(summary).to_be_focused()
    page.keyboard.type(".")
    technician.press("Regrouper et prévenir les auteurs")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    return page


def _follow_up(technician: Visitor) -> str:
    """Attach the group to a priority, then answer all its needs at once; the priority."""
    page = technician.page
    technician.click("Donner suite")
    choice = page.get_by_label("La priorité servie")
    words = choice.locator("option").nth(1).inner_text()
    choice.select_option(index=1)
    technician.press("Enregistrer le rattachement")
    if not page.get_by_label("Ce que vous répondez").count():
        technician.click("Donner suite")
    page.get_by_role("radio", name="Retenu", exact=True).check()
    page.get_by_label("Ce que vous répondez").fill(steps.ANSWER)
    page.get_by_label("Qui répond").select_option(index=1)
    technician.press("Publier la réponse")
    return words


def test_needs_are_grouped_answered_once_and_one_of_them_leaves(people: Crowd) -> None:
    technician, author = people.signed_in("technician"), people.signed_in("youth")
    page = _group(technician)
    address = technician.path.partition("#")[0]
    priority = _follow_up(technician)
    for title in (OWN, OTHER):
        shown = steps.find(people.visitor(), title)
        expect(shown.locator("#fil")).to_contain_text(steps.ANSWER)
        expect(shown.locator("#fil")).to_contain_text(priority)
        expect(shown.locator("#besoin-partage")).to_contain_text(TITLE)
    steps.find(author, OWN)
    author.page.get_by_text("Ce n’est pas ce que j’ai dit").click()
    author.page.get_by_label("Pourquoi votre besoin n’a pas sa place ici").fill(WHY)
    author.press("Demander à sortir du groupe")
    expect(author.page.locator("#besoin-partage")).to_contain_text("Vous avez demandé que ce besoin sorte du groupe")
    page = technician.go(address)
    request = page.locator("#departs").get_by_role("article", name=OWN)
    expect(request).to_contain_text(WHY)
    request.get_by_role("radio", name="Le besoin sort du groupe").check()
    request.get_by_label("Ce que vous lui dites").fill("Vous avez raison, il continue seul.")
    technician.press("Répondre")
    expect(page.locator("#besoins")).not_to_contain_text(OWN)
    expect(steps.find(people.visitor(), OWN).locator("#besoin-partage")).to_have_count(0)
