"""A spreadsheet is read, shown row by row, and taken whole or not at all."""

import csv
import io

import pytest
from sqlmodel import col, func, select

from app.core.i18n import today
from app.core.machine import Event
from app.intake.models import NeedImport
from app.intake.queries.imports import MAX_BYTES
from app.needs.models import Need
from tests.intake.clerk import (
    HEADER,
    WRITTEN_ON,
    by_sheet,
    csv_of,
    errors_of,
    give_stub,
    last_import,
    needs_titled,
    once_of,
    row,
    send,
    type_in,
    xlsx_of,
)
from tests.site import Site, Visitor


def count(site: Site) -> int:
    with site.reading() as db:
        return db.exec(select(func.count()).select_from(Need)).one()


def accept(visitor: Visitor, site: Site, once: str | None = None) -> object:
    """« Tout importer », from the page of the last import."""
    held = last_import(site)
    key = once or once_of(visitor.get(f"/saisie/import/{held.id}"))
    return visitor.post(f"/saisie/import/{held.id}/tout-importer", {"once": key})


@pytest.mark.parametrize(
    "content",
    [
        csv_of(row()), csv_of(row(), separator=","), csv_of(row(), separator="\t"), csv_of(row(), encoding="utf-8-sig"),
        csv_of(row(), encoding="cp1252"), csv_of(row(), encoding="utf-16"), xlsx_of(row()),
        xlsx_of([*row()[:2], WRITTEN_ON, *row()[3:]]), csv_of([], row(), [], []),
    ],
    ids=["semicolons", "commas", "tabs", "marked", "windows", "utf-16", "workbook", "real date", "blank lines"],
)  # fmt: skip
def test_every_way_of_writing_the_same_table_gives_the_same_need(site: Site, content: bytes) -> None:
    relay, before = site.signed_in("relay"), count(site)
    shown = send(relay, content)
    assert "Aucune erreur" in shown.text and "Un abri à l’arrêt" in shown.text
    assert count(site) == before  # nothing yet
    assert "Un besoin est importé" in accept(relay, site).text  # type: ignore[attr-defined]
    need = by_sheet(site, "ML-COLL-0021")
    assert (need.title, need.text) == ("Un abri à l’arrêt", "On attend le car sous la pluie.")
    assert (need.origin, need.status, need.commune_insee, need.author_id) == ("paper", "pending", "29151", None)
    assert need.transcribed_by and need.campaign_id and need.collected_on == WRITTEN_ON


def test_headings_and_values_are_read_as_people_write_them(site: Site) -> None:
    header = ["ORIGINE", "N° de fiche", "Recueilli le", "Commune", "Thème", "Collège", "En une phrase", "Texte", "Nom"]
    line = [
        "Téléphone",
        "",
        today().isoformat(),
        "st-martin des champs",
        "mobilités",
        "Habitante",
        "Un car",
        "Le soir.",
    ]
    relay = site.signed_in("relay")
    page = send(relay, csv_of([*line, "à laisser"], header=header))
    assert "Aucune erreur" in page.text, errors_of(site)
    assert "Colonnes laissées de côté" in page.text
    accept(relay, site)
    need = needs_titled(site, "Un car")[0]
    assert need.origin == "phone" and need.commune_insee == "29254" and need.sheet_ref is None


