"""What the console tells before it is too late: cards left out of a vote, what was passed, a screen that is dark."""

from datetime import timedelta

from app.core.db import now
from app.workshops.models import Card, Step, Workshop
from tests.site import Site
from tests.workshops.acts import act, options, prepared, room, seated, soup, steps, vote
from tests.workshops.console_acts import add, again, console, press, said
from tests.workshops.test_console import grouped


def _card(site: Site, step: int | None, text: str, status: str) -> int:
    """A card in no group."""
    with site.writing() as db:
        card = Card(step_id=step or 0, key=f"cle-{text}", text=text, status=status, created_at=now())
        db.add(card)
        db.flush()
        return card.id or 0


def test_cards_in_no_group_are_told_before_the_vote_on_groups_opens(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop, question = grouped(site, amina, 3)
    assert "aucun groupe" not in said(console(amina, workshop))
    _card(site, question.source_id, "Un banc", "published")
    _card(site, question.source_id, "Une lampe", "pending")
    press(site, amina, workshop, steps(site, workshop)[0], "passage")
    press(site, amina, workshop, steps(site, workshop)[1], "passage")
    page = console(amina, workshop)
    assert "2 cartes ne sont dans aucun groupe : personne ne pourra voter pour elles." in said(page)
    wall = f"/ateliers/{workshop.id}/cartes?etape={question.source_id}"
    assert said(page.find("a", string="Les ranger avant le vote")) and page.find("a", href=wall)
    press(site, amina, workshop, question, "ouverture")
    assert "aucun groupe" not in said(console(amina, workshop))


def test_a_regroupement_closed_too_soon_opens_again(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    cards = add(site, workshop, "cards", "Ce qui manque")
    sorting = add(site, workshop, "grouping", "Ranger les cartes", source_id=cards.id)
    for what in ("ouverture", "cloture"):
        press(site, amina, workshop, sorting, what)
    assert "Rouvrir le regroupement" in said(console(amina, workshop))
    press(site, amina, workshop, sorting, "reouverture")
    assert again(site, sorting).status == "open"


def test_a_step_is_passed_and_put_back_from_the_main_block(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    first, question = steps(site, workshop)
    block = console(amina, workshop).select_one(".console-now")
    assert f"Passer : {first.title}" in said(block) and "Remettre" not in said(block)
    assert len(console(amina, workshop).select("[data-key=s]")) == 1
    press(site, amina, workshop, first, "passage")
    block = console(amina, workshop).select_one(".console-now")
    assert f"Remettre : {first.title}" in said(block) and f"Passer : {question.title}" in said(block)
    press(site, amina, workshop, question, "ouverture")
    assert "Remettre" not in said(console(amina, workshop).select_one(".console-now"))


def test_every_key_that_cannot_be_undone_asks_for_enter(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    asked = {button["data-key"] for button in console(amina, workshop).select("[data-key-sure]")}
    assert asked and asked <= {"c", "n", "r", "s"}
    keys = {button["data-key"] for button in console(amina, workshop).select("button[data-key]")}
    assert keys & {"c", "n", "r", "s"} == asked


def test_results_stay_on_the_console_once_the_room_sees_them(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    question = steps(site, workshop)[1]
    press(site, amina, workshop, question, "ouverture")
    vote(seated(site, workshop), workshop, question, {options(site, question)[0]: 2})
    press(site, amina, workshop, question, "cloture")
    assert "Aperçu, pour vous" in said(console(amina, workshop))
    press(site, amina, workshop, question, "resultats")
    part = console(amina, workshop).select_one("section[aria-labelledby=apercu]")
    assert "Résultats montrés à la salle" in said(part) and "1 bulletin" in said(part)


def test_an_extended_step_lasts_longer_in_the_run_sheet(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step = next(each for each in steps(site, workshop) if each.status == "open")
    with site.writing() as db:
        kept = db.get_one(Step, step.id)
        kept.opened_at, kept.closes_at = now(), now() + timedelta(minutes=5)
        db.add(kept)
    for minutes in (5, 7):
        assert f"{minutes} min" in said(console(amina, workshop).select_one(".run__step[aria-current] .run__minutes"))
        press(site, amina, workshop, step, "prolongation")


def test_a_dark_screen_is_said_where_one_looks(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    assert "la salle ne voit" not in said(console(amina, workshop))
    for screen, words in (("blank", "la salle ne voit rien"), ("frozen", "la salle ne voit pas la suite")):
        act(site, amina, workshop, "ecran", screen=screen)
        assert words in said(console(amina, workshop).select_one(".console-now__off"))


def test_a_card_to_refuse_is_led_to_its_reasons(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop: Workshop = prepared(site, amina)
    cards = add(site, workshop, "cards", "Ce qui manque", approve=True)
    press(site, amina, workshop, cards, "ouverture")
    _card(site, cards.id, "Un banc", "pending")
    named = _card(site, cards.id, "Un nom", "pending")
    page = console(amina, workshop)
    assert page.select_one("#console_counts > :first-child")["class"][-1] == "console-cards", "cards come first now"
    link = next(link for link in page.select(".console-cards a") if "Ne pas retenir : Un nom" in said(link))
    wall = soup(amina.get(link["href"].split("#")[0]))
    assert wall.select_one("#ne-pas-retenir[open]")
    pressed = wall.select_one("#read button")  # by Enter, without script
    assert (pressed["formmethod"], pressed["formaction"]) == ("get", f"/ateliers/{workshop.id}/cartes")
    assert [box["value"] for box in wall.select("[data-pick][checked]")] == [f"{named}:0"]
