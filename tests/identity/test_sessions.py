"""Signed-in browsers: new at each sign-in, rotated at a change of role, idle and absolute ends, listed, ended."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from app.core.db import IN_HAND, now
from app.core.i18n import today
from app.core.security import digest
from app.core.settings import Settings, get_settings
from app.identity import access, service
from app.identity.access import cookie_name, device_of
from app.identity.models import Person, Role, WebSession
from tests.site import Site, Visitor

SPACE, ACCESS = "/mon-espace", "/mon-espace/acces"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


def secret_of(visitor: Visitor) -> str:
    """The cookie that a browser sends: the last one it was given."""
    return [c.value or "" for c in visitor.http.cookies.jar if c.name == cookie_name()][-1]


def with_secret(site: Site, secret: str) -> Visitor:
    visitor = site.visitor()
    visitor.http.cookies.set(cookie_name(), secret, domain="localhost.local")
    return visitor


def session_of(site: Site, visitor: Visitor) -> WebSession:
    given = digest(secret_of(visitor))
    with site.reading() as db:
        return db.exec(
            select(WebSession).where((WebSession.digest == given) | (WebSession.previous_digest == given))
        ).one()


def change(site: Site, visitor: Visitor, **values: Any) -> None:
    """Set columns of the session of this browser."""
    held = session_of(site, visitor)
    with site.writing() as db:
        for name, value in values.items():
            setattr(held, name, value)
        db.merge(held)


def sign_in(site: Site, visitor: Visitor, email: str, **more: Any) -> httpx.Response:
    visitor.post("/connexion", {"email": email})
    return visitor.post(site.link(email), **more)


def given_cookie(response: httpx.Response) -> str:
    return next(
        header
        for answer in [*response.history, response]
        for header in answer.headers.get_list("set-cookie")
        if header.startswith(cookie_name() + "=")
    )


def person_of(site: Site, persona: str) -> Person:
    with site.reading() as db:
        return db.exec(select(Person).where(Person.demo_persona == persona)).one()


def test_signing_in_again_opens_another_session_and_ends_the_former(site: Site) -> None:
    resident = site.signed_in("resident")
    former = session_of(site, resident)
    sign_in(site, resident, "resident@demo.emglev.example")
    with site.reading() as db:
        assert former.digest not in set(db.exec(select(WebSession.digest)))
    assert digest(given_cookie(sign_in(site, site.visitor(), "resident@demo.emglev.example"))) != former.digest


def test_a_change_of_role_gives_a_new_secret_and_the_former_lasts_a_minute(site: Site) -> None:
    resident = site.signed_in("resident")
    former = secret_of(resident)
    with site.writing() as db:
        service.ask_rotation(db, person_of(site, "resident").id or 0)
    assert resident.post("/besoins/99999/soutien").status_code == 404  # a form on its way is no time to rotate
    page = resident.get(SPACE)
    fresh = given_cookie(page).split("=", 1)[1].split(";")[0]
    assert page.status_code == 200 and fresh != former
    late = with_secret(site, former)
    assert late.get(SPACE).url.path == SPACE
    renewed = with_secret(site, fresh)
    change(site, renewed, rotated_at=now() - timedelta(seconds=61))
    assert late.get(SPACE).url.path == "/connexion"
    assert renewed.get(SPACE).url.path == SPACE


def test_two_pages_at_once_during_a_rotation_get_one_new_secret(site: Site) -> None:
    resident = site.signed_in("resident")
    with site.writing() as db:
        service.ask_rotation(db, person_of(site, "resident").id or 0)

    async def both() -> list[httpx.Response]:
        return list(await asyncio.gather(*(resident.http.get(SPACE) for _n in range(4))))

    answers = site.run(both())
    assert [a.status_code for a in answers] == [200] * 4 and {a.url.path for a in answers} == {SPACE}
    given = [h for a in answers for h in a.headers.get_list("set-cookie") if h.startswith(cookie_name() + "=")]
    assert len(given) == 1
    assert session_of(site, resident).digest == digest(given[0].split("=", 1)[1].split(";")[0])


@pytest.mark.parametrize(("persona", "idle"), [("resident", timedelta(days=14)), ("technician", timedelta(hours=2))])
def test_a_session_left_idle_ends_sooner_for_who_holds_a_role(site: Site, persona: str, idle: timedelta) -> None:
    visitor = site.signed_in(persona)
    change(site, visitor, last_seen_at=now() - idle + timedelta(minutes=5))
    assert visitor.get(SPACE).url.path == SPACE
    change(site, visitor, last_seen_at=now() - idle - timedelta(minutes=1))
    assert visitor.get(SPACE).url.path == "/connexion"


@pytest.mark.parametrize(("persona", "life"), [("resident", timedelta(days=30)), ("technician", timedelta(hours=12))])
def test_a_session_ends_whatever_happens_sooner_for_who_holds_a_role(site: Site, persona: str, life: timedelta) -> None:
    session = session_of(site, site.signed_in(persona))
    assert abs(session.expires_at - now() - life) < timedelta(minutes=1)


def test_a_role_shortens_the_sessions_already_open(site: Site) -> None:
    resident, person = site.signed_in("resident"), person_of(site, "resident")
    with site.writing() as db:
        db.add(Role(person_id=person.id or 0, kind="technician", starts_on=today()))
    change(site, resident, last_seen_at=now() - timedelta(minutes=11))
    assert resident.get(SPACE).status_code == 200
    session = session_of(site, resident)
    assert session.expires_at < now() + timedelta(hours=12, minutes=1) and session.idle_minutes == 120


def _writes(seen: list[str]) -> list[str]:
    return [s for s in seen if s.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_session_is_written_as_seen_every_ten_minutes(site: Site) -> None:
    resident = site.signed_in("resident")
    change(site, resident, last_seen_at=now() - timedelta(minutes=9))
    with site.counting() as seen:
        resident.get("/besoins")
    assert not _writes(seen)
    change(site, resident, last_seen_at=now() - timedelta(minutes=11))
    with site.counting() as seen:
        resident.get("/besoins")
    assert {s.split()[1] for s in _writes(seen)} == {"web_session", "person"}
    with site.counting() as seen:
        resident.get("/besoins")
    assert not _writes(seen)


@contextmanager
def _busy(site: Site, held: WebSession) -> Iterator[None]:
    """Somebody else writes meanwhile, on this very session."""
    with site.writing() as db:
        db.exec(select(WebSession).where(WebSession.id == held.id).with_for_update(**IN_HAND)).one()
        yield


def test_a_busy_database_keeps_no_page_from_being_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    resident = site.signed_in("resident")
    long_ago = now() - timedelta(minutes=11)
    change(site, resident, last_seen_at=long_ago, rotate=True)
    with _busy(site, session_of(site, resident)), monkeypatch.context() as meanwhile:
        meanwhile.setattr(access, "PATIENCE", 0.01)
        assert resident.get(SPACE).url.path == SPACE
    assert session_of(site, resident).last_seen_at == long_ago
    resident.get(SPACE)
    assert not session_of(site, resident).rotate  # done by the next page


def test_ones_browsers_are_listed_with_their_device_and_the_present_one(site: Site) -> None:
    visitor, phone = site.visitor(), site.visitor()
    sign_in(site, phone, "resident@demo.emglev.example", headers={"user-agent": ANDROID})
    sign_in(site, visitor, "resident@demo.emglev.example", headers={"user-agent": FIREFOX})
    shown = re.sub(r"\s+", " ", visitor.get(ACCESS).text)
    assert "Firefox, Linux" in shown and "Chrome, Android" in shown and "par lien e-mail" in shown
    assert shown.count("Ce navigateur<") == 1


def test_ending_a_browser_makes_its_next_page_a_visitors(site: Site) -> None:
    here, there = site.signed_in("resident"), site.signed_in("resident")
    ended = session_of(site, there)
    page = here.post(f"{ACCESS}/navigateurs/{ended.id}/fin")
    assert "Ce navigateur est déconnecté" in page.text
    assert there.get(SPACE).url.path == "/connexion" and there.get("/").status_code == 200
    assert here.get(SPACE).url.path == SPACE


def test_ending_all_others_keeps_this_one(site: Site) -> None:
    here, others = site.signed_in("resident"), [site.signed_in("resident") for _n in range(3)]
    bystander = site.signed_in("moderator")
    assert "3 autres navigateurs sont déconnectés" in here.post(f"{ACCESS}/navigateurs/fin").text
    assert {other.get(SPACE).url.path for other in others} == {"/connexion"}
    assert {one.get(SPACE).url.path for one in (here, bystander)} == {SPACE}


def test_the_browsers_of_others_do_not_exist(site: Site) -> None:
    theirs = session_of(site, site.signed_in("moderator"))
    resident = site.signed_in("resident")
    for number in (theirs.id, 999_999):
        assert resident.post(f"{ACCESS}/navigateurs/{number}/fin").status_code == 404
    assert site.visitor().post(f"{ACCESS}/navigateurs/{theirs.id}/fin").status_code == 403
    with site.reading() as db:
        assert db.get(WebSession, theirs.id)


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = given_cookie(sign_in(site, site.visitor(), "katell@exemple.fr"))
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert flags == {"httponly", "samesite=lax", "path=/", f"max-age={30 * 86400}"}
    monkeypatch.setattr(get_settings(), "public_url", "https://emglev.example")
    cookie = access.session_cookie("secret")
    assert cookie.startswith("__Host-emglev=secret;") and "Secure" in cookie and "Domain" not in cookie


def test_a_role_holder_is_told_of_a_device_never_seen_once(site: Site) -> None:
    email = "technician@demo.emglev.example"
    for agent in (FIREFOX, FIREFOX, ANDROID):
        sign_in(site, site.visitor(), email, headers={"user-agent": agent})
    told = [mail for mail in site.mails(email) if "appareil" in mail.subject]
    assert ["Firefox, Linux" in told[0].body, "Chrome, Android" in told[1].body] == [True, True] and len(told) == 2
    sign_in(site, site.visitor(), "resident@demo.emglev.example", headers={"user-agent": ANDROID})
    assert not [mail for mail in site.mails("resident@demo.emglev.example") if "appareil" in mail.subject]


@pytest.mark.parametrize(
    ("agent", "device"),
    [(FIREFOX, "Firefox, Linux"), (ANDROID, "Chrome, Android"), ("", ""), ("<script>" * 50, ""), ("curl/8", "")],
)
def test_of_a_browser_only_its_kind_is_kept(agent: str, device: str) -> None:
    assert device_of(agent) == device


def test_a_session_on_its_way_out_shows_in_no_list(site: Site) -> None:
    here, idle, late = (site.signed_in("resident") for _n in range(3))
    change(site, idle, last_seen_at=now() - timedelta(days=20))
    change(site, late, expires_at=now() - timedelta(seconds=1))
    assert here.get(ACCESS).text.count("Dernier passage") == 1


def test_a_second_factor_asked_of_an_unknown_role_stops_the_start() -> None:
    settings = Settings(demo=True, second_factor_roles="moderator, admnistrator")
    with pytest.raises(ValueError, match="admnistrator"):
        settings.check(["moderator", "administrator"])
    Settings(demo=True, second_factor_roles="moderator administrator").check(["moderator", "administrator"])


def test_no_session_secret_is_kept(site: Site) -> None:
    visitor = site.signed_in("resident")
    with site.reading() as db:
        kept = db.exec(select(WebSession).where(col(WebSession.person_id).is_not(None))).all()
    assert kept and secret_of(visitor) not in repr(kept)