def test_each_wrong_cell_is_said_with_its_row_and_nothing_is_imported(site: Site) -> None:
    type_in(site.signed_in("facilitator"), sheet_ref="ML-COLL-0030")
    relay, before = site.signed_in("relay"), count(site)
    page = send(
        relay,
        csv_of(
            row(), row(fiche="ML-COLL-0022", commune="Landernau"), row(fiche="ML-COLL-0023", recueilli_le="bientôt"),
            row(fiche="ML-COLL-0021"), row(fiche="ml-coll-30"), row(fiche="ML-COLL-0024", college="martiens"),
            row(fiche="", origine="pigeon"), row(fiche="ML-COLL-0025", texte="", theme="cuisine"), row(fiche=""),
            row(fiche="ML-COLL-0999"), row(fiche="ML-COLL-0026", recueilli_le="01/01/2099"),
        ),
    )  # fmt: skip
    assert page.status_code == 200 and "10 lignes sont à corriger" in page.text
    wrong = errors_of(site)
    assert set(wrong) == set(range(3, 13))
    assert {n: set(columns) for n, columns in wrong.items()} == {
        3: {"commune"}, 4: {"recueilli_le"}, 5: {"fiche"}, 6: {"fiche"}, 7: {"college"}, 8: {"origine"},
        9: {"texte", "theme"}, 10: {"fiche"}, 11: {"fiche"}, 12: {"recueilli_le"},
    }  # fmt: skip
    assert "déjà à la ligne 2" in wrong[5]["fiche"] and "déjà été saisie" in wrong[6]["fiche"]
    assert "habitants, associations" in wrong[7]["college"]
    assert "Tout importer" not in page.text
    held = last_import(site)
    refused = relay.post(f"/saisie/import/{held.id}/tout-importer", {"once": "x" * 32})
    assert refused.status_code == 409 and count(site) == before


def test_the_table_comes_back_with_its_errors_and_is_sent_again_as_it_is(site: Site) -> None:
    relay = site.signed_in("relay")
    send(
        relay, csv_of(row(titre="=1+1 banc", texte="@ici, -2 marches"), row(fiche="ML-COLL-0022", commune="Landernau"))
    )
    told = relay.get(f"/saisie/import/{last_import(site).id}/a-corriger.csv")
    lines = list(csv.reader(io.StringIO(told.content.decode("utf-8-sig")), delimiter=";"))
    assert lines[0] == ["erreurs", *HEADER] and lines[1][0] == "" and "commune" in lines[2][0]
    assert lines[1][7] == "'=1+1 banc"  # no program runs it
    lines[2][4] = "Carantec"
    page = send(relay, csv_of(*lines[1:], header=lines[0]))
    assert "Aucune erreur" in page.text
    accept(relay, site)
    assert by_sheet(site, "ML-COLL-0021").title == "=1+1 banc"
    assert by_sheet(site, "ML-COLL-0021").text == "@ici, -2 marches"


def test_asked_twice_it_is_done_once(site: Site) -> None:
    relay, before = site.signed_in("relay"), count(site)
    send(relay, csv_of(row(), row(fiche="", origine="atelier", titre="Dit en atelier")))
    once = once_of(relay.get(f"/saisie/import/{last_import(site).id}"))
    first, second = accept(relay, site, once), accept(relay, site, once)
    assert "2 besoins sont importés" in first.text and "2 besoins sont importés" in second.text  # type: ignore[attr-defined]
    assert count(site) == before + 2
    held = last_import(site)
    assert held.status == "done" and all(set(kept) == {"n", "need"} for kept in held.rows)
    with site.reading() as db:
        done = db.exec(select(Event.verb).where(Event.subject_kind == "need_import", Event.subject_id == held.id)).all()
    assert done == ["accept"]


def test_everyone_whose_words_were_imported_can_follow_them(site: Site) -> None:
    give_stub(site, 21, "7K2MQ9TD4XBH")
    relay = site.signed_in("relay")
    send(relay, csv_of(row(), row(fiche="", origine="téléphone", titre="Dit au téléphone")))
    page = accept(relay, site)
    assert "Un abri" in site.visitor().get("/suivi/7K2M-Q9TD-4XBH").text
    held = last_import(site)
    sent = relay.post(f"/saisie/import/{held.id}/codes.csv", {"once": once_of(page)})  # type: ignore[arg-type]
    lines = list(csv.reader(io.StringIO(sent.content.decode("utf-8-sig")), delimiter=";"))
    assert [line[2] for line in lines[1:]] == ["Dit au téléphone"]  # the other one's is on its stub
    assert "Dit au téléphone" in site.visitor().get(f"/suivi/{lines[1][3]}").text
    wrong_key = relay.post(f"/saisie/import/{held.id}/codes.csv", {"once": "y" * 32})
    assert len(wrong_key.content.decode().strip().splitlines()) == 1


