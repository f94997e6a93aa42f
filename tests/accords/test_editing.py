"""A technician edits the calendar, enjeux and priorités; rights follow at once."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.accords.models import Challenge, Phase, Priority, Theme
from app.core.i18n import today
from app.core.machine import Event
from app.places.queries import reference
from tests.needs.test_say import say
from tests.site import Site

HERE = "/territoires/morlaix-communaute"
PHASE = {
    "title": "Une étape de plus", "period": "printemps", "text": "", "opens": ["need.say"],
    "starts_on": (today() - timedelta(days=1)).isoformat(), "ends_on": (today() + timedelta(days=1)).isoformat(),
}  # fmt: skip


def _morlaix(site: Site) -> int:
    with site.reading() as db:
        return reference(db).by_slug["morlaix-communaute"].territory_id


def _priority(site: Site, status: str = "in_discussion") -> Priority:
    with site.reading() as db:
        statement = select(Priority).where(Priority.territory_id == _morlaix(site), Priority.status == status)
        return db.exec(statement).first() or pytest.fail("no such priority")


def _sent(priority: Priority, **changes: str) -> dict[str, str]:
    values = {
        "title": priority.title,
        "text": priority.text,
        "theme_id": str(priority.theme_id),
        "edited": str(priority.edited),
    }
    return values | {"challenge_id": str(priority.challenge_id or "")} | changes


def test_a_phase_closes_what_it_no_longer_opens(site: Site) -> None:
    clerk = site.signed_in("technician")
    assert say(site.visitor()).status_code == 200
    with site.reading() as db:
        from app.accords.queries import accord_of

        accord = accord_of(db, _morlaix(site))
        assert accord
        phases = [p for p in accord.phases if "need.say" in p.opens and p.is_current(today())]
    for phase in phases:
        page = clerk.post(f"{HERE}/calendrier/{phase.id}/retrait")
        assert page.status_code == 200 and "retirée" in page.text
    assert say(site.visitor()).status_code == 403
    clerk.post(f"{HERE}/calendrier", PHASE)
    assert say(site.visitor()).status_code == 200
    assert "Une étape de plus" in site.visitor().get(HERE).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_on": "2020-01-01"}, "avant le début"), ({"title": ""}, "À remplir"), ({"starts_on": "demain"}, "date"),
        ({"opens": ["tout.casser"]}, "Choisissez"), ({"period": ""}, "À remplir"),
    ],
)  # fmt: skip
def test_a_bad_phase_is_kept_and_explained(site: Site, changes: dict[str, str], words: str) -> None:
    response = site.signed_in("technician").post(f"{HERE}/calendrier", PHASE | changes)
    assert response.status_code == 422 and words in response.text


def test_a_phase_is_changed_in_place(site: Site) -> None:
    clerk = site.signed_in("technician")
    with site.reading() as db:
        from app.accords.queries import accord_of

        accord = accord_of(db, _morlaix(site))
        assert accord
        phase = accord.phases[0]
    assert phase.title in clerk.get(f"{HERE}/calendrier/{phase.id}").text
    clerk.post(f"{HERE}/calendrier/{phase.id}", PHASE)
    with site.reading() as db:
        assert db.get_one(Phase, phase.id).title == PHASE["title"]
    assert clerk.get(f"/territoires/brest-metropole/calendrier/{phase.id}").status_code == 403


def test_an_enjeu_is_proposed_then_moves(site: Site) -> None:
    clerk = site.signed_in("technician")
    assert "Enjeu proposé" in clerk.post(f"{HERE}/enjeux", {"title": "Des bourgs où l’on reste", "text": ""}).text
    with site.reading() as db:
        enjeu = db.exec(select(Challenge).where(Challenge.title == "Des bourgs où l’on reste")).one()
    clerk.post(f"/enjeux/{enjeu.id}/etape", {"verb": "discuss"})
    refused = clerk.post(f"/enjeux/{enjeu.id}/etape", {"verb": "withdraw", "note": "non"})
    assert refused.status_code == 422 and "la raison est publiée" in refused.text
    assert clerk.post(f"/enjeux/{enjeu.id}/etape", {"verb": "enrol"}).status_code == 409
    clerk.post(f"/enjeux/{enjeu.id}", {"title": "Des bourgs où l’on revient", "text": "Texte"})
    with site.reading() as db:
        kept = db.get_one(Challenge, enjeu.id)
        assert (kept.title, kept.status) == ("Des bourgs où l’on revient", "in_discussion")


def test_a_priority_is_created_on_the_territory(site: Site) -> None:
    clerk = site.signed_in("technician")
    with site.reading() as db:
        theme = db.exec(select(Theme).where(Theme.code == "sante")).one()
    sent = {"title": "Une maison de santé ouverte le samedi", "theme_id": str(theme.id), "edited": "0"}
    page = clerk.post(f"{HERE}/priorites", sent)
    assert page.status_code == 200 and sent["title"] in page.text
    assert sent["title"] in site.visitor().get(f"{HERE}/priorites").text
    assert clerk.post(f"{HERE}/priorites", sent | {"theme_id": "999"}).status_code == 422
    assert clerk.post(f"{HERE}/priorites", sent | {"challenge_id": "1"}).status_code == 422


def test_two_people_on_one_priority_the_second_keeps_the_words(site: Site) -> None:
    priority, first, second = _priority(site), site.signed_in("technician"), site.signed_in("technician")
    first.post(f"/priorites/{priority.id}", _sent(priority, title="La version de la première personne"))
    late = second.post(f"/priorites/{priority.id}", _sent(priority, title="La version de la seconde personne"))
    assert late.status_code == 409 and "La version de la seconde personne" in late.text
    with site.reading() as db:
        assert db.get_one(Priority, priority.id).title == "La version de la première personne"


def test_a_stage_moves_with_its_event_and_never_skips(site: Site) -> None:
    priority, clerk = _priority(site), site.signed_in("technician")
    assert clerk.post(f"/priorites/{priority.id}/etape", {"verb": "enrol"}).status_code == 409
    clerk.post(f"/priorites/{priority.id}/etape", {"verb": "retain", "note": "Comité du 3 mars"})
    with site.reading() as db:
        assert db.get_one(Priority, priority.id).status == "retained"
        event = db.exec(
            select(Event).where(
                Event.subject_kind == "priority", Event.subject_id == priority.id, Event.verb == "retain"
            )
        ).one()
        assert event.actor_id and event.note == "Comité du 3 mars"


def test_a_rank_carries_the_date_of_the_committee(site: Site) -> None:
    priority, clerk = _priority(site, "retained"), site.signed_in("technician")
    with site.reading() as db:
        held = db.exec(
            select(Priority.rank).where(
                Priority.territory_id == priority.territory_id, Priority.rank.is_not(None), Priority.id != priority.id  # type: ignore[union-attr]
            )
        ).first()  # fmt: skip
    taken = clerk.post(f"/priorites/{priority.id}/rang", {"rank": str(held), "ranked_on": today().isoformat()})
    assert taken.status_code == 409 and "déjà celui de" in taken.text
    assert clerk.post(f"/priorites/{priority.id}/rang", {"rank": "2"}).status_code == 422
    assert (
        clerk.post(f"/priorites/{priority.id}/rang", {"rank": "0", "ranked_on": today().isoformat()}).status_code == 422
    )
    clerk.post(f"/priorites/{priority.id}/rang", {"rank": "7", "ranked_on": today().isoformat()})
    with site.reading() as db:
        assert db.get_one(Priority, priority.id).rank == 7


@pytest.mark.parametrize("persona", ["resident", "moderator", "elected", "facilitator"])
def test_nobody_else_edits(site: Site, persona: str) -> None:
    visitor, priority = site.signed_in(persona), _priority(site)
    for path in (
        f"{HERE}/calendrier",
        f"{HERE}/enjeux/nouveau",
        f"{HERE}/priorites/nouvelle",
        f"/priorites/{priority.id}/modifier",
    ):
        assert visitor.get(path).status_code == 403
    for path in (
        f"{HERE}/calendrier",
        f"{HERE}/enjeux",
        f"{HERE}/priorites",
        f"/priorites/{priority.id}",
        f"/priorites/{priority.id}/etape",
    ):
        assert visitor.post(path).status_code == 403


def test_a_technician_of_morlaix_edits_nothing_in_brest(site: Site) -> None:
    clerk = site.signed_in("technician")
    assert clerk.get("/territoires/brest-metropole/calendrier").status_code == 403
    assert clerk.post("/territoires/brest-metropole/calendrier", PHASE).status_code == 403


def test_every_form_opens(site: Site) -> None:
    clerk, priority = site.signed_in("technician"), _priority(site)
    for path in ("calendrier", "calendrier/nouvelle-etape", "enjeux/nouveau", "priorites/nouvelle"):
        assert clerk.get(f"{HERE}/{path}").status_code == 200
    assert priority.title in clerk.get(f"/priorites/{priority.id}/modifier").text
