"""The whole journey with a real provider: the package that FranceConnect and ProConnect run, in both configurations."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from app.core import oidc
from app.core.settings import get_settings
from app.identity.models import FederatedIdentity
from app.identity.models import Person as Account
from tests import provider
from tests.site import Site, Visitor

MODES = ("franceconnect", "proconnect")


@pytest.fixture(scope="module", params=MODES)
def running(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A provider that runs, and which one it is."""
    with provider.running(request.param) as issuer:
        yield request.param, issuer


@pytest.fixture
def mode(running: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The settings name that provider, which is waited for as long as this machine needs."""
    monkeypatch.setattr(oidc, "PATIENCE", 60.0)
    name, issuer = running
    for key, value in (("issuer", issuer), ("client_id", provider.CLIENT), ("client_secret", provider.SECRET)):
        monkeypatch.setattr(get_settings(), f"{name}_{key}", value)
    return name


def _away(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path, follow_redirects=False)
    assert answer.status_code == 302, answer.text[:500]
    return answer.headers["location"]


def test_one_comes_in_by_the_real_thing_and_comes_back(site: Site, mode: str) -> None:
    visitor = site.visitor()
    with provider.Person("katell") as person:
        sent = _away(visitor, f"/connexion/{mode}?next=/besoins/nouveau")
        asked = parse_qs(urlsplit(sent).query)
        expected = {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce"}
        expected |= {"acr_values"} if mode == "franceconnect" else {"code_challenge", "code_challenge_method"}
        assert set(asked) == expected
        assert visitor.get(person.walk(sent)).url.path == "/connexion/premiere-visite"
        assert visitor.post("/connexion/premiere-visite").url.path == "/besoins/nouveau"
        with site.reading() as db:
            link = db.exec(select(FederatedIdentity)).one()
            assert link.subject.endswith("v1") and len(link.subject) == 66
            assert link.siret == ("21290000500019" if mode == "proconnect" else None)
        other = site.visitor()
        page = other.get(person.walk(_away(other, f"/connexion/{mode}")))
        assert page.url.path == "/mon-espace" and "Connexion réussie" in page.text


def test_one_signs_out_of_both(site: Site, mode: str) -> None:
    visitor = site.visitor()
    with provider.Person("fanch") as person:
        visitor.get(person.walk(_away(visitor, f"/connexion/{mode}")))
        visitor.post("/connexion/premiere-visite")
        page = visitor.post("/deconnexion")
        assert page.url.path == "/deconnexion" and "encore ouverte" in page.text
        page = visitor.get(person.walk(_away(visitor, "/deconnexion/fournisseur")))
        assert page.url.path == "/deconnexion/retour" and "fermée elle aussi" in page.text


def test_giving_up_there_costs_nothing_here(site: Site, mode: str) -> None:
    visitor = site.visitor()
    with provider.Person("mona") as person:
        page = visitor.get(person.walk(_away(visitor, f"/connexion/{mode}?next=/besoins"), give_up=True))
    assert page.url.path == "/connexion" and "Rien n’a changé" in page.text and 'value="/besoins"' in page.text


def test_the_address_that_a_provider_knows_attaches_nothing(site: Site, mode: str) -> None:
    """This provider certifies the address of a resident of the demonstration: we neither ask for it nor use it."""
    visitor = site.visitor()
    with provider.Person("soazig") as person:
        assert visitor.get(person.walk(_away(visitor, f"/connexion/{mode}"))).url.path == "/connexion/premiere-visite"
        visitor.post("/connexion/premiere-visite")
    with site.reading() as db:
        link = db.exec(select(FederatedIdentity)).one()
        account = db.get(Account, link.person_id)
        assert account and account.email is None and account.demo_persona is None
