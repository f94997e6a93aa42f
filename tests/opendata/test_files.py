"""What is published as files: valid against its schema, without any identity."""

import csv
import io
import json

from frictionless import Package, Resource, Schema
from sqlmodel import select

from app.identity.models import Person
from app.needs.forms import NeedFilter
from app.needs.models import Need
from app.needs.queries import count
from tests.site import Site


def _csv(site: Site) -> str:
    response = site.visitor().get("/donnees/besoins.csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.encoding == "utf-8"
    return response.text


def test_the_file_follows_its_schema(site: Site) -> None:
    schema = Schema.from_descriptor(site.visitor().get("/donnees/besoins.schema.json").json())
    report = Resource(data=_csv(site).encode(), format="csv", schema=schema, encoding="utf-8").validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:5]


def test_it_has_a_row_for_each_published_need(site: Site) -> None:
    rows = list(csv.DictReader(io.StringIO(_csv(site))))
    with site.reading() as db:
        assert len(rows) == count(db, NeedFilter())
        hidden = db.exec(select(Need).where(Need.status.in_(["pending", "refused", "awaiting_email"]))).all()  # type: ignore[attr-defined]
    assert not {need.reference for need in hidden} & {row["reference"] for row in rows}


def test_nobody_is_in_it(site: Site) -> None:
    text = _csv(site)
    with site.reading() as db:
        for person in db.exec(select(Person)):
            assert person.email not in text
        for signature in set(db.exec(select(Need.signature))):
            assert f",{signature}," not in text


def test_the_package_describes_what_is_there(site: Site) -> None:
    package = site.visitor().get("/donnees/datapackage.json").json()
    assert Package.validate_descriptor(package).valid
    assert package["licenses"][0]["name"] == "etalab-2.0"
    assert package["resources"][0]["path"].endswith("/donnees/besoins.csv")
    assert json.dumps(package["resources"][0]["schema"]) == json.dumps(
        site.visitor().get("/donnees/besoins.schema.json").json()
    )


def test_a_cell_that_looks_like_a_formula_is_not_one(site: Site) -> None:
    with site.writing() as db:
        need = db.exec(select(Need).where(Need.status == "published")).first()
        assert need
        need.title = "=HYPERLINK(0)"
        db.add(need)
    titles = [row["titre"] for row in csv.DictReader(io.StringIO(_csv(site)))]
    assert "'=HYPERLINK(0)" in titles
