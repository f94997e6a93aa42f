"""People who mean harm between here and a provider, and what a browser carries there."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlmodel import select

from app.core.settings import get_settings
from app.identity.models import WebSession
from tests.provider.fake import Fake, counts
from tests.site import Site


def test_a_callback_of_another_browser_or_another_state_does_nothing(site: Site, fake: Fake) -> None:
    mine, theirs = site.visitor(), site.visitor()
    state = fake.begin(mine, "franceconnect")
    before = counts(site)
    for visitor, brought in ((theirs, state), (mine, "x" * 43), (mine, state)):
        page = visitor.get("/connexion/franceconnect/retour", params={"code": "c", "state": brought})
        assert page.status_code == 400 and "n’a pas commencé ici" in page.text  # a wrong state ends the flow
    assert counts(site) == before and "token" not in fake.asked


def test_the_state_of_one_provider_is_not_that_of_another(site: Site, fake: Fake) -> None:
    visitor = site.visitor()
    state = fake.begin(visitor, "franceconnect")
    page = visitor.get("/connexion/proconnect/retour", params={"code": "c", "state": state})
    assert page.status_code == 400 and "token" not in fake.asked


def test_an_answer_that_names_another_issuer_is_refused(site: Site, fake: Fake) -> None:
    visitor = site.visitor()
    query = {"code": "c", "state": fake.begin(visitor, "franceconnect"), "iss": "https://autre.example"}
    assert visitor.get("/connexion/franceconnect/retour", params=query).status_code == 502
    assert "token" not in fake.asked


def test_a_callback_twice_at_once_signs_in_once(site: Site, fake: Fake) -> None:
    """The provider exchanges a code once; whoever comes second gets a plain page."""
    visitor, used = site.visitor(), []

    def once(said: Fake, _request: httpx.Request) -> Any:
        used.append(1)
        return said.tokens() if len(used) == 1 else httpx.Response(400, json={"error": "invalid_grant"})

    fake.faults["token"] = once
    query = {"code": "c", "state": fake.begin(visitor, "franceconnect")}

    async def twice() -> list[int]:
        path = "/connexion/franceconnect/retour"
        both = [visitor.http.get(path, params=query, follow_redirects=False) for _n in range(2)]
        return sorted(answer.status_code for answer in await asyncio.gather(*both))

    assert site.run(twice()) == [303, 502]
    assert counts(site)[2] == 1


@pytest.mark.parametrize("cookie", ["", "x", "W10=", "eyJwcm92aWRlciI6IDF9", "é" * 20, "A" * 4000])
def test_a_cookie_that_we_did_not_write_begins_nothing(site: Site, fake: Fake, cookie: str) -> None:
    header = {"cookie": f"emglev_trajet={cookie}".encode()}
    page = site.visitor().get("/connexion/franceconnect/retour?code=c&state=s", headers=header)
    assert page.status_code == 400


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "/" + "x" * 900])
def test_one_comes_back_to_this_site_only(site: Site, fake: Fake, wanted: str) -> None:
    visitor = site.visitor()
    state = fake.begin(visitor, "franceconnect", next=wanted)
    visitor.get("/connexion/franceconnect/retour", params={"code": "c", "state": state})
    assert visitor.post("/connexion/premiere-visite").url.path == "/mon-espace"


def test_a_session_is_new_whatever_cookie_came(site: Site, fake: Fake) -> None:
    visitor = site.signed_in("resident")
    with site.reading() as db:
        before = db.exec(select(WebSession)).one().digest
    state = fake.begin(visitor, "franceconnect", relier="oui")
    visitor.get("/connexion/franceconnect/retour", params={"code": "c", "state": state})
    visitor.http.cookies.delete("emglev")
    visitor.http.cookies.set("emglev", "fixed-by-somebody-else", domain="localhost.local")
    state = fake.begin(visitor, "franceconnect")
    visitor.get("/connexion/franceconnect/retour", params={"code": "c", "state": state})
    with site.reading() as db:
        digests = [session.digest for session in db.exec(select(WebSession))]
    assert len(digests) == 2 and before in digests
    assert "fixed-by-somebody-else" not in {cookie.value for cookie in visitor.http.cookies.jar}


def test_what_the_browser_keeps_is_bound_to_this_host_and_out_of_reach(
    site: Site, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "public_url", "https://emglev.example")
    answer = site.visitor().get("/connexion/franceconnect", follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-emglev_trajet=") and "Max-Age=600" in cookie and "Path=/;" in cookie
    assert "HttpOnly" in cookie and "Secure" in cookie and "SameSite=lax" in cookie


def test_leaving_for_a_provider_writes_nothing(site: Site, fake: Fake) -> None:
    with site.counting() as seen:
        fake.begin(site.visitor(), "franceconnect")
    assert not [s for s in seen if s.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_provider_that_is_not_set_does_not_exist(site: Site, fake: Fake) -> None:
    assert site.visitor().get("/connexion/oidc").status_code == 404
    assert site.visitor().get("/connexion/oidc/retour?code=c&state=s").status_code == 404
