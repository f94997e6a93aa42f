"""Tables of a room, their cards, and the codes printed for devices that are lent."""

import io
import re

import pikepdf
import pytest
from sqlmodel import col, select

from app.core.i18n import fdate
from app.workshops.models import Seat, Table, Ticket, Workshop
from app.workshops.service.preparing import CODE_LETTERS
from tests.site import Site
from tests.workshops.acts import act, room, soup
from tests.workshops.drafts import DOTS, draft


def tables(site: Site, workshop: Workshop) -> list[Table]:
    """The tables as they are now."""
    with site.reading() as db:
        return list(db.exec(select(Table).where(Table.workshop_id == workshop.id).order_by(col(Table.number))))


def tickets(site: Site, workshop: Workshop) -> list[str]:
    """The codes printed so far."""
    with site.reading() as db:
        return list(db.exec(select(Ticket.code).where(Ticket.workshop_id == workshop.id).order_by(col(Ticket.id))))


def test_a_room_has_the_tables_one_says_with_their_names_and_its_cards_stay_good(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS)
    path = f"/ateliers/{workshop.id}/tables"
    assert amina.post(path, {"tables": 3}).status_code == 200
    keys = [table.key for table in tables(site, workshop)]
    assert amina.post(path, {"tables": 4, "labels": ["Se déplacer", "", "Se loger"]}).status_code == 200
    assert [table.label for table in tables(site, workshop)] == ["Se déplacer", "", "Se loger", ""]
    assert [table.key for table in tables(site, workshop)][:3] == keys and len(set(keys)) == 3
    assert soup(amina.get(path)).select("input[name=labels]")[2]["value"] == "Se loger"
    amina.post(path, {"tables": 1, "labels": ["Se déplacer", "", ""]})
    assert [table.number for table in tables(site, workshop)] == [1]


@pytest.mark.parametrize(
    "sent", [{"tables": 41}, {"tables": -1}, {"tables": ""}, {"tables": 2, "labels": ["x" * 61, ""]}]
)
def test_a_wrong_number_of_tables_is_told_and_what_was_typed_stays(site: Site, sent: dict[str, object]) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS)
    amina.post(f"/ateliers/{workshop.id}/tables", {"tables": 2})
    answer = amina.post(f"/ateliers/{workshop.id}/tables", sent)
    assert answer.status_code == 422 and soup(answer).select_one("#tables")["value"] == str(sent["tables"])
    assert len(tables(site, workshop)) == 2


