"""The same workshop in ten communes: copied at once, voted in each, added up step by step, on the board too."""

import re
from typing import Any

from sqlmodel import col, select

from app.places.queries import reference
from app.workshops.models import Option, Step, Workshop
from tests.site import Site
from tests.workshops.acts import MORLAIX, soup, steps
from tests.workshops.drafts import DOTS, draft
from tests.workshops.test_series import elsewhere, rooms, series_page, voted

COMMUNES = 10
QUESTIONS = (DOTS["title"], "Et ensuite ?")


def _priority(site: Site) -> int:
    """One that the territory already puts to the vote."""
    with site.reading() as db:
        home = reference(db).by_slug[MORLAIX].territory_id
        found = (
            select(Option.priority_id).join(Step, col(Step.id) == Option.step_id)
            .join(Workshop, col(Workshop.id) == Step.workshop_id)
            .where(Workshop.territory_id == home, col(Option.priority_id).is_not(None))
        )  # fmt: skip
        key = db.exec(found).first()
        assert key
        return key


def test_ten_rooms_add_up_step_by_step_and_on_the_board(site: Site) -> None:
    amina, priority = site.signed_in("facilitator"), _priority(site)
    asked: dict[str, Any] = DOTS | {"typed": "Car\nHalle", "priorities": [priority]}
    first = draft(site, amina, asked, asked | {"title": QUESTIONS[1]})
    assert elsewhere(site, amina, first, n=COMMUNES, rows=COMMUNES).status_code == 200
    held = [first, *rooms(site, first)]
    assert len(held) == COMMUNES + 1
    for number, room in enumerate(held):
        for rank, step in enumerate(steps(site, room)):
            voted(site, step, {"habitants": [{0: 1 + rank}] * 5 + [{1: 1}] * number})
    page = series_page(site, first)
    for rank, (question, article) in enumerate(zip(QUESTIONS, page.select("article"), strict=True)):
        said = " ".join(article.text.split())
        assert question in said and f"{COMMUNES + 1} salles additionnées" in said
        assert f"{5 * (COMMUNES + 1) + sum(range(COMMUNES + 1))} bulletins" in said
        totals = [
            int(re.findall(r"\d+", row.select_one(".tally__total").text)[-1]) for row in article.select("tbody tr")
        ]
        assert sorted(totals, reverse=True) == sorted(
            [5 * (1 + rank) * (COMMUNES + 1), sum(range(COMMUNES + 1)), 0], reverse=True
        )
        assert len(article.select("a[href*='#etape-']")) == COMMUNES + 1
    lines = [" ".join(li.text.split()) for li in soup(site.visitor().get(f"/priorites/{priority}")).select("li")]
    for question in QUESTIONS:
        (line,) = [text for text in lines if question in text and "ateliers" in text]
        assert f"{COMMUNES + 1} ateliers" in line and "55 sur 110" in line, line
