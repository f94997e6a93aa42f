"""A provider that is away or answers nonsense: a plain page, the other ways in, and nothing written."""

import asyncio
import gzip
import json
import time
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey
from structlog.testing import capture_logs

from app.core import oidc
from app.core.settings import get_settings
from tests.provider.fake import CLIENT, SECRET, SUBJECT, Answer, Fake, counts
from tests.site import Site

STRANGER = ECKey.generate_key("P-256", {"kid": "first"})


def _raise(failure: type[Exception]) -> Answer:
    def fail(_fake: Fake, _request: httpx.Request) -> Any:
        raise failure("nothing")

    return fail


def _text(body: str, status: int = 200, kind: str = "text/html") -> Answer:
    return lambda _fake, _request: httpx.Response(status, text=body, headers={"content-type": kind})


async def _never(_fake: Fake, _request: httpx.Request) -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError("nobody wakes it")


def _compressed(fake: Fake, request: httpx.Request) -> httpx.Response:
    packed = gzip.compress(_huge(fake, request).content)
    return httpx.Response(200, stream=httpx.ByteStream(packed), headers={"content-encoding": "gzip"})


def _huge(fake: Fake, request: httpx.Request) -> httpx.Response:
    """Right in every point, and followed by many blanks."""
    said = fake.right(request)
    signed = isinstance(said, httpx.Response)
    kind = {"content-type": "application/jwt" if signed else "application/json"}
    return httpx.Response(200, text=(said.text if signed else json.dumps(said)) + " " * 200_000, headers=kind)


COMMON: dict[str, Answer] = {
    "HTML": _text("<h1>Maintenance</h1>"), "500": _text("", 500), "404": _text("", 404), "a list": lambda _f, _r: [1], "huge": _huge,
    "compressed": _compressed, "no connection": _raise(httpx.ConnectError), "timeout": _raise(httpx.ReadTimeout),
    "cut": _raise(httpx.RemoteProtocolError), "empty": _text("", kind="application/json"),
    "deep": _text("[" * 50_000, kind="application/json"),
}  # fmt: skip
DISCOVERY: dict[str, Answer] = COMMON | {
    "another issuer": lambda fake, _r: fake.discovery(issuer="https://autre.example"),
    "no token endpoint": lambda fake, _r: fake.discovery(token_endpoint=None),
    "no issuer": lambda fake, _r: fake.discovery(issuer=None),
    "an address in clear": lambda fake, _r: fake.discovery(token_endpoint="http://fournisseur.example/token"),
    "an address that is a script": lambda fake, _r: fake.discovery(authorization_endpoint="javascript:alert(1)"),
    "a number for an address": lambda fake, _r: fake.discovery(jwks_uri=7),
}
KEYS: dict[str, Answer] = COMMON | {
    "no key": lambda _f, _r: {"keys": []},
    "keys that are words": lambda _f, _r: {"keys": ["une", "autre"]},
    "an unknown kind": lambda _f, _r: {"keys": [{"kty": "PQC", "kid": "first"}]},
    "another key": lambda _f, _r: {"keys": [STRANGER.as_dict(private=False)]},
}
TOKENS: dict[str, Answer] = COMMON | {
    "a refusal": lambda _f, _r: httpx.Response(400, json={"error": "invalid_grant", "error_description": SUBJECT}),
    "no id_token": lambda fake, _r: fake.tokens(id_token=None),
    "no access_token": lambda fake, _r: fake.tokens(access_token=None),
    "an id_token that is a number": lambda fake, _r: fake.tokens(id_token=12),
    "an id_token that is no token": lambda fake, _r: fake.tokens(id_token="a.b.c"),
    "unsigned": lambda fake, _r: fake.tokens(id_token=fake.unsigned()),
    "signed by our secret": lambda fake, _r: fake.tokens(id_token=fake.by_secret(SECRET)),
    "signed by its public key": lambda fake, _r: fake.tokens(id_token=fake.by_secret(fake.key.as_pem(private=False).decode())),
    "signed by another key": lambda fake, _r: fake.tokens(id_token=fake.signed({"nonce": fake.nonce}, STRANGER)),
    "an unknown key": lambda fake, _r: fake.tokens(id_token=fake.signed({"nonce": fake.nonce}, STRANGER, kid="second")),
}  # fmt: skip
USERINFO: dict[str, Answer] = COMMON | {
    "plain JSON": lambda fake, _r: fake.claims(siret="1"),
    "unsigned": lambda fake, _r: fake.userinfo(fake.unsigned()),
    "signed by another key": lambda fake, _r: fake.userinfo(fake.signed({}, STRANGER)),
    "signed by our secret": lambda fake, _r: fake.userinfo(fake.by_secret(SECRET)),
    "refused": _text("{}", 401, "application/json"),
}
ENDPOINTS = {"openid-configuration": DISCOVERY, "jwks": KEYS, "token": TOKENS, "userinfo": USERINFO}
FAULTS = [(endpoint, name) for endpoint, faults in ENDPOINTS.items() for name in faults]
NOW = int(time.time())
LATER = NOW + 7 * 24 * 3600  # still to come when the last of these tests runs
CLAIMS = [
    {"iss": "https://autre.example"}, {"iss": None}, {"aud": "autre"}, {"aud": None}, {"aud": [CLIENT, "autre"]},
    {"sub": None}, {"sub": 12}, {"sub": ""}, {"sub": "x" * 256}, {"exp": NOW - 60}, {"exp": "demain"},
    {"iat": LATER}, {"nbf": LATER},
]  # fmt: skip
ONLY_ID: list[dict[str, Any]] = [
    {"nonce": None},
    {"nonce": "x" * 43},
    {"exp": None},
    {"iat": None},
    {"at_hash": "faux"},
    {"azp": "autre"},
]


