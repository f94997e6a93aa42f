"""What somebody who means harm tries between a sign-in, a role and an organisation, and what it must never give."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from sqlmodel import col, select

from app.core.errors import ConflictError
from app.core.web import _flat
from app.identity.models import Passkey, Person, WebSession
from app.identity.service import second_factor
from app.main import ROUTERS
from app.portal.service import closing
from tests.identity import offers, spokespeople
from tests.identity.authenticator import KEY, RECOVERY, Authenticator, options, register, show
from tests.provider.fake import Fake
from tests.site import Site, Visitor

GUESSES = {
    "need_id": "1", "ref": "F-0001", "slug": "tregor-a-velo", "session_id": "1", "provider": "franceconnect", "token": "x",
    "code": "ABCD-EFGH-JKMN", "kind": "moderator",
}  # fmt: skip
# What somebody halfway may do: give the second factor, or leave.
OF_HALFWAY = {
    "identity.key_options", "identity.show_passkey", "identity.second_factor", "identity.recovery",
    "identity.use_recovery_code", "identity.sign_out",
}  # fmt: skip
OF_RETURNING = {"portal.reopening", "portal.reopen", "identity.sign_out"}


def paths(method: str) -> list[tuple[str, str]]:
    """Every route of the site for this method, by name, with a plausible address."""
    found = []
    for router in ROUTERS:
        for route in _flat(router):
            if method not in (getattr(route, "methods", None) or ()) or "direct" in route.path_format:
                continue
            path = route.path_format
            for part in [p[1:-1] for p in path.split("/") if p.startswith("{") and p.endswith("}")]:
                path = path.replace(f"{{{part}}}", GUESSES.get(part, "1"))
            if "{" not in path:
                found.append((route.name, path))
    assert len(found) > 40
    return found


def halfway(site: Site) -> Visitor:
    """A moderator who signed in and did not show the key."""
    register(site.signed_in("moderator"), Authenticator(b"a key of hers"))
    return site.signed_in("moderator")


def returning(site: Site) -> Visitor:
    """A moderator whose account is closing, signed in to come back."""
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.demo_persona == "moderator")).one()
        closing.close(db, person.id or 0, erases=False)
    return site.signed_in("moderator")


@pytest.mark.parametrize(("who", "theirs"), [(halfway, OF_HALFWAY), (returning, OF_RETURNING)])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_until_one_proved_or_came_back_every_route_answers_as_to_nobody(
    site: Site, who: Any, theirs: set[str], method: str
) -> None:
    site.app.state.limiter.hit = lambda *_args: None
    visitor, nobody = who(site), site.visitor()
    different = []
    for name, path in paths(method):
        if name in theirs or name in ("demo.reset", "demo.become") or path.startswith("/demo/fournisseur"):
            continue
        answers = [each.http.request(method, path, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False)
                   for each in (visitor, nobody)]  # fmt: skip
        mine, other = (site.run(answer) for answer in answers)
        sent = {mine.headers.get("location", "").partition("?")[0], other.headers.get("location", "").partition("?")[0]}
        if mine.status_code != other.status_code or (len(sent) > 1 and not sent <= {"/connexion", KEY}):
            different.append((name, path, mine.status_code, other.status_code, sent))
    assert not different


def person(site: Site, persona: str) -> int:
    return offers.person_id(site, persona=persona)


def test_a_key_also_guards_the_return_to_a_closed_account(site: Site) -> None:
    """Whoever reads the mail of an account with a key must not put its words back online."""
    owner, device = site.signed_in("resident"), Authenticator()
    register(owner, device)
    owner.post("/mon-espace/fermeture", {"contributions": "erase", "sure": "true"})
    thief = site.signed_in("resident")
    assert thief.post("/mon-espace/reouverture").status_code == 403
    assert thief.get("/mon-espace/reouverture").url.path == KEY
    with site.reading() as db:
        assert db.get_one(Person, person(site, "resident")).closing_at is not None
    back = site.signed_in("resident")
    assert show(back, device, "/mon-espace/reouverture").url.path == "/mon-espace/reouverture"
    assert back.post("/mon-espace/reouverture").url.path == "/mon-espace"


def test_who_signs_in_to_come_back_shows_the_key_first(site: Site) -> None:
    device = Authenticator()
    email = "partie@exemple.fr"
    owner = offers.arrives(site, email)
    register(owner, device)
    owner.post("/mon-espace/fermeture", {"contributions": "keep", "sure": "true"})
    back = site.visitor()
    back.post("/connexion", {"email": email})
    assert back.post(site.link(email)).url.path == KEY
    assert show(back, device, "/mon-espace/reouverture").url.path == "/mon-espace/reouverture"


def flow_cookie(**more: Any) -> str:
    way = {
        "provider": "franceconnect",
        "state": "s" * 43,
        "nonce": "n" * 43,
        "verifier": "v" * 43,
        "next": "",
        "session": 0,
    }
    return urlsafe_b64encode(json.dumps(way | more).encode()).decode()


@pytest.mark.parametrize("wanted", ["\ud800", "//evil.example/x", "/\tevil", "javascript:alert(1)", "/" + "é" * 600])
@pytest.mark.parametrize("query", ["error=access_denied", "error=server_error", "code=c"])
def test_a_page_to_come_back_to_that_a_cookie_forged_is_ours_or_nothing(
    site: Site, fake: Fake, wanted: str, query: str
) -> None:
    header = {"cookie": f"emglev_trajet={flow_cookie(next=wanted)}"}
    page = site.visitor().get(f"/connexion/franceconnect/retour?state={'s' * 43}&{query}", headers=header)
    assert page.status_code in (200, 502) and "evil" not in str(page.url) and "evil" not in page.text
    assert "javascript:alert" not in page.text


def test_a_message_cookie_that_nobody_can_write_breaks_no_page(site: Site) -> None:
    packed = urlsafe_b64encode(json.dumps(["ok", "\ud800"]).encode()).decode()
    assert site.visitor().get("/", headers={"cookie": f"emglev_message={packed}"}).status_code == 200


def test_two_browsers_that_register_the_first_key_at_once_do_not_both(site: Site) -> None:
    """The second key is a change of the second factor: whoever adds it shows the first."""
    mine, theirs = site.signed_in("moderator"), site.signed_in("moderator")
    asked = options(theirs, "/mon-espace/acces/cles/options")
    register(mine, Authenticator(b"mine"))
    moderator = person(site, "moderator")
    with site.writing() as db:
        late = db.exec(select(WebSession).where(col(WebSession.challenge).is_not(None))).one()
        made = Authenticator(b"theirs").make(asked)
        with pytest.raises(ConflictError):  # its right was checked before the first key was there
            second_factor.add_passkey(db, db.get_one(Person, moderator), late.id or 0, label="x", credential=made)
    with site.reading() as db:
        assert len(db.exec(select(Passkey).where(Passkey.person_id == moderator)).all()) == 1


def test_one_recovery_code_at_two_places_at_once_opens_one(site: Site) -> None:
    from tests.identity.authenticator import codes_of

    code = codes_of(register(site.signed_in("moderator"), Authenticator()).text)[0]
    both = [site.signed_in("moderator"), site.signed_in("moderator")]
    assert sorted(spokespeople.at_once(site, [(v, RECOVERY, {"code": code}) for v in both])) == [303, 422]


def test_recovery_codes_tried_all_at_once_are_counted_too(site: Site) -> None:
    register(site.signed_in("moderator"), Authenticator())
    thief = site.signed_in("moderator")
    tries = [(thief, RECOVERY, {"code": f"{n:012d}"}) for n in range(24)]
    answers = spokespeople.at_once(site, tries)
    assert answers.count(422) == second_factor.CODE_TRIES and answers.count(429) == 14


def test_the_browser_that_asks_for_a_link_is_marked_for_this_host_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another host of the domain must not choose the mark: it would open its own account in this browser."""
    from app.core.settings import get_settings

    monkeypatch.setattr(get_settings(), "public_url", "https://emglev.example")
    sent = site.visitor().post("/connexion", {"email": "marque@exemple.fr"})
    assert sent.headers["set-cookie"].startswith("__Host-emglev_browser=") and "Path=/;" in sent.headers["set-cookie"]


