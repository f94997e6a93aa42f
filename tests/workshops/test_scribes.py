"""Scribes: they come by a link, with a button, write for a table, and lead nothing."""

from sqlmodel import select
from structlog.testing import capture_logs

from app.core.security import redact
from app.workshops.models import Crew, Table
from app.workshops.service import crew
from tests.site import Site
from tests.workshops import walls
from tests.workshops.acts import act, colleague, prepared, room, soup, stored
from tests.workshops.test_at_once import together
from tests.workshops.test_crew import duties, here, link, pair, send, who


def test_scribes_come_by_their_link_with_a_button(site: Site) -> None:
    amina, _other, workshop = pair(site)
    with site.writing() as db:
        table = Table(workshop_id=workshop.id or 0, number=4, key=f"table-{workshop.id}")
        db.add(table)
        db.flush()
    soazig = site.signed_in("resident")
    assert "Tenir le secrétariat" in soazig.get(link(workshop)).text
    assert who(site, "resident") not in duties(site, workshop)
    soazig.post(link(workshop), {"table": table.id})
    soazig.post(link(workshop), {"table": table.id})
    assert duties(site, workshop)[who(site, "resident")] == "scribe"
    assert "Table 4" in amina.get(f"/ateliers/{workshop.id}/equipe").text
    soazig.post(link(workshop), {"table": ""})
    mine = next(m for m in stored(site, workshop).crew if m.duty == "scribe")
    assert mine.table_id is None
    assert soazig.get(f"/ateliers/{workshop.id}/regie").status_code == 403
    assert act(site, soazig, workshop, "ecran", screen="blank").status_code == 403
    soazig.post(f"{link(workshop)}/depart")
    assert who(site, "resident") not in duties(site, workshop)


def test_a_scribe_finds_the_way_back_and_what_there_is_to_do_comes_by_itself(site: Site) -> None:
    _amina, _other, workshop = pair(site)
    soazig = site.signed_in("resident")
    public = f"/ateliers/{workshop.id}-{workshop.slug}"
    assert link(workshop) not in soazig.get(public).text
    soazig.post(link(workshop))
    step = walls.recueil(site, workshop)
    asked = soup(soazig.get(link(workshop))).select_one("#scribe_tasks")
    assert asked and asked["hx-trigger"] == "every 20s"
    part = soazig.get(str(asked["hx-get"]), headers={"hx-request": "true", "hx-target": "div#scribe_tasks"})
    typing = f"/ateliers/{workshop.id}/cartes/saisie?etape={step.id}"
    assert typing in part.text and "<html" not in part.text
    for page in (public, typing):
        assert soup(soazig.get(page)).select_one(f'a[href="{link(workshop)}"]'), page
    assert link(workshop) not in site.visitor().get(public).text


def test_the_link_of_scribes_is_a_secret_and_asks_who_one_is(site: Site) -> None:
    _amina, _other, workshop = pair(site)
    stranger = site.visitor()
    with capture_logs() as logs:
        assert "Connectez-vous d’abord" in stranger.get(link(workshop)).text
        assert stranger.post(link(workshop)).status_code == 403
    assert workshop.crew_key not in repr(logs)
    assert redact(link(workshop)).endswith("/lien/…")
    for key in ("x", "", "é" * 40, "0" * 24):
        assert site.signed_in("resident").post(f"/ateliers/{workshop.id}/equipe/lien/{key}").status_code in (404, 405)
    other = room(site)
    assert site.signed_in("resident").get(f"/ateliers/{other.id}/equipe/lien/{workshop.crew_key}").status_code == 404
    assert all(duty == "co" for duty in duties(site, workshop).values())


def test_a_scribe_does_not_take_the_table_of_another_room_nor_a_helper_become_one(site: Site) -> None:
    _amina, other, workshop = pair(site)
    with site.writing() as db:
        table = Table(workshop_id=room(site).id or 0, number=77, key="table-d-ailleurs")
        db.add(table)
        db.flush()
    soazig = site.signed_in("resident")
    for value in (table.id, 10**6):
        assert "pas dans cet atelier" in soazig.post(link(workshop), {"table": value}).text
    assert "Vous animez déjà" in other.post(link(workshop)).text
    assert duties(site, workshop) == {who(site): "co"}


def test_a_scribe_who_helps_to_lead_is_no_longer_only_a_scribe(site: Site) -> None:
    amina, other = site.signed_in("facilitator"), colleague(site)
    workshop = prepared(site, amina)
    other.post(link(workshop))
    assert duties(site, workshop) == {who(site): "scribe"}
    send(amina, workshop, "", person=who(site))
    assert duties(site, workshop) == {who(site): "co"}


def test_a_link_opened_eight_times_at_once_makes_one_scribe(site: Site) -> None:
    _amina, _other, workshop = pair(site)
    person = who(site, "resident")
    joining = [lambda db: crew.add_scribe(db, here(db, workshop), None, by=person)] * 8
    assert together(site, *joining) == []
    with site.reading() as db:
        assert len(db.exec(select(Crew).where(Crew.workshop_id == workshop.id, Crew.person_id == person)).all()) == 1
