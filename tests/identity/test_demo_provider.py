"""The providers that the demonstration plays are as strict as the real ones where the package of npm is not."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt

from app.core.providers import DEMO_CLIENT, DEMO_SECRET, named
from app.core.settings import get_settings
from app.demo_provider import service
from tests.provider.fake import CLIENT, ISSUER, SECRET, Fake
from tests.site import ORIGIN, Site, Visitor

PEOPLE = {"franceconnect": "azenor", "proconnect": "servane"}
WAYS = tuple(PEOPLE)


def _asked(site: Site, way: str) -> dict[str, str]:
    """What we send to this provider, as a table of parameters."""
    answer = site.visitor().get(f"/connexion/{way}", follow_redirects=False)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def _authorize(visitor: Visitor, way: str, query: dict[str, Any]) -> httpx.Response:
    given = {name: value for name, value in query.items() if value is not None}
    return visitor.get(f"/demo/fournisseur/{way}/authorize", params=given)


@pytest.mark.parametrize("way", WAYS)
def test_what_we_send_is_accepted_and_as_long_as_they_want(site: Site, way: str) -> None:
    asked = _asked(site, way)
    assert len(asked["nonce"]) >= 32 and len(asked["state"]) >= 32
    assert ("code_challenge" in asked) == (way == "proconnect")
    assert asked["scope"] == ("openid" if way == "franceconnect" else "openid siret")
    assert _authorize(site.visitor(), way, asked).status_code == 200


@pytest.mark.parametrize(
    ("way", "changes"),
    [
        ("franceconnect", {"nonce": "x" * 21}), ("franceconnect", {"nonce": None}), ("franceconnect", {"state": None}),
        ("franceconnect", {"code_challenge": "x", "code_challenge_method": "S256"}), ("franceconnect", {"prompt": "none"}),
        ("franceconnect", {"acr_values": None}), ("franceconnect", {"acr_values": "eidas2"}),
        ("franceconnect", {"login_hint": "x"}), ("franceconnect", {"max_age": "0"}),
        ("franceconnect", {"redirect_uri": f"{ORIGIN}/connexion/franceconnect/retour/"}),
        ("franceconnect", {"scope": "profile"}), ("franceconnect", {"scope": "openid tout"}), ("franceconnect", {"scope": None}),
        ("franceconnect", {"client_id": "autre"}), ("franceconnect", {"response_type": "token"}),
        ("proconnect", {"code_challenge": None}), ("proconnect", {"code_challenge_method": "plain"}),
        ("proconnect", {"nonce": "x" * 31}), ("proconnect", {"state": "x" * 31}), ("proconnect", {"inconnu": "1"}),
    ],
    ids=str,
)  # fmt: skip
def test_a_request_out_of_the_rules_is_refused(site: Site, way: str, changes: dict[str, Any]) -> None:
    page = _authorize(site.visitor(), way, _asked(site, way) | changes)
    assert page.status_code == 400 and "Demande refusée" in page.text


def _exchange(site: Site, way: str) -> tuple[dict[str, Any], str]:
    """A body that the token endpoint would accept; and its code."""
    asked, verifier = _asked(site, way), "v" * 43
    if way == "proconnect":
        asked["code_challenge"] = create_s256_code_challenge(verifier)
    code = service.choose(service.waiting(way, service.ask(way, asked)), PEOPLE[way])
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": service.redirect_uri(way),
        "client_id": DEMO_CLIENT,
        "client_secret": DEMO_SECRET,
    }
    return body | ({"code_verifier": verifier} if way == "proconnect" else {}), code


def _token(site: Site, way: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    return site.visitor().post(f"/demo/fournisseur/{way}/token", body, headers=headers)


@pytest.mark.parametrize(
    ("way", "changes"),
    [
        ("franceconnect", {"client_secret": "faux"}), ("franceconnect", {"client_id": "autre"}),
        ("franceconnect", {"code_verifier": "v" * 43}), ("franceconnect", {"redirect_uri": ORIGIN}),
        ("franceconnect", {"grant_type": "password"}), ("franceconnect", {"code": "inconnu"}),
        ("proconnect", {"code_verifier": "w" * 43}), ("proconnect", {"code_verifier": ""}),
    ],
    ids=str,
)  # fmt: skip
def test_an_exchange_out_of_the_rules_is_refused(site: Site, way: str, changes: dict[str, Any]) -> None:
    body, _its_code = _exchange(site, way)
    assert _token(site, way, body | changes).status_code in (400, 401)


@pytest.mark.parametrize("way", WAYS)
def test_a_code_serves_once_and_thirty_seconds(site: Site, way: str) -> None:
    body, _its_code = _exchange(site, way)
    assert _token(site, way, body).status_code == 200
    assert _token(site, way, body).json() == {"error": "invalid_grant"}
    before = service.time.time()
    late, code = _exchange(site, way)
    codes = service.desk().codes
    assert before + 30 <= codes[code].until <= service.time.time() + 30
    codes[code] = replace(codes[code], until=service.time.time() - 1)
    assert _token(site, way, late).json() == {"error": "invalid_grant"}


def test_a_client_names_itself_in_the_body_only(site: Site) -> None:
    body, _its_code = _exchange(site, "franceconnect")
    assert _token(site, "franceconnect", body, authorization="Basic eDp5").status_code == 401


def test_tokens_live_sixty_seconds_and_userinfo_is_signed(site: Site) -> None:
    body, _its_code = _exchange(site, "proconnect")
    given = _token(site, "proconnect", body).json()
    claims = jwt.decode(given["id_token"], service.key(), algorithms=["ES256"]).claims
    assert claims["exp"] - claims["iat"] == 60 and given["expires_in"] == 60
    assert not {"siret", "email", "given_name"} & set(claims)
    bearer = {"authorization": f"Bearer {given['access_token']}"}
    answer = site.visitor().get("/demo/fournisseur/proconnect/userinfo", headers=bearer)
    assert answer.headers["content-type"].startswith("application/jwt")
    assert jwt.decode(answer.text, service.key(), algorithms=["ES256"]).claims["siret"] == "21290000500019"
    tokens = service.desk().tokens
    tokens[given["access_token"]] = replace(tokens[given["access_token"]], until=service.time.time() - 1)
    assert site.visitor().get("/demo/fournisseur/proconnect/userinfo", headers=bearer).status_code == 401


@pytest.mark.parametrize("missing", ["id_token_hint", "state", "post_logout_redirect_uri"])
def test_leaving_wants_a_hint_a_state_and_the_address_registered(site: Site, missing: str) -> None:
    body, _its_code = _exchange(site, "franceconnect")
    hint = _token(site, "franceconnect", body).json()["id_token"]
    query = {"id_token_hint": hint, "state": "s", "post_logout_redirect_uri": f"{ORIGIN}/deconnexion/retour"}
    path = "/demo/fournisseur/franceconnect/session/end"
    assert site.visitor().get(path, params=query, follow_redirects=False).status_code == 302
    assert site.visitor().get(path, params=query | {missing: "autre" if missing != "state" else ""}).status_code == 400


def test_they_do_not_exist_outside_the_demonstration(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "demo", False)
    visitor = site.visitor()
    for path in (".well-known/openid-configuration", "authorize", "jwks", "userinfo", "session/end"):
        assert visitor.get(f"/demo/fournisseur/franceconnect/{path}").status_code == 404
    assert visitor.get("/connexion/franceconnect").status_code == 404
    assert "FranceConnect" not in visitor.get("/connexion").text


def test_an_unknown_one_does_not_exist(site: Site) -> None:
    assert site.visitor().get("/demo/fournisseur/autre/jwks").status_code == 404


def test_a_real_provider_replaces_those_of_the_demonstration(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "proconnect_client_id", "vrai")
    assert named("franceconnect") is None
    way = named("proconnect")
    assert way and way.issuer == "https://auth.agentconnect.gouv.fr/api/v2"


def test_any_other_provider_comes_by_settings(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Keycloak: no acr, PKCE, and a userinfo that may be plain JSON; what it says of an employer verifies nothing."""
    named_so = {
        "issuer": ISSUER,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "label": "Compte Finistère",
        "scopes": "openid siret",
    }
    for name, value in named_so.items():
        monkeypatch.setattr(get_settings(), f"oidc_{name}", value)
    fake = Fake().install(site)
    fake.faults["userinfo"] = lambda said, _request: said.claims(siret="21290000500019")
    visitor = site.visitor()
    assert (
        "Compte Finistère" in visitor.get("/connexion").text and "FranceConnect" not in visitor.get("/connexion").text
    )
    state = fake.begin(visitor, "oidc")
    page = visitor.get("/connexion/oidc/retour", params={"code": "c", "state": state})
    assert page.url.path == "/connexion/premiere-visite" and "Compte Finistère" in page.text
    assert visitor.post("/connexion/premiere-visite").url.path == "/mon-espace"
    page = visitor.post("/deconnexion")
    assert "encore ouverte" in page.text
    page = visitor.get("/deconnexion/fournisseur")  # this one has no address to sign out
    assert page.url.path == "/" and "Compte Finistère" in page.text