@pytest.mark.parametrize(
    "path", ["", "/acces", "/profil", "/roles", "/organisations", "/donnees", "/fermeture", "/acces/adresse"]
)
def test_no_page_about_oneself_stays_in_a_shared_browser(site: Site, path: str) -> None:
    assert "no-store" in site.signed_in("resident").get(f"/mon-espace{path}").headers["cache-control"]


def test_a_role_that_sleeps_writes_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every form of the site, sent by an administrator who did not show a key: as by a person without any role."""
    from app.core.settings import get_settings

    monkeypatch.setattr(
        get_settings(), "second_factor_roles", "administrator moderator technician referent facilitator"
    )
    site.app.state.limiter.hit = lambda *_args: None
    awake = []
    for persona in ("administrator", "moderator", "technician", "referent", "facilitator"):
        sleeper = site.signed_in(persona)
        for name, path in paths("POST"):
            path = path.replace("/territoires/tregor-a-velo", "/territoires/morlaix-communaute")
            if not path.startswith(("/roles", "/moderation", "/priorites", "/enjeux", "/territoires", "/ateliers")):
                continue
            answer = site.run(
                sleeper.http.post(path, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False)
            )
            if answer.status_code not in (403, 404):
                awake.append((persona, name, answer.status_code))
    assert not awake
