"""Collectes and their paper: numbered once, with a code that is nowhere else."""

import io
import re
import threading
from typing import Any

import pikepdf
import pytest
from sqlmodel import col, func, select

from app.core import pdf
from app.core.machine import Event
from app.core.security import digest, normal_code
from app.intake.models import PrintedSheet
from app.needs.models import Campaign
from tests.intake.clerk import MARK, type_in
from tests.site import Site, Visitor

FORM = {"word": "marc", "name": "Marché de Carantec", "starts_on": "2026-01-01", "text": "Une fiche par besoin."}


def prepare(visitor: Visitor, **changes: str) -> str:
    """Prepare a collecte; the path of its page."""
    response = visitor.post("/collectes", FORM | changes)
    assert response.status_code == 200, response.text
    return response.url.path


def test_a_collecte_is_prepared_listed_and_changed(site: Site) -> None:
    relay = site.signed_in("relay")
    path = prepare(relay)
    assert "Marché de Carantec" in relay.get("/collectes").text and "ML-MARC" in relay.get("/collectes").text
    changed = relay.post(path, FORM | {"name": "Marchés de l’été", "word": "AUTRE", "ends_on": "2026-12-31"})
    assert "Marchés de l’été" in changed.text
    with site.reading() as db:
        assert db.exec(select(Campaign.mark).where(Campaign.name == "Marchés de l’été")).one() == "ML-MARC"


def test_its_mark_is_its_own_and_its_dates_in_order(site: Site) -> None:
    relay = site.signed_in("relay")
    assert "porte déjà ce code" in relay.post("/collectes", FORM | {"word": "coll"}).text
    assert relay.post("/collectes", FORM | {"word": "été !"}).status_code == 422
    refused = relay.post("/collectes", FORM | {"ends_on": "2025-01-01"})
    assert (
        refused.status_code == 422
        and "La fin vient avant le début" in refused.text
        and "Marché de Carantec" in refused.text
    )


def test_only_those_entrusted_prepare_one_and_only_at_home(site: Site) -> None:
    assert site.signed_in("resident").get("/collectes").status_code == 403
    assert site.signed_in("moderator").post("/collectes", FORM).status_code == 403
    relay = site.signed_in("relay")
    assert relay.post("/collectes?territoire=brest-metropole", FORM).status_code == 403
    with site.writing() as db:
        here = db.exec(select(Campaign).where(Campaign.mark == MARK)).one()
        there = db.exec(select(Campaign.territory_id).limit(1)).one() + 1
        here.territory_id = there
        db.add(here)
        elsewhere = here.id
    assert relay.get(f"/collectes/{elsewhere}").status_code == 403
    assert relay.post(f"/collectes/{elsewhere}/formulaires", {"copies": "1"}).status_code == 403


def test_forms_are_accessible_numbered_and_kept_as_digests_only(site: Site) -> None:
    relay = site.signed_in("relay")
    path = prepare(relay, name="Marché 🥕 <b>de</b> לחם Carantec")
    answer = relay.post(f"{path}/formulaires", {"copies": "3"})
    assert answer.headers["content-type"] == "application/pdf" and answer.headers["cache-control"] == "no-store"
    with pikepdf.open(io.BytesIO(answer.content)) as document:
        assert len(document.pages) == 3
        assert str(document.Root.Lang).startswith("fr") and document.Root.MarkInfo.Marked
        with document.open_metadata() as metadata:
            assert "Formulaires" in str(metadata["dc:title"]) and str(metadata["pdfuaid:part"]) == "1"
    with site.reading() as db:
        kept = db.exec(select(PrintedSheet).order_by(col(PrintedSheet.id).desc()).limit(3)).all()
        noted = db.exec(select(Event).where(Event.subject_kind == "campaign", Event.verb == "print")).one()
    assert sorted(sheet.number for sheet in kept) == [1, 2, 3] and noted.note == "1-3"
    assert all(re.fullmatch(r"[0-9a-f]{64}", sheet.digest) for sheet in kept)


def test_cards_come_four_a_page_and_their_codes_open_their_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[dict[str, Any]] = []
    render = pdf.render

    def note(template: str, data: dict[str, Any]) -> bytes:
        drawn.append(data)
        return render(template, data)

    monkeypatch.setattr(pdf, "render", note)
    relay = site.signed_in("relay")
    path = prepare(relay)
    relay.post(f"{path}/formulaires", {"copies": "1"})
    answer = relay.post(f"{path}/cartes", {"pages": "2"})
    with pikepdf.open(io.BytesIO(answer.content)) as document:
        assert len(document.pages) == 2
    sheets = drawn[-1]["sheets"]
    assert [sheet["ref"] for sheet in sheets] == [f"ML-MARC-{n:04d}" for n in range(2, 10)]
    codes = {sheet["code"] for sheet in sheets}
    assert len(codes) == 8 and all("<svg" in sheet["qr"] for sheet in sheets)
    with site.reading() as db:
        known = set(db.exec(select(PrintedSheet.digest)))
    assert {digest(normal_code(code)) for code in codes} <= known
    assert "n’a pas encore été saisie" in site.visitor().get(f"/suivi/{codes.pop()}").text


def test_how_many_is_bounded(site: Site) -> None:
    relay = site.signed_in("relay")
    path = prepare(relay)
    for copies in ("0", "101", "dix", ""):
        assert relay.post(f"{path}/formulaires", {"copies": copies}).status_code == 422
    assert relay.post(f"{path}/cartes", {"pages": "51"}).status_code == 422
    with site.reading() as db:
        campaign_id = int(path.rpartition("/")[2])
        assert db.exec(select(func.count()).where(PrintedSheet.campaign_id == campaign_id)).one() == 0


def test_two_who_print_at_once_get_other_numbers(site: Site) -> None:
    from app.intake import service

    path = prepare(site.signed_in("relay"))
    campaign_id, given = int(path.rpartition("/")[2]), []

    def ask() -> None:
        with site.database.writing() as db:
            given.extend(ref for ref, _code in service.print_sheets(db, db.get_one(Campaign, campaign_id), 25, by=1))

    both = [threading.Thread(target=ask) for _n in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(given) == [f"ML-MARC-{n:04d}" for n in range(1, 51)]


def test_the_figures_follow(site: Site) -> None:
    relay = site.signed_in("relay")
    type_in(relay)
    with site.reading() as db:
        campaign_id = db.exec(select(Campaign.id).where(Campaign.mark == MARK)).one()
    page = " ".join(re.sub(r"<[^>]+>", " ", relay.get(f"/collectes/{campaign_id}").text).split())
    assert "40 fiches imprimées" in page and "4 fiches saisies" in page and "3 sans deuxième lecture" in page
    assert f'value="{MARK}-0004"' in relay.get(f"/saisie?collecte={campaign_id}").text