def test_a_table_where_somebody_sits_stays(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    before = len(tables(site, workshop))
    answer = amina.post(f"/ateliers/{workshop.id}/tables", {"tables": 1})
    assert answer.status_code == 409 and len(tables(site, workshop)) == before == 6
    assert amina.post(f"/ateliers/{workshop.id}/tables", {"tables": 7}).status_code == 200
    assert amina.post(f"/ateliers/{workshop.id}/tables", {"tables": 6}).status_code == 200


def test_the_card_of_a_table_leads_to_that_table(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    cards = soup(amina.get(f"/ateliers/{workshop.id}/tables/cartes"))
    assert [h.text for h in cards.select("h2.paper-card__name")] == [f"Table {n}" for n in range(1, 7)]
    assert len(cards.select("svg.qr")) == 6 and workshop.code in cards.select_one(".paper-card").text
    when = fdate(workshop.starts_at, "meeting")
    assert all(workshop.title in card.text and when in card.text for card in cards.select(".paper-card"))
    key = tables(site, workshop)[3].key
    assert site.visitor().get(f"/a/{workshop.code}/table/{key}").status_code == 200


def test_coupons_name_the_workshop_and_its_day_and_say_when_no_phone_can_come(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    amina.post(f"/ateliers/{workshop.id}/codes", {"codes": 2})
    coupons = soup(amina.get(f"/ateliers/{workshop.id}/codes")).select(".paper-code")
    when = fdate(workshop.starts_at, "meeting")
    assert coupons and all(workshop.title in one.get_text() and when in one.get_text() for one in coupons)
    pages = [f"/ateliers/{workshop.id}/{one}" for one in ("codes", "tables/cartes", "regie")]
    pages.append(f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}")
    words = "un téléphone ne l’ouvre pas"
    assert all(words in amina.get(page).text for page in pages), "http://localhost is this computer alone"
    site.app.state.settings = site.app.state.settings.model_copy(update={"public_url": "https://emglev.example"})
    assert not any(words in amina.get(page).text for page in pages)


def test_codes_are_new_each_time_read_aloud_without_doubt_and_give_a_seat(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    before = tickets(site, workshop)
    page = soup(amina.post(f"/ateliers/{workshop.id}/codes", {"codes": 15}))
    codes = tickets(site, workshop)
    assert len(codes) == len(set(codes)) == len(before) + 15
    assert all(re.fullmatch(f"[{CODE_LETTERS}]{{8}}", code) for code in codes)
    shown = [p.text for p in page.select(".paper-code .paper-card__code")]
    assert shown == [f"{code[:4]}-{code[4:]}" for code in codes]
    phone = site.visitor()
    door = soup(phone.get(f"/a/{workshop.code}/pret?ticket={codes[-1]}"))
    sent = {
        field["name"]: field.get("value", "") for field in door.select("form[action$='/pret'] input:not([type=radio])")
    }
    assert phone.post(f"/a/{workshop.code}/pret", sent | {"college": "jeunes"}).status_code == 200
    with site.reading() as db:
        ticket = db.exec(select(Ticket).where(Ticket.code == codes[-1])).one()
        assert db.exec(select(Seat).where(Seat.ticket_id == ticket.id)).one().channel == "lent"
    assert "4 ont servi" in amina.get(f"/ateliers/{workshop.id}/tables").text.replace("\u00a0", " ")


@pytest.mark.parametrize("codes", ["0", "101", "beaucoup", ""])
def test_a_wrong_number_of_codes_makes_none(site: Site, codes: str) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    before = tickets(site, workshop)
    assert amina.post(f"/ateliers/{workshop.id}/codes", {"codes": codes}).status_code == 422
    assert tickets(site, workshop) == before


def test_a_room_has_codes_enough_but_not_without_end(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS)
    answers = [amina.post(f"/ateliers/{workshop.id}/codes", {"codes": 100}).status_code for _time in range(5)]
    assert answers == [200, 200, 200, 200, 409] and len(tickets(site, workshop)) == 400


def test_the_paper_of_a_room_is_a_tagged_pdf_in_french(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    for path, pages, title in (("tables/cartes.pdf", 3, "Tables"), ("codes.pdf", 1, "Codes")):
        answer = amina.get(f"/ateliers/{workshop.id}/{path}")
        assert answer.headers["content-type"] == "application/pdf"
        with pikepdf.open(io.BytesIO(answer.content)) as pdf:
            assert len(pdf.pages) == pages and pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang).startswith("fr")
            assert str(pdf.docinfo["/Title"]).startswith(title)


def test_a_room_without_table_or_code_has_nothing_to_print(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS)
    for path in ("tables/cartes", "tables/cartes.pdf", "codes", "codes.pdf"):
        assert amina.get(f"/ateliers/{workshop.id}/{path}").status_code == 404


def test_only_who_runs_the_workshop_sees_its_codes(site: Site) -> None:
    workshop = room(site)
    for who in (site.visitor(), site.signed_in("resident"), site.signed_in("moderator")):
        for path in ("tables", "tables/cartes", "tables/cartes.pdf", "codes", "codes.pdf"):
            answer = who.get(f"/ateliers/{workshop.id}/{path}")
            assert "AFTM" not in answer.text and (answer.status_code == 403 or answer.url.path == "/connexion"), path
    assert act(site, site.signed_in("resident"), workshop, "codes", codes=3).status_code == 403


def test_a_room_that_is_over_changes_neither_tables_nor_codes(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site, status="published")
    assert amina.post(f"/ateliers/{workshop.id}/tables", {"tables": 2}).status_code == 409
    assert amina.post(f"/ateliers/{workshop.id}/codes", {"codes": 2}).status_code == 409
    assert "ne changent plus" in amina.get(f"/ateliers/{workshop.id}/tables").text
