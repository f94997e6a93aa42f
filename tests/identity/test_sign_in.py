"""Signing in by a link: single use, fifteen minutes, a button to press, a code on another device."""

import re
from datetime import timedelta

import pytest
from sqlmodel import col, func, select

from app.core.db import now
from app.identity.access import cookie_name
from app.identity.models import EmailProof, Person, WebSession
from tests.site import Site, Visitor

ADDRESS = "katell@exemple.fr"


def _ask(visitor: Visitor, email: str = ADDRESS, **more: str) -> str:
    return visitor.post("/connexion", {"email": email, **more}).text


def _count(site: Site, table: type) -> int:
    with site.reading() as db:
        return db.exec(select(func.count()).select_from(table)).one()


def test_the_link_opens_a_page_whose_button_signs_in(site: Site) -> None:
    visitor = site.visitor()
    _ask(visitor)
    link = site.link(ADDRESS)
    before = _count(site, WebSession)
    assert visitor.get(link).status_code == 200
    assert _count(site, WebSession) == before  # a scanner that follows links signs nobody in
    page = visitor.post(link)
    assert page.url.path == "/mon-espace" and "Connexion réussie" in page.text
    assert visitor.post(link).status_code == 410


def test_the_cookie_is_opaque_and_out_of_reach_of_scripts(site: Site) -> None:
    visitor = site.visitor()
    _ask(visitor)
    response = visitor.post(site.link(ADDRESS))
    cookie = next(h for r in response.history for h in r.headers.get_list("set-cookie") if h.startswith(cookie_name()))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    secret = cookie.split("=", 1)[1].split(";")[0]
    with site.reading() as db:
        assert secret not in {s.digest for s in db.exec(select(WebSession))}


def test_on_another_device_the_code_of_the_first_is_asked(site: Site) -> None:
    asking, other = site.visitor(), site.visitor()
    found = re.search(r"code-box[^>]*>([0-9A-Z]{6})<", _ask(asking))
    assert found
    link = site.link(ADDRESS)
    assert "code" in other.get(link).text
    assert other.post(link, {"code": "AAAAAA"}).status_code == 422
    assert other.post(link, {"code": found[1].lower()}).url.path == "/mon-espace"


def test_a_code_cannot_be_guessed_at_leisure(site: Site) -> None:
    asking, other = site.visitor(), site.visitor()
    _ask(asking)
    link = site.link(ADDRESS)
    tries = [other.post(link, {"code": f"AAAAA{n}"}).status_code for n in range(6)]
    assert tries == [422] * 5 + [410]


def test_an_expired_link_says_so_and_gives_another_way(site: Site) -> None:
    visitor = site.visitor()
    _ask(visitor)
    link = site.link(ADDRESS)
    with site.writing() as db:
        for proof in db.exec(select(EmailProof)):
            proof.expires_at = now() - timedelta(seconds=1)
            db.add(proof)
    assert visitor.get(link).status_code == 410
    assert visitor.post(link).status_code == 410
    assert visitor.get("/connexion/lien/nimporte").status_code == 410


def test_known_and_unknown_addresses_get_the_same_answer(site: Site) -> None:
    known = _ask(site.visitor(), "resident@demo.emglev.example")
    unknown = _ask(site.visitor(), "personne@exemple.fr")
    strip = re.compile(r"[0-9A-Z]{6}|(?:[0-9A-Z] ){5}[0-9A-Z]|resident@demo.emglev.example|personne@exemple.fr")
    assert strip.sub("", known) == strip.sub("", unknown)


def test_a_session_is_new_at_each_sign_in_whatever_cookie_came(site: Site) -> None:
    visitor = site.visitor()
    visitor.http.cookies.set(cookie_name(), "fixed-by-someone-else", domain="localhost.local")
    _ask(visitor)
    visitor.post(site.link(ADDRESS))
    values = {c.value for c in visitor.http.cookies.jar if c.name == cookie_name()}
    assert "fixed-by-someone-else" not in values or len(values) > 1


def test_signing_out_ends_the_session_on_the_server(site: Site) -> None:
    resident = site.signed_in("resident")
    assert resident.get("/mon-espace").status_code == 200
    before = _count(site, WebSession)
    resident.post("/deconnexion")
    assert _count(site, WebSession) == before - 1


def test_one_returns_where_one_was_and_nowhere_else(site: Site) -> None:
    for wanted, reached in (
        ("/besoins/nouveau", "/besoins/nouveau"),
        ("//evil.example", "/mon-espace"),
        ("https://evil.example", "/mon-espace"),
    ):
        visitor = site.visitor()
        _ask(visitor, f"{len(wanted)}@exemple.fr", next=wanted)
        assert visitor.post(site.link(f"{len(wanted)}@exemple.fr")).url.path == reached


def test_an_address_is_not_flooded(site: Site) -> None:
    visitor = site.visitor()
    answers = [visitor.post("/connexion", {"email": ADDRESS}) for _n in range(7)]
    assert [a.status_code for a in answers] == [200] * 6 + [429]
    assert answers[-1].headers["retry-after"]
    assert len(site.mails(ADDRESS)) == 6


@pytest.mark.parametrize("typed", ["", "pas une adresse", "a@b", "x" * 300 + "@exemple.fr", "<script>@exemple.fr"])
def test_a_bad_address_is_kept_and_explained(site: Site, typed: str) -> None:
    response = site.visitor().post("/connexion", {"email": typed})
    assert response.status_code == 422 and "aria-invalid" in response.text


def test_an_expired_session_is_a_visitor(site: Site) -> None:
    resident = site.signed_in("resident")
    with site.writing() as db:
        for session in db.exec(select(WebSession)):
            session.expires_at = now() - timedelta(seconds=1)
            db.add(session)
    assert resident.get("/mon-espace").url.path == "/connexion"


def test_a_person_is_public_by_a_pseudonym_not_by_an_address(site: Site) -> None:
    visitor = site.visitor()
    _ask(visitor)
    visitor.post(site.link(ADDRESS))
    with site.reading() as db:
        person = db.exec(select(Person).where(col(Person.email) == ADDRESS)).one()
    assert person.pseudonym.startswith("Voix ") and "katell" not in person.pseudonym.lower()