def test_a_sheet_typed_meanwhile_stops_the_whole_import(site: Site) -> None:
    relay = site.signed_in("relay")
    send(relay, csv_of(row(), row(fiche="ML-COLL-0022")))
    type_in(site.signed_in("facilitator"), sheet_ref="ML-COLL-0022")
    before = count(site)
    page = accept(relay, site)
    assert "Le site a changé depuis la lecture" in page.text and count(site) == before  # type: ignore[attr-defined]
    assert errors_of(site) == {3: {"fiche": "Cette fiche a déjà été saisie."}}


def test_given_up_its_rows_are_erased(site: Site) -> None:
    relay = site.signed_in("relay")
    send(relay, csv_of(row()))
    held = last_import(site)
    assert "ses lignes sont effacées" in relay.post(f"/saisie/import/{held.id}/abandon").text
    given = last_import(site)
    assert given.status == "given_up" and given.rows == []
    assert relay.post(f"/saisie/import/{held.id}/tout-importer", {"once": "x" * 32}).status_code == 409


def test_hostile_cells_are_words_and_nothing_else(site: Site) -> None:
    nasty = "<script>alert(1)</script> 🦀 \u202elitnec ; '--"
    relay = site.signed_in("relay")
    page = send(relay, csv_of([nasty] * len(HEADER), row(titre=nasty, texte=nasty)))
    assert "<script>alert" not in page.text and "&lt;script&gt;" in page.text and "\u202e" not in page.text
    told = relay.get(f"/saisie/import/{last_import(site).id}/a-corriger.csv")
    assert told.headers["content-type"].startswith("text/csv")
    send(relay, csv_of(row(titre=nasty, texte=nasty)))
    accept(relay, site)
    assert by_sheet(site, "ML-COLL-0021").title == "<script>alert(1)</script> 🦀 litnec ; '--"


def test_only_a_clerk_of_the_territory_sends_and_only_its_author_sees_an_import(site: Site) -> None:
    assert send(site.signed_in("resident"), csv_of(row())).status_code == 403
    assert send(site.visitor(), csv_of(row())).status_code == 403
    relay = site.signed_in("relay")
    files = {"file": ("fiches.csv", csv_of(row()))}
    assert relay.post("/saisie/import?territoire=brest-metropole", {}, files=files).status_code == 403
    send(relay, csv_of(row()))
    held = last_import(site)
    for path in ("", "/a-corriger.csv"):
        assert site.signed_in("facilitator").get(f"/saisie/import/{held.id}{path}").status_code == 404
    assert site.signed_in("technician").post(f"/saisie/import/{held.id}/tout-importer").status_code == 404
    assert last_import(site).status == "read"


def test_a_refused_file_is_told_in_plain_words(site: Site) -> None:
    relay = site.signed_in("relay")
    for content, words in (
        (b"PK\x03\x04", "abîmé"), (csv_of(["a"], header=["b"]), "Il manque ces colonnes"),
        (b"x" * (MAX_BYTES + 10), "trop lourd"), (b"", "aucune ligne"),
    ):  # fmt: skip
        refused = send(relay, content)
        assert refused.status_code == 422 and words in refused.text
    assert relay.post("/saisie/import", {}).status_code == 422
    assert send(relay, b"x" * (MAX_BYTES + 200_000)).status_code == 413
    assert send(relay, csv_of(row()), campaign_id="99999").status_code == 422


def test_the_model_file_can_be_sent_as_it_is(site: Site) -> None:
    relay = site.signed_in("relay")
    model = relay.get("/saisie/import/modele.csv")
    lines = list(csv.reader(io.StringIO(model.content.decode("utf-8-sig")), delimiter=";"))
    assert lines[0] == HEADER
    page = send(relay, model.content.replace(b"14/03/2027", today().isoformat().encode()))
    assert "Aucune erreur" in page.text, errors_of(site)


def test_an_import_left_alone_is_given_up_after_thirty_days(site: Site) -> None:
    from datetime import timedelta

    from app.core.db import now
    from app.portal.service import retention

    send(site.signed_in("relay"), csv_of(row()))
    assert retention.purge(site.database, moment=now() + timedelta(days=29))["imports"] == 0
    retention.purge(site.database, moment=now() + timedelta(days=31))
    with site.reading() as db:
        assert {(i.status, len(i.rows)) for i in db.exec(select(NeedImport).order_by(col(NeedImport.id)))} == {
            ("given_up", 0)
        }
