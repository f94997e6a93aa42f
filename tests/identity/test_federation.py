"""FranceConnect and ProConnect, as the demonstration plays them: every way in and each of its outcomes."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from sqlmodel import func, select

from app.core.db import now
from app.identity import service
from app.identity.access import cookie_name
from app.identity.models import Delegate, FederatedIdentity, Organisation, Passkey, PendingIdentity, Person, WebSession
from tests.site import ORIGIN, Site, Visitor


def choose(visitor: Visitor, way: str, who: str, *, next: str = "", link: bool = False) -> httpx.Response:
    """From the button of a way in to where its provider leads back."""
    query = {"next": next} if next else {}
    page = visitor.get(f"/connexion/{way}", params=query | ({"relier": "oui"} if link else {}))
    found = re.search(rf'action="(/demo/fournisseur/{way}/choix/[^"]+)"', page.text)
    assert found, page.text[:3000]
    return visitor.post(found[1], {"who": who})


def opened(site: Site, way: str = "franceconnect", who: str = "azenor", next: str = "") -> Visitor:
    """Somebody who just opened an account by this way."""
    visitor = site.visitor()
    choose(visitor, way, who, next=next)
    visitor.post("/connexion/premiere-visite")
    return visitor


def count(site: Site, table: type) -> int:
    with site.reading() as db:
        return db.exec(select(func.count()).select_from(table)).one()


@pytest.mark.parametrize(("way", "who"), [("franceconnect", "azenor"), ("proconnect", "servane")])
def test_a_first_visit_asks_then_opens_an_account_and_goes_back(site: Site, way: str, who: str) -> None:
    visitor = site.visitor()
    before = count(site, Person)
    page = choose(visitor, way, who, next="/besoins/nouveau")
    assert page.url.path == "/connexion/premiere-visite" and count(site, Person) == before
    page = visitor.post("/connexion/premiere-visite")
    assert page.url.path == "/besoins/nouveau" and "Connexion réussie" in page.text
    with site.reading() as db:
        link = db.exec(select(FederatedIdentity)).one()
        person = db.get(Person, link.person_id)
        assert person and person.email is None and count(site, PendingIdentity) == 0
        assert re.fullmatch(r"[0-9a-f]{64}v1", link.subject)
        assert link.siret == ("21290000500019" if way == "proconnect" else None)


@pytest.mark.parametrize("way", ["franceconnect", "proconnect"])
def test_a_known_identity_signs_in(site: Site, way: str) -> None:
    who = "gildas" if way == "franceconnect" else "tudi"
    opened(site, way, who)
    before = count(site, Person)
    visitor = site.visitor()
    page = choose(visitor, way, who, next="/priorites")
    assert page.url.path == "/priorites" and count(site, Person) == before
    with site.reading() as db:
        assert {session.way for session in db.exec(select(WebSession))} == {way}


def test_giving_up_leads_back_to_the_other_ways_in(site: Site) -> None:
    page = choose(site.visitor(), "franceconnect", "annuler", next="/besoins")
    assert page.url.path == "/connexion" and "Rien n’a changé" in page.text and 'value="/besoins"' in page.text


def test_somebody_with_an_account_links_the_identity_after_signing_in_by_mail(site: Site) -> None:
    visitor = site.visitor()
    choose(visitor, "franceconnect", "azenor", next="/besoins")
    page = visitor.get("/connexion/relier")
    assert page.url.path == "/connexion" and "Connectez-vous comme d’habitude" in page.text
    visitor.post("/connexion", {"email": "resident@demo.emglev.example", "next": "/connexion/relier"})
    page = visitor.post(site.link("resident@demo.emglev.example"))
    assert page.url.path == "/connexion/relier" and "Soazig" in page.text
    assert count(site, FederatedIdentity) == 0  # reading a page links nothing
    assert visitor.post("/connexion/relier").url.path == "/besoins"
    assert "FranceConnect ouvre désormais" in site.mails("resident@demo.emglev.example")[-1].body
    assert choose(site.visitor(), "franceconnect", "azenor").url.path == "/mon-espace"
    with site.reading() as db:
        person = db.get(Person, db.exec(select(FederatedIdentity)).one().person_id)
        assert person and person.demo_persona == "resident"


def test_one_links_a_way_in_from_ones_own_page(site: Site) -> None:
    resident = site.signed_in("resident")
    page = choose(resident, "proconnect", "servane", link=True)
    assert page.url.path == "/mon-espace/acces" and "ouvre désormais votre compte" in page.text
    assert choose(site.visitor(), "proconnect", "servane").url.path == "/mon-espace"


def test_an_identity_that_opens_another_account_is_not_linked(site: Site) -> None:
    opened(site, who="mari")
    page = choose(site.signed_in("resident"), "franceconnect", "mari", link=True)
    assert page.status_code == 409 and "ouvre déjà un autre compte" in page.text
    assert count(site, FederatedIdentity) == 1


def test_another_site_cannot_have_an_identity_linked(site: Site) -> None:
    resident = site.signed_in("resident")
    for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "none"}, {"sec-fetch-site": None}):
        answer = resident.get("/connexion/franceconnect?relier=oui", headers=headers, follow_redirects=False)
        assert answer.status_code == 403 and "set-cookie" not in answer.headers
    mine = {"sec-fetch-site": None, "referer": f"{ORIGIN}/mon-espace/acces"}
    assert resident.get("/connexion/franceconnect?relier=oui", headers=mine, follow_redirects=False).status_code == 302


def test_a_link_asked_by_one_session_does_not_serve_another(site: Site) -> None:
    """Somebody else signs in on this browser while the provider is open in another tab."""
    resident = site.signed_in("resident")
    answer = resident.get("/connexion/franceconnect?relier=oui")
    found = re.search(r'action="(/demo/fournisseur/[^"]+)"', answer.text)
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.demo_persona == "youth")).one()
        resident.http.cookies.set(cookie_name(), service.open_session(db, person), domain="localhost.local")
    assert found
    page = resident.post(found[1], {"who": "azenor"})
    assert "rien n’a été relié" in page.text and count(site, FederatedIdentity) == 0


def test_the_last_way_in_stays(site: Site) -> None:
    visitor = opened(site)
    with site.reading() as db:
        link = db.exec(select(FederatedIdentity)).one()
    answer = visitor.post(f"/mon-espace/acces/moyens/{link.id}/retrait")
    assert answer.status_code == 409 and "seule façon" in answer.text and count(site, FederatedIdentity) == 1


def test_a_way_in_is_taken_away_and_told(site: Site) -> None:
    resident = site.signed_in("resident")
    choose(resident, "franceconnect", "azenor", link=True)
    elsewhere = site.visitor()
    choose(elsewhere, "franceconnect", "azenor")
    with site.reading() as db:
        link = db.exec(select(FederatedIdentity)).one()
    assert site.signed_in("youth").post(f"/mon-espace/acces/moyens/{link.id}/retrait").status_code == 404
    page = resident.post(f"/mon-espace/acces/moyens/{link.id}/retrait")
    assert "n’ouvre plus votre compte" in page.text and count(site, FederatedIdentity) == 0
    assert "n’ouvre plus" in site.mails("resident@demo.emglev.example")[-1].body
    assert elsewhere.get("/mon-espace").url.path == "/connexion"  # came in by what was taken away


def test_a_session_of_an_account_without_provider_signs_out_at_once(site: Site) -> None:
    page = site.signed_in("resident").post("/deconnexion")
    assert page.url.path == "/" and "Déconnexion faite" in page.text


def test_one_signs_out_here_then_there(site: Site) -> None:
    visitor = opened(site)
    page = visitor.post("/deconnexion")
    assert page.url.path == "/deconnexion" and "encore ouverte" in page.text
    assert visitor.get("/mon-espace").url.path == "/connexion"
    page = visitor.get("/deconnexion/fournisseur")
    assert page.url.path == "/deconnexion/retour" and "fermée elle aussi" in page.text
    assert "fermée elle aussi" not in visitor.get("/deconnexion/retour?state=inventé").text


def test_nobody_elses_state_says_that_all_is_closed(site: Site) -> None:
    visitor = opened(site)
    visitor.post("/deconnexion")
    page = visitor.get("/deconnexion/retour?state=inventé")
    assert page.url.path == "/deconnexion" and "encore ouverte" in page.text


def test_two_clicks_open_one_account(site: Site) -> None:
    visitor = site.visitor()
    choose(visitor, "franceconnect", "azenor")
    before = count(site, Person)

    async def twice() -> list[httpx.Response]:
        ours = {"sec-fetch-site": "same-origin"}
        path = "/connexion/premiere-visite"
        again = [visitor.http.post(path, headers=ours, follow_redirects=False) for _n in range(2)]
        return list(await asyncio.gather(*again))

    assert sorted(answer.status_code for answer in site.run(twice())) == [303, 410]
    assert count(site, Person) == before + 1 and count(site, FederatedIdentity) == 1


def test_two_browsers_open_one_account_for_one_identity(site: Site) -> None:
    first, second = site.visitor(), site.visitor()
    choose(first, "franceconnect", "azenor")
    choose(second, "franceconnect", "azenor")
    first.post("/connexion/premiere-visite")
    before = count(site, Person)
    assert second.post("/connexion/premiere-visite").url.path == "/mon-espace"
    assert count(site, Person) == before and count(site, FederatedIdentity) == 1


def test_a_choice_waits_a_quarter_of_an_hour_and_in_one_browser(site: Site) -> None:
    visitor = site.visitor()
    choose(visitor, "franceconnect", "azenor")
    assert site.visitor().post("/connexion/premiere-visite").status_code == 410
    with site.writing() as db:
        waiting = db.exec(select(PendingIdentity)).one()
        waiting.expires_at = now() - timedelta(seconds=1)
        db.add(waiting)
    assert visitor.get("/connexion/premiere-visite").url.path == "/connexion"
    assert visitor.post("/connexion/premiere-visite").status_code == 410
    choose(site.visitor(), "franceconnect", "gildas")
    assert count(site, PendingIdentity) == 1  # the one whose time was over has gone


def test_a_second_factor_is_asked_after_a_provider_too(site: Site) -> None:
    opened(site)
    with site.writing() as db:
        link = db.exec(select(FederatedIdentity)).one()
        db.add(Passkey(person_id=link.person_id, credential_id="x", public_key=b"x", label="clé", created_at=now()))
    visitor = site.visitor()
    assert choose(visitor, "franceconnect", "azenor", next="/besoins").url.path == "/connexion/cle"
    assert visitor.get("/mon-espace").url.path == "/connexion/cle"


def test_an_account_being_closed_may_only_be_opened_again(site: Site) -> None:
    opened(site)
    with site.writing() as db:
        person = db.get(Person, db.exec(select(FederatedIdentity)).one().person_id)
        assert person
        person.closing_at = now()
        db.add(person)
    page = choose(site.visitor(), "franceconnect", "azenor")
    assert page.url.path == site.app.state.urls("portal.reopening")


def test_an_identity_whose_account_is_closed_for_good_opens_a_new_one(site: Site) -> None:
    opened(site)
    with site.writing() as db:
        link = db.exec(select(FederatedIdentity)).one()
        person = db.get(Person, link.person_id)
        assert person
        person.closed_at = now()
        db.add(person)
    visitor = site.visitor()
    assert choose(visitor, "franceconnect", "azenor").url.path == "/connexion/premiere-visite"
    assert visitor.post("/connexion/premiere-visite").url.path == "/mon-espace"
    with site.reading() as db:
        assert db.exec(select(FederatedIdentity)).one().person_id != link.person_id


@pytest.mark.parametrize(("certified", "status"), [("21290000500019", "verified"), ("98765432400019", "declared")])
def test_proconnect_verifies_the_organisation_of_its_employee(site: Site, certified: str, status: str) -> None:
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.demo_persona == "association")).one()
        organisation = db.exec(select(Organisation).join(Delegate).where(Delegate.person_id == person.id)).one()
        organisation.status, organisation.siret = "declared", certified
        db.add(organisation)
    choose(site.signed_in("association"), "proconnect", "servane", link=True)
    with site.reading() as db:
        assert db.exec(select(Organisation.status).where(Organisation.id == organisation.id)).one() == status
