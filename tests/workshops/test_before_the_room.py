"""What a facilitator is told while preparing: who may help to lead, how people will register, what a new need becomes."""

import pytest
from sqlmodel import Session, col, select

from app.identity.models import Person, Role
from app.places.queries import reference
from app.workshops.models import Cluster, Workshop
from tests.site import Site
from tests.workshops import walls
from tests.workshops.acts import MORLAIX, room, soup
from tests.workshops.drafts import DOTS, draft
from tests.workshops.papers import words


def _morlaix(db: Session) -> int:
    return reference(db).by_slug[MORLAIX].territory_id


def test_the_team_says_how_somebody_comes_to_help_and_leads_there_who_may_give_the_role(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina)
    with site.writing() as db:
        me = db.exec(select(Person.id).where(Person.demo_persona == "facilitator")).one()
        for role in db.exec(select(Role).where(Role.kind == "facilitator", col(Role.person_id) != me)):
            db.delete(role)
    page = amina.get(f"/ateliers/{workshop.id}/equipe")
    assert "Aucune autre personne n’a de rôle d’animation sur ce territoire." in words(page)
    assert "Une personne référente ou administratrice le propose" in words(page)
    assert "déjà dans l’équipe" not in words(page) and not soup(page).select('main a[href="/roles"]')
    with site.writing() as db:
        referent = db.exec(select(Person.id).where(Person.demo_persona == "referent")).one()
        held = db.exec(select(Role).where(Role.person_id == me, Role.kind == "facilitator")).one()
        db.add(
            Role(person_id=referent, kind="facilitator", territory_id=held.territory_id, starts_on=held.starts_on)
        )  # fmt: skip
    both = site.signed_in("referent")
    both.post(f"/ateliers/{workshop.id}/equipe/moi")
    page = both.get(f"/ateliers/{workshop.id}/equipe")
    assert "Toutes les autres personnes qui animent sur ce territoire sont déjà dans l’équipe." in words(page)
    assert soup(page).select('main a[href="/roles"]')


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"registration": "true", "capacity": 30}, "on s’inscrit ici"),
        ({"registration": ""}, "Entrée libre"),
    ],
)
def test_the_page_of_a_draft_shows_how_people_will_register(site: Site, more: dict[str, object], said: str) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS, **more)
    page = words(amina.get(f"/ateliers/{workshop.id}-{workshop.slug}"))
    assert said in page and ("30 places" in page) == ("capacity" in more)


@pytest.mark.parametrize(
    ("colleges", "said"),
    [
        (("habitants", "habitants"), "Les cartes le disent toutes : vérifiez."),
        (("habitants", "associations"), "choisissez celui de la plupart des cartes. Son texte dit combien"),
        (("habitants", None), "Les cartes ne disent pas toutes leur collège."),
    ],
)
def test_the_one_college_of_a_need_is_chosen_knowing_those_of_its_cards(
    site: Site, colleges: tuple[str | None, ...], said: str
) -> None:
    workshop = room(site, status="published")
    step = walls.recueil(site, workshop, status="closed", signed="college")
    with site.writing() as db:
        cluster = Cluster(step_id=step.id, position=1, title="Rentrer le soir")
        db.add(cluster)
        db.flush()
    for number, college in enumerate(colleges):
        walls.published(site, workshop, step, f"Un car le soir, {number}", college=college, cluster_id=cluster.id)
    page = site.signed_in("facilitator").get(f"/ateliers/{workshop.id}/cartes/groupe-{cluster.id}/besoin")
    assert said in words(page)


@pytest.mark.parametrize(
    ("place", "title", "insee"),
    [
        ("Salle du Guic, Guerlesquin", "Atelier de Lanmeur", "29067"),
        ("Salle du Guic", "Atelier de Guerlesquin : vivre au bourg", "29067"),
        ("Salle du Guic", "Vivre au bourg sans voiture", ""),
    ],
)
def test_a_need_made_of_cards_is_proposed_for_the_commune_where_people_met(
    site: Site, place: str, title: str, insee: str
) -> None:
    workshop = room(site, status="published")
    step = walls.recueil(site, workshop, status="closed")
    (card,) = walls.published(site, workshop, step, "Un car le soir")
    with site.writing() as db:
        held = db.get_one(Workshop, workshop.id)
        held.place, held.title, held.territory_id = place, title, _morlaix(db)
    page = soup(site.signed_in("facilitator").get(f"/ateliers/{workshop.id}/cartes/carte-{card.id}/besoin"))
    chosen = page.select_one("select[name=commune] option[selected]")
    assert (str(chosen["value"]) if chosen else "") == insee


def test_the_form_of_a_step_explains_what_it_asks(site: Site) -> None:
    amina = site.signed_in("facilitator")
    path = f"/ateliers/{draft(site, amina).id}/sequences/nouvelle?sorte="
    cards, judgment = words(amina.get(f"{path}cards")), words(amina.get(f"{path}judgment"))
    assert "Chaque personne choisit son collège en entrant" in cards
    assert "Excellent, Très bien, Bien, Assez bien, Passable, Insuffisant, À rejeter" in judgment
    assert "Par exemple, sur 10 bulletins" in judgment
    assert "Tel qu’on le lira à l’écran" in words(amina.get(f"{path}pause"))
