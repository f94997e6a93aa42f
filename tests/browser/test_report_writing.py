"""Writing a report at a real browser: what somebody did to the page never breaks the content policy."""

from playwright.sync_api import expect
from sqlmodel import select

from app.core.db import Database, now
from app.workshops.models import Workshop
from tests.browser.visitor import Crowd

RESIZE = "field => { field.style.height = '240px'; }"  # what the corner of a text field does when it is dragged


def _closed(url: str) -> int:
    """The demonstration room under way, just closed."""
    database = Database(url)
    with database.writing() as db:
        room = db.exec(select(Workshop).where(Workshop.code == "CRTN47")).one()
        room.status, room.closed_at = "closed", now()
        key = room.id or 0
    database.dispose()
    return key


def test_a_decision_is_added_after_a_field_was_made_taller(people: Crowd) -> None:
    amina = people.signed_in("facilitator")
    page = amina.go(f"/ateliers/{_closed(people.server.database_url)}/compte-rendu/redaction")
    for number, decision in enumerate(("Ouvrir la halle le samedi", "Planter trois arbres"), start=1):
        added = page.get_by_label("Nouvelle décision", exact=True)
        added.fill(decision)
        added.evaluate(RESIZE)
        page.get_by_role("button", name="Ajouter cette décision").click()
        expect(page.locator("#report_outcomes form[id^=decision-]")).to_have_count(number)
