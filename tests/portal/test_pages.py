"""Home, territories, one's own space, texts, the demonstration: every page, for everyone."""

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from app.accords.queries import accords
from app.identity.models import Person
from app.needs.models import Need
from app.places.queries import reference
from tests.site import Site

PUBLIC = [
    "/", "/territoires", "/territoires/brest-metropole", "/territoires/finistere", "/priorites", "/besoins", "/besoins/nouveau",
    "/fiches-actions", "/ateliers", "/decisions", "/suivi", "/connexion", "/demo", "/demo/messagerie", "/donnees", "/methode",
    "/accessibilite", "/plan-du-site", "/charte", "/confidentialite", "/mentions-legales", "/aide",
]  # fmt: skip
PERSONAS = ["resident", "association", "youth", "facilitator", "moderator", "elected", "technician", "data_manager"]


@pytest.mark.parametrize("path", PUBLIC)
def test_every_public_address_answers(site: Site, path: str) -> None:
    assert site.visitor().get(path).status_code == 200


@pytest.mark.parametrize("persona", PERSONAS)
def test_every_public_address_answers_to_each_person(site: Site, persona: str) -> None:
    visitor = site.signed_in(persona)
    for path in [*PUBLIC, "/mon-espace", "/mon-espace/profil", "/mon-espace/donnees", "/mon-espace/fermeture"]:
        assert visitor.get(path).status_code == 200, path


def test_there_are_21_intercommunalites_the_departement_and_281_communes(site: Site) -> None:
    with site.reading() as db:
        places = reference(db)
    assert len(places.intercommunalites) == 21 and places.departement.slug == "finistere"
    assert len(places.communes) == 281
    assert {c.name for c in places.communes_of(places.departement.territory_id)} == {"Ouessant", "Île-de-Sein"}
    poher = places.by_slug["poher-communaute"]
    assert sum(c.departement == "22" for c in places.communes_of(poher.territory_id)) == 4


def test_every_territory_has_its_page_and_its_board(site: Site) -> None:
    visitor = site.visitor()
    with site.reading() as db:
        slugs = [t.slug for t in reference(db).territories]
    assert {"brest-metropole", "morlaix-communaute", "pays-d-iroise"} <= set(slugs)
    for slug in slugs:
        assert visitor.get(f"/territoires/{slug}").status_code == 200
        assert visitor.get(f"/territoires/{slug}/priorites").status_code == 200


def test_the_map_has_a_text_twin(site: Site) -> None:
    soup = BeautifulSoup(site.visitor().get("/").text, "html.parser")
    drawn = {str(a["href"]) for a in soup.select("svg a[href]")}
    written = {str(a["href"]) for a in soup.select("main a[href^='/territoires/']") if not a.find_parent("svg")}
    assert len(drawn) == 22 and drawn <= written


def test_the_figures_of_the_home_page_are_those_of_their_lists(site: Site) -> None:
    from app.needs.forms import NeedFilter
    from app.needs.queries import count
    from app.portal.queries import needs_by_college, totals

    with site.reading() as db:
        figures = totals(db)
        assert figures.needs == count(db, NeedFilter()) == sum(needs_by_college(db).values())
        assert figures.answers == count(db, NeedFilter(etat="repondu"))
        assert figures.late == count(db, NeedFilter(etat="retard"))


@pytest.mark.parametrize(("path", "cap"), [("/", 12), ("/territoires", 6), ("/territoires/morlaix-communaute", 30)])
def test_pages_cost_a_fixed_number_of_queries(site: Site, path: str, cap: int) -> None:
    visitor = site.visitor()
    visitor.get(path)
    with site.counting() as seen:
        visitor.get(path)
    assert len(seen) <= cap, seen


def test_one_becomes_a_demonstration_person_on_the_territory_of_ones_choice(site: Site) -> None:
    visitor = site.visitor()
    visitor.post("/demo/personne", {"persona": "moderator", "territoire": "brest-metropole"})
    with site.reading() as db:
        brest = reference(db).by_slug["brest-metropole"]
        waiting = db.exec(select(Need).where(Need.territory_id == brest.id, Need.status == "pending")).first()
        assert waiting
    assert visitor.get(f"/moderation/besoin/{waiting.id}").status_code == 200
    assert visitor.post("/demo/personne", {"persona": "roi"}).status_code == 404


def test_the_demonstration_starts_afresh(site: Site) -> None:
    resident = site.signed_in("resident")
    resident.post("/mon-espace/profil", {"pseudonym": "Quelqu’un d’autre"})
    with site.reading() as db:
        before = {n.reference for n in db.exec(select(Need))}
    page = resident.post("/demo/remise-a-zero")
    assert page.status_code == 200
    with site.reading() as db:
        assert {n.reference for n in db.exec(select(Need))} == before
        assert "Soazig, habitante" in {p.pseudonym for p in db.exec(select(Person))}


def test_the_calendar_moves_with_the_day_the_demonstration_is_loaded(site: Site) -> None:
    from datetime import date

    from app import seed
    from app.core.i18n import today

    with site.writing() as db:
        seed.reset(db)
        opened = [a for a in accords(db).values() if "need.say" in a.open_verbs]
        assert len(opened) >= 15 and today() >= date(2026, 1, 1)


def test_a_join_code_that_opens_nothing_says_so(site: Site) -> None:
    page = site.visitor().get("/a/ABCDEF")
    assert page.status_code == 404 and "atelier" in page.text
