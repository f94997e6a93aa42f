"""Where people come in with a code: its own page, the table, the collège; and what a card says of one's table."""

from bs4 import BeautifulSoup

from app.core.db import now
from app.workshops.models import Table, Ticket, Workshop
from tests.site import Site, Visitor
from tests.workshops import walls
from tests.workshops.acts import prepared, room, seated, shown, soup
from tests.workshops.test_phone import a_step, option_ids, stage

BOX = "input[name=table][type=checkbox]"


def a_table(site: Site, workshop: Workshop, number: int = 44) -> Table:
    with site.writing() as db:
        table = Table(workshop_id=workshop.id or 0, number=number, key=f"cle-{number}", label="Côté fenêtres")
        db.add(table)
    return table


def offered(page: BeautifulSoup, selector: str) -> bool:
    """Whether it is on the page and nothing hides it."""
    found = page.select_one(selector)
    return found is not None and not [each for each in (found, *found.parents) if each.has_attr("hidden")]


def test_the_address_that_is_printed_asks_for_the_code_and_reproaches_nothing(site: Site) -> None:
    printed = site.visitor().get("/a")
    assert printed.status_code == 200 and "À corriger" not in printed.text
    page = soup(printed)
    assert page.h1 and page.h1.get_text() == "Entrer dans la salle" and page.select_one("input[name=code]")
    wrong = site.visitor().get("/a", params={"code": "zzzzzz"})
    assert wrong.status_code == 404 and "À corriger" in wrong.text
    field = soup(wrong).select_one("input[name=code]")
    assert field and field["value"] == "zzzzzz"


def test_whoever_typed_the_code_of_the_room_is_asked_for_the_table(site: Site) -> None:
    workshop = room(site)
    table = a_table(site, workshop)
    door = f"/a/{workshop.code}"
    form = soup(site.visitor().get(door)).select_one("form.phone__form")
    assert form and "(facultatif)" in form.get_text()
    assert "Table 44, Côté fenêtres" in [option.get_text() for option in form.select("select[name=table] option")]
    sent = {"college": "jeunes", "table": table.id}
    assert "Table 44" in str(soup(site.visitor().post(f"{door}/place", sent)).select_one(".phone-head"))
    assert "Table 44" not in str(soup(site.visitor().post(f"{door}/place", sent | {"table": ""})).header)
    kept = soup(site.visitor().post(f"{door}/place", {"table": table.id})).select_one("option[selected]")
    assert kept and kept["value"] == str(table.id), "what was chosen stays when the collège is missing"
    by_card = soup(site.visitor().get(f"{door}/table/{table.key}"))
    assert by_card.select_one("select[name=table]") is None, "its card has said which"


def test_the_name_of_the_workshop_is_said_once_at_the_door(site: Site) -> None:
    workshop = room(site)
    page = soup(site.visitor().get(f"/a/{workshop.code}"))
    for part in page.select("template, title"):
        part.decompose()
    assert page.get_text().count(workshop.title) == 1
    inside = soup(seated(site, workshop).get(f"/a/{workshop.code}")).select_one(".phone-head")
    assert inside and workshop.title in inside.get_text()


def test_a_printed_code_says_when_the_college_is_to_be_chosen(site: Site) -> None:
    workshop = room(site)
    with site.writing() as db:
        db.add(Ticket(workshop_id=workshop.id or 0, code="ACDEFGHJ", printed_at=now()))
    door, phone = f"/a/{workshop.code}/pret", site.visitor()
    page = phone.get(door)
    assert "(facultatif)" not in shown(page) and "À choisir la première fois" in shown(page)
    assert soup(page).h1.get_text() == "Entrer avec un code imprimé"  # type: ignore[union-attr]
    assert phone.post(door, {"code": "ACDEFGHJ", "college": "jeunes"}).status_code == 200
    again = site.visitor().post(door, {"code": "ACDEFGHJ"})
    assert again.status_code == 200 and "Vous êtes dans la salle" in shown(again)


def test_yes_and_no_come_before_whoever_abstains(site: Site) -> None:
    workshop = room(site)
    step, phone = a_step(site, workshop, "hands", ["Une navette"], hands="yes_no"), seated(site, workshop)
    page = soup(phone.get(f"/a/{workshop.code}"))
    said = [each["data-said"] for each in page.select(f'input[name="grade-{option_ids(site, step)[0]}"]')]
    assert said == ["Oui", "Non", "Je m’abstiens"]


def _writing(site: Site, phone: Visitor, workshop: Workshop) -> BeautifulSoup:
    return soup(phone.get(f"/a/{workshop.code}"))


def test_without_a_table_one_is_asked_where_one_sits_and_signs_for_nobody(site: Site) -> None:
    workshop = room(site)
    table = a_table(site, workshop)
    step, phone = walls.recueil(site, workshop, signed="table", approve=False), seated(site, workshop)
    page, ask = _writing(site, phone, workshop), "form[data-no-table] select[name=table]"
    assert not offered(page, BOX) and offered(page, ask)
    assert "signée par votre table" not in shown(phone.get(f"/a/{workshop.code}"))
    phone.post(f"/a/{workshop.code}/table", {"table": table.id})
    page = _writing(site, phone, workshop)
    assert offered(page, BOX) and not offered(page, ask)
    walls.write(phone, workshop, step, "Nous voulons un car", table="true")
    walls.write(phone, workshop, step, "Moi aussi")
    mine = shown(phone.get(f"/a/{workshop.code}/mes-cartes"))
    assert "Au nom de la table : Table 44, Côté fenêtres, toute la table" in mine
    assert "Signée : Table 44, Côté fenêtres<" in mine


def test_the_stage_that_all_phones_share_has_both_and_the_phone_says_which(site: Site) -> None:
    workshop = room(site)
    a_table(site, workshop)
    walls.recueil(site, workshop, signed="table")
    drawn = BeautifulSoup(stage(site, workshop)["html"], "html.parser")
    assert drawn.select_one("[data-at-table]") and drawn.select_one("form[data-no-table]")
    shell = _writing(site, seated(site, workshop), workshop).select_one("[data-room][data-seat]")
    assert shell and shell["data-table"] == ""


def test_a_room_without_tables_has_no_card_of_a_table(site: Site) -> None:
    workshop = prepared(site, site.signed_in("facilitator"))
    walls.recueil(site, workshop, signed="table")
    with site.writing() as db:
        db.get_one(Workshop, workshop.id).status = "running"
    page = seated(site, workshop).get(f"/a/{workshop.code}")
    assert "Les cartes ne sont pas signées." in shown(page)
    assert not offered(soup(page), BOX) and not offered(soup(page), "select[name=table]")
