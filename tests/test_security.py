"""Same origin, headers, size, secrets, failures: what protects people at the edge."""

import logging

import pytest
from structlog.testing import capture_logs

from app.core.security import redact
from tests.needs.test_say import WORDS, code_of, say
from tests.site import ORIGIN, Site

NO_SITE = {"sec-fetch-site": None}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 422), ({"sec-fetch-site": "none"}, 422),
        ({"sec-fetch-site": "cross-site"}, 403), ({"sec-fetch-site": "same-site"}, 403),
        (NO_SITE | {"origin": ORIGIN}, 422), (NO_SITE | {"origin": "https://evil.example"}, 403), (NO_SITE | {"origin": "null"}, 403),
        (NO_SITE, 422),
    ],
)  # fmt: skip
def test_a_write_comes_from_our_own_pages(site: Site, headers: dict[str, str | None], status: int) -> None:
    assert site.visitor().post("/connexion", {"email": ""}, headers=headers).status_code == status


def test_a_write_that_hides_its_origin_may_not_carry_a_session(site: Site) -> None:
    assert site.signed_in("resident").post("/deconnexion", headers=NO_SITE).status_code == 403


def test_reading_writes_nothing(site: Site) -> None:
    visitor = site.signed_in("moderator")
    paths = [
        "/",
        "/besoins",
        "/priorites",
        "/moderation",
        "/mon-espace",
        "/donnees/besoins.csv",
        "/territoires/morlaix-communaute",
    ]
    with site.counting() as seen:
        for path in paths:
            assert visitor.get(path).status_code == 200
    writes = [s for s in seen if s.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not writes


def test_a_body_too_large_is_refused_whether_announced_or_not(site: Site) -> None:
    visitor = site.visitor()
    assert visitor.post("/besoins", {"text": "x" * 400_000}).status_code == 413
    assert visitor.post("/besoins", headers={"content-length": "99999999"}).status_code == 413

    async def drip():  # type: ignore[no-untyped-def]
        for _n in range(20):
            yield b"text=" + b"x" * 50_000

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert visitor.request("POST", "/besoins", content=drip(), headers=headers).status_code == 413


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "image/png"])
def test_another_kind_of_body_is_refused(site: Site, kind: str) -> None:
    response = site.visitor().request("POST", "/besoins", content=b"{}", headers={"content-type": kind})
    assert response.status_code == 400


def test_a_failure_shows_a_number_not_a_trace(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.portal import queries

    def broken(*_args: object, **_kept: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(queries, "totals", broken)
    with capture_logs() as logs:
        response = site.visitor().get("/")
    assert response.status_code == 500
    assert "secret detail" not in response.text and "Traceback" not in response.text
    number = next(entry["id"] for entry in logs if entry["event"] == "unhandled")
    assert number in response.text


def test_secrets_and_people_are_not_in_the_logs(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.CRITICAL, "httpx")  # the visitor's own notes, not ours
    visitor = site.visitor()
    with capture_logs() as logs:
        code = code_of(say(visitor, email="secret@exemple.fr"))
        visitor.get(f"/suivi/{code}")
        visitor.get(site.link("secret@exemple.fr"))
    written = repr(logs) + caplog.text
    token = site.link("secret@exemple.fr").rsplit("/", 1)[1]
    for secret in (code, token, "secret@exemple.fr", WORDS["text"]):
        assert secret not in written
    assert redact("/suivi/ABCD-EFGH-JKMN/retrait") == "/suivi/…/retrait"


@pytest.mark.parametrize(
    "path",
    [
        "/nulle-part",
        "/territoires/atlantide",
        "/a/AAAAAA",
        "/suivi/AAAA-AAAA-AAAA",
        "/priorites/99999",
        "/static/nope.css",
    ],
)
def test_what_does_not_exist_says_so(site: Site, path: str) -> None:
    assert site.visitor().get(path).status_code == 404


def test_another_method_says_so(site: Site) -> None:
    assert site.visitor().request("DELETE", "/besoins").status_code == 405


def test_the_demonstration_does_not_exist_unless_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.core.settings import get_settings

    monkeypatch.setattr(get_settings(), "demo", False)
    visitor = site.visitor()
    for method, path in (
        ("GET", "/demo"),
        ("GET", "/demo/messagerie"),
        ("POST", "/demo/personne"),
        ("POST", "/demo/remise-a-zero"),
    ):
        assert visitor.request(method, path).status_code == 404


def test_metrics_are_for_whoever_holds_the_token(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.core.settings import get_settings

    visitor = site.visitor()
    assert visitor.get("/metrics").status_code == 404
    monkeypatch.setattr(get_settings(), "metrics_token", "jeton")
    assert visitor.get("/metrics", headers={"authorization": "Bearer faux"}).status_code == 404
    assert "emglev_requests_total" in visitor.get("/metrics", headers={"authorization": "Bearer jeton"}).text


def test_it_is_alive_and_ready(site: Site) -> None:
    assert site.visitor().get("/healthz").text == "ok\n"
    assert site.visitor().get("/readyz").text == "ok 22\n"


def test_plain_http_must_be_asked_for() -> None:
    from app.core.settings import Settings

    with pytest.raises(ValueError, match="https"):
        Settings(public_url="http://emglev.example", demo=False, allow_http=False).check([])


@pytest.mark.parametrize("path", ["/", "/besoins", "/healthz"])
def test_head_says_what_get_would_without_its_body(site: Site, path: str) -> None:
    response = site.run(site.visitor().http.head(path))
    assert response.status_code == 200 and response.content == b""


@pytest.mark.parametrize(("failure", "status"), [("UnavailableError", 503), ("GoneError", 410), ("TooManyError", 429)])
def test_each_refusal_has_its_page_and_its_part(
    site: Site, monkeypatch: pytest.MonkeyPatch, failure: str, status: int
) -> None:
    from app.core import errors
    from app.portal import queries

    def refuse(*_args: object, **_kept: object) -> None:
        raise getattr(errors, failure)("Revenez plus tard.", retry_after=7)

    monkeypatch.setattr(queries, "totals", refuse)
    page = site.visitor().get("/")
    assert page.status_code == status and "Revenez plus tard." in page.text
    assert page.headers["retry-after"] == "7" and page.headers["cache-control"] == "no-store"
    part = site.visitor().get("/", headers={"hx-request": "true", "hx-target": "div#rien"})
    assert part.status_code == status and "<html" not in part.text
    assert part.headers["hx-retarget"] == "#flash"


def test_machines_are_kept_from_secret_pages(site: Site) -> None:
    assert "Disallow: /suivi/" in site.visitor().get("/robots.txt").text
