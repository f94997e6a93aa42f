"""What is published as data in hard use: formulas, words out of view, places of what is masked."""

import csv
import io

from sqlmodel import select

from app.needs.models import Need
from tests.site import Site

HARM = ("=1+1", "+33 6", "-2", "@SUM(A1)", "\t=1", "\r=1", "=cmd|'/C calc'!A0 <script>")


def test_no_cell_begins_as_a_formula(site: Site) -> None:
    with site.writing() as db:
        for need, words in zip(db.exec(select(Need).where(Need.status == "published")), HARM, strict=False):
            need.title = need.text = need.place_note = words
            db.add(need)
    lines = list(csv.reader(io.StringIO(site.visitor().get("/donnees/besoins.csv").text)))
    numbers = [lines[0].index(name) for name in ("latitude", "longitude")]
    for line in lines:
        for place, cell in enumerate(line):
            assert place in numbers or cell[:1] not in ("=", "+", "-", "@", "\t", "\r"), line[0]