def _refused(site: Site, fake: Fake, way: str = "proconnect") -> httpx.Response:
    """Coming back from a provider that is wrong in one point: a plain page, nothing written, nothing said."""
    visitor, before = site.visitor(), counts(site)
    with capture_logs() as logs:
        if "openid-configuration" in fake.faults:
            page = visitor.get(f"/connexion/{way}?next=/besoins")
        else:
            state = fake.begin(visitor, way, next="/besoins")
            page = visitor.get(f"/connexion/{way}/retour", params={"code": "secret-code", "state": state})
            assert visitor.get(f"/connexion/{way}/retour", params={"code": "c", "state": state}).status_code == 400
    assert page.status_code in (502, 503) and "ne répond pas comme prévu" in page.text
    assert "Recevoir un lien par e-mail" in page.text and "next=%2Fbesoins" in page.text
    assert counts(site) == before
    assert any(entry["event"] == "provider failed" for entry in logs)
    for secret in (SUBJECT, "secret-code", SECRET, "Traceback"):
        assert secret not in repr(logs) and secret not in page.text
    return page


@pytest.mark.parametrize("way", ["franceconnect", "proconnect"])
def test_a_provider_right_in_every_point_is_believed(site: Site, fake: Fake, way: str) -> None:
    visitor = site.visitor()
    state = fake.begin(visitor, way)
    page = visitor.get(f"/connexion/{way}/retour", params={"code": "c", "state": state})
    assert page.url.path == "/connexion/premiere-visite"
    assert ("userinfo" in fake.asked) == (way == "proconnect")  # fetched only where a claim is wanted


@pytest.mark.parametrize(("endpoint", "name"), FAULTS)
def test_each_nonsense_gets_a_plain_page_and_the_other_ways_in(
    site: Site, fake: Fake, endpoint: str, name: str
) -> None:
    fake.faults[endpoint] = ENDPOINTS[endpoint][name]
    page = _refused(site, fake)
    assert (page.status_code == 503) == (name in ("no connection", "timeout", "cut"))


def _said(claims: dict[str, Any]) -> str:
    """Moments from now: two workers that collect the tests must give them the same names."""
    return ", ".join(f"{k} {v - NOW:+}" if v in (NOW - 60, LATER) else f"{k} {str(v)[:9]}" for k, v in claims.items())


@pytest.mark.parametrize("claims", [*CLAIMS, *ONLY_ID], ids=_said)
def test_an_id_token_must_hold_in_every_point(site: Site, fake: Fake, claims: dict[str, Any]) -> None:
    fake.id_claims = claims
    _refused(site, fake, "franceconnect")


@pytest.mark.parametrize("claims", CLAIMS[:4] + CLAIMS[5:8] + CLAIMS[9:11], ids=_said)
def test_a_userinfo_must_be_about_the_same_person_and_for_us(site: Site, fake: Fake, claims: dict[str, Any]) -> None:
    fake.user_claims = claims
    _refused(site, fake)


def test_a_userinfo_about_somebody_else_is_refused(site: Site, fake: Fake) -> None:
    fake.user_claims = {"sub": "f" * 64 + "v1"}
    _refused(site, fake)


def test_an_algorithm_that_is_not_pinned_is_refused_even_with_a_published_key(site: Site, fake: Fake) -> None:
    shared = OctKey.import_key("un-secret-publie-par-erreur-et-connu-de-tous", {"kid": "shared"})
    fake.faults["jwks"] = lambda _f, _r: {"keys": [shared.as_dict(private=True)]}
    fake.faults["token"] = lambda said, _r: said.tokens(
        id_token=said.signed({"nonce": said.nonce}, shared, alg="HS256", kid="shared")
    )  # fmt: skip
    _refused(site, fake, "franceconnect")


def test_a_provider_that_never_answers_is_left(site: Site, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    begin, fake.faults["token"] = fake.begin, _never

    def then_no_more_patience(*args: Any, **named: Any) -> str:
        state = begin(*args, **named)
        monkeypatch.setattr(oidc, "PATIENCE", 0.05)
        return state

    monkeypatch.setattr(fake, "begin", then_no_more_patience)
    assert _refused(site, fake).status_code == 503


def test_a_port_where_nobody_listens_is_a_plain_page(site: Site, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "franceconnect_issuer", "http://127.0.0.1:9/api")
    assert site.visitor().get("/connexion/franceconnect").status_code == 503


def test_a_new_key_is_looked_for_once_a_minute(site: Site, fake: Fake) -> None:
    for _turn in range(2):
        visitor = site.visitor()
        state = fake.begin(visitor, "franceconnect")
        visitor.get("/connexion/franceconnect/retour", params={"code": "c", "state": state})
    assert fake.asked.count("jwks") == 1 and fake.asked.count("openid-configuration") == 1
    fake.key = ECKey.generate_key("P-256", {"kid": "second"})
    fake.faults["token"] = lambda said, _r: said.tokens(id_token=said.signed({"nonce": said.nonce}, kid="second"))
    client = next(iter(site.app.state.oidc._clients.values()))
    assert _refused(site, fake, "franceconnect").status_code == 502  # asked less than a minute ago
    assert fake.asked.count("jwks") == 1
    client._keys_at -= 61
    visitor = site.visitor()
    state = fake.begin(visitor, "franceconnect")
    page = visitor.get("/connexion/franceconnect/retour", params={"code": "c", "state": state})
    assert page.url.path == "/connexion/premiere-visite" and fake.asked.count("jwks") == 2
