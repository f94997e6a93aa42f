"""The address of an account, changed by proof; and the page to which signing in leads back."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from app.identity.models import FederatedIdentity, Person
from tests.identity.test_federation import opened
from tests.site import ORIGIN, Site


def mailed(site: Site, to: str) -> str:
    """The path of the last link that proves this address."""
    return re.findall(r"http://localhost:8000(/connexion/adresse/\S+)", site.mails(to)[-1].body)[-1]


def test_an_account_opened_by_a_provider_takes_an_address_by_proof(site: Site) -> None:
    visitor = opened(site)
    assert visitor.post("/mon-espace/acces/adresse", {"email": "pas une adresse"}).status_code == 422
    words = [
        visitor.post("/mon-espace/acces/adresse", {"email": email}).text
        for email in ("neuve@exemple.fr", "youth@demo.emglev.example")
    ]
    assert words[0] == words[1]  # nothing tells an address that is known from one that is not
    taken, fresh = (mailed(site, to) for to in ("youth@demo.emglev.example", "neuve@exemple.fr"))
    assert visitor.post(taken).status_code == 409
    assert "là où votre compte est ouvert" in site.visitor().get(fresh).text
    assert site.signed_in("resident").post(fresh).status_code == 403
    assert visitor.get(fresh).status_code == 200
    assert "ouvre désormais" in visitor.post(fresh).text
    assert visitor.post(fresh).status_code == 410
    with site.reading() as db:
        link = db.exec(select(FederatedIdentity)).one()
        person = db.get(Person, link.person_id)
        assert person and person.email == "neuve@exemple.fr"


def test_the_former_address_is_told(site: Site) -> None:
    resident = site.signed_in("resident")
    resident.post("/mon-espace/acces/adresse", {"email": "neuve@exemple.fr"})
    resident.post(mailed(site, "neuve@exemple.fr"))
    assert "a changé" in site.mails("resident@demo.emglev.example")[-1].subject


@pytest.mark.parametrize("path", ["/besoins?tri=soutiens", "/priorites", "/"])
def test_the_link_to_sign_in_comes_back_to_the_page(site: Site, path: str) -> None:
    page = site.visitor().get(path)
    found = re.search(r'<a class="button[^"]*" href="(/connexion[^"]*)"', page.text)
    assert found and parse_qs(urlsplit(unescape(found[1])).query)["next"] == [path]


def test_a_secret_address_is_not_carried_to_the_way_in(site: Site) -> None:
    page = site.visitor().get("/connexion/lien/secret-de-quelqu-un")
    assert "/connexion?next" not in page.text


def test_a_form_refused_for_want_of_a_session_leads_back_to_its_page(site: Site) -> None:
    page = site.visitor().post("/mon-espace/acces/adresse", headers={"referer": f"{ORIGIN}/mon-espace/acces/adresse"})
    assert page.status_code == 403 and "/connexion?next=%2Fmon-espace%2Facces%2Fadresse" in page.text
    page = site.visitor().post("/mon-espace/acces/adresse", headers={"referer": "https://evil.example/besoins"})
    assert "/connexion?next" not in page.text
