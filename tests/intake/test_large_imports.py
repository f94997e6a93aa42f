"""Five thousand rows: read, told, imported in a few statements; killed in the middle, not one stays."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from app.intake.models import NeedImport
from app.intake.queries.imports import MAX_ROWS
from app.needs.models import Need
from tests.intake.clerk import csv_of, errors_of, last_import, once_of, row, send
from tests.site import Site

ROOT = Path(__file__).resolve().parents[2]
UNDER_WAY = """
import sys
from app.core.db import Database
from app.intake.models import NeedImport
from app.intake.queries.choices import choices
from app.intake.service import imports
from app.places.queries import reference

with Database(sys.argv[1]).writing() as db:
    held = db.get_one(NeedImport, int(sys.argv[2]))
    here = choices(db, reference(db).by_id[held.territory_id], with_sheets=True)
    imports.accept(db, held, here, once="z" * 32, by=held.author_id)
    db.flush()
    print("written", flush=True)
    sys.stdin.read()
"""


def table(rows: int, *, wrong_each: int = 0) -> bytes:
    """A file of so many rows, one in ``wrong_each`` with a commune that does not exist."""
    return csv_of(
        *(
            row(fiche=f"P {n}", titre=f"Besoin numéro {n}", commune="Atlantide" if wrong_each and n % wrong_each == 0 else "Morlaix")
            for n in range(1, rows + 1)
        )
    )  # fmt: skip


def imported(site: Site) -> int:
    with site.reading() as db:
        return db.exec(select(func.count()).where(col(Need.sheet_ref).like("P %"))).one()


@pytest.mark.slow
def test_five_thousand_rows_with_errors_are_told_then_corrected_and_imported_whole(site: Site) -> None:
    relay = site.signed_in("relay")
    page = send(relay, table(MAX_ROWS, wrong_each=125))
    assert "40 lignes sont à corriger" in page.text and imported(site) == 0
    assert sorted(errors_of(site)) == [125 * n + 1 for n in range(1, 41)]
    held = last_import(site)
    with site.counting() as seen:
        shown = relay.get(f"/saisie/import/{held.id}?p=100")
    assert "Page 100 sur 100" in shown.text and ">5001<" in shown.text and len(seen) <= 12, seen
    wrong = relay.get(f"/saisie/import/{held.id}?erreurs=1")
    assert "Page 1 sur 1" in wrong.text and wrong.text.count("Atlantide") == 40
    send(relay, table(MAX_ROWS))
    held = last_import(site)
    once = once_of(relay.get(f"/saisie/import/{held.id}"))
    with site.counting() as seen:
        done = relay.post(f"/saisie/import/{held.id}/tout-importer", {"once": once})
    assert "besoins sont importés" in done.text and imported(site) == MAX_ROWS
    assert len(seen) <= 120


def test_one_row_more_is_too_many(site: Site) -> None:
    refused = send(site.signed_in("relay"), table(MAX_ROWS + 1))
    assert refused.status_code == 422 and "dépasse" in refused.text


@pytest.mark.slow
def test_killed_in_the_middle_nothing_of_it_stays_and_it_can_be_asked_again(site: Site) -> None:
    relay = site.signed_in("relay")
    send(relay, table(300))
    held = last_import(site)
    command = [sys.executable, "-c", UNDER_WAY, site.database.url, str(held.id)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as under_way:
        assert under_way.stdout is not None and under_way.stdout.readline() == "written\n"
        under_way.kill()
    assert imported(site) == 0
    with site.reading() as db:
        assert db.get_one(NeedImport, held.id).status == "read"
    once = once_of(relay.get(f"/saisie/import/{held.id}"))
    assert "300 besoins sont importés" in relay.post(f"/saisie/import/{held.id}/tout-importer", {"once": once}).text
    assert imported(site) == 300
