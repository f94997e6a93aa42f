"""Intake in hard use: two clerks at once, files made to harm."""

import csv
import io

from sqlmodel import col, func, select

from app.intake.models import PrintedSheet
from app.needs.models import Campaign, Need
from tests.identity.test_hostile_at_once import race
from tests.intake.clerk import (
    HEADER,
    MARK,
    WORDS,
    csv_of,
    last_import,
    needs_titled,
    once_of,
    row,
    send,
    xlsx_of,
)
from tests.site import Site, Visitor


def _sent(site: Site, visitor: Visitor, *rows: list[str]) -> str:
    """An import that only waits for « Tout importer »: the path of that button."""
    send(visitor, csv_of(*rows))
    return f"/saisie/import/{last_import(site).id}/tout-importer"


def test_an_import_accepted_twice_at_once_is_made_once(site: Site) -> None:
    relay = site.signed_in("relay")
    path = _sent(site, relay, row())
    once = [once_of(relay.get(path.removesuffix("/tout-importer"))) for _n in range(2)]
    assert race(site, [(relay, path, {"once": key}) for key in once]) == [200, 200]
    assert len(needs_titled(site, "Un abri à l’arrêt")) == 1


def test_two_imports_of_the_same_sheet_at_once_make_one_need(site: Site) -> None:
    clerks = [site.signed_in("relay"), site.signed_in("facilitator")]
    paths = [
        _sent(site, clerk, row(), row(fiche="", origine="téléphone", titre=f"De {n}")) for n, clerk in enumerate(clerks)
    ]
    sent = [(clerk, path, {"once": str(n) * 30}) for n, (clerk, path) in enumerate(zip(clerks, paths, strict=True))]
    assert race(site, sent) in ([200, 303], [200, 409])
    with site.reading() as db:
        assert db.exec(select(func.count()).where(Need.sheet_ref == "ML-COLL-0021")).one() == 1
    assert len(needs_titled(site, "De 0") + needs_titled(site, "De 1")) == 1, "nothing half-imported"


def test_a_sheet_typed_and_imported_at_once_is_one_need(site: Site) -> None:
    relay, other = site.signed_in("relay"), site.signed_in("facilitator")
    path = _sent(site, relay, row())
    typed = {**WORDS, "sheet_ref": "ML-COLL-0021", "once": "t" * 30}
    race(site, [(relay, path, {"once": "i" * 30}), (other, "/saisie", typed)])
    with site.reading() as db:
        assert db.exec(select(func.count()).where(Need.sheet_ref == "ML-COLL-0021")).one() == 1


def test_two_who_print_at_once_have_numbers_that_follow(site: Site) -> None:
    with site.reading() as db:
        campaign = db.exec(select(Campaign).where(Campaign.mark == MARK)).one()
    path = f"/collectes/{campaign.id}/formulaires"
    technician, relay = site.signed_in("technician"), site.signed_in("relay")
    assert race(site, [(who, path, {"copies": "3"}) for who in (technician, relay)]) == [200, 200]
    with site.reading() as db:
        numbers = db.exec(
            select(PrintedSheet.number)
            .where(PrintedSheet.campaign_id == campaign.id)
            .order_by(col(PrintedSheet.number))
        ).all()
    assert list(numbers) == list(range(1, len(numbers) + 1))


def test_headings_that_nobody_knows_do_not_fill_a_cookie(site: Site) -> None:
    relay = site.signed_in("relay")
    header = [*HEADER, *(f"{n}" + "🏖" * 300 for n in range(30))]
    relay.http.follow_redirects = False
    answer = send(relay, csv_of([*row(), *("x" * 30)], header=header))
    assert answer.status_code == 303
    assert [len(cookie) for cookie in answer.headers.get_list("set-cookie") if len(cookie) > 4000] == []


def test_words_of_a_sheet_made_to_harm_stay_words(site: Site) -> None:
    relay = site.signed_in("relay")
    nasty = '=cmd|"/C calc"!A0 <script>alert(1)</script> \u202e\x00🏖'
    for content in (
        csv_of(row(titre=nasty, texte=nasty, commune=nasty)),
        xlsx_of(row(titre=nasty.replace("\x00", ""))),
    ):
        page = send(relay, content)
        assert "<script>alert" not in page.text
        back = relay.get(f"/saisie/import/{last_import(site).id}/a-corriger.csv").content.decode("utf-8-sig")
        for line in csv.reader(io.StringIO(back), delimiter=";"):
            assert not [cell for cell in line if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
