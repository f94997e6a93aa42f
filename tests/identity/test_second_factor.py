"""The second factor: passkeys, recovery codes, roles that sleep until one is given."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, func, select

from app.core.db import now
from app.core.machine import Event
from app.core.settings import get_settings
from app.identity.access import cookie_name
from app.identity.models import Passkey, Person, RecoveryCode, WebSession
from app.identity.service import second_factor
from tests.identity.authenticator import (
    ACCESS,
    KEY,
    RECOVERY,
    Authenticator,
    codes_of,
    cookie,
    options,
    register,
    show,
    tampered,
)
from tests.site import Site

SPACE = "/mon-espace"
MODERATOR = "moderator@demo.emglev.example"


def stale(site: Site) -> None:
    """A quarter of an hour later."""
    with site.writing() as db:
        for session in db.exec(select(WebSession).where(col(WebSession.verified_at).is_not(None))):
            session.verified_at = now() - timedelta(minutes=15)
            db.add(session)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site whose moderators must give a second factor."""
    monkeypatch.setattr(get_settings(), "second_factor_roles", "moderator, administrator")


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


@pytest.fixture
def codes(site: Site, device: Authenticator) -> list[str]:
    """The recovery codes of a moderator who just registered a key, elsewhere."""
    return codes_of(register(site.signed_in("moderator"), device).text)


def test_a_first_key_gives_eight_codes_once_and_a_new_session_secret(site: Site, device: Authenticator) -> None:
    moderator = site.signed_in("moderator")
    before = cookie(moderator)
    page = register(moderator, device)
    assert len(set(codes_of(page.text))) == 8 and page.headers["cache-control"] == "no-store"
    assert cookie(moderator) != before
    shown = moderator.get(ACCESS).text
    assert "Mon téléphone" in shown and "8" in shown and not codes_of(shown)
    with site.reading() as db:
        kept = set(db.exec(select(RecoveryCode.digest)))
    assert len(kept) == 8 and not kept & {code.replace("-", "") for code in codes_of(page.text)}
    assert "clé d’accès est ajoutée" in site.mails(MODERATOR)[-1].subject


def test_a_page_of_codes_loaded_again_says_where_to_get_others(site: Site, device: Authenticator) -> None:
    moderator = site.signed_in("moderator")
    register(moderator, device)
    again = moderator.post(f"{ACCESS}/cles", {"label": "Mon téléphone", "credential": "{}"})
    assert again.status_code == 422 and "Votre clé est dans la liste" in again.text and "huit nouveaux" in again.text


@pytest.mark.usefixtures("codes")
def test_signing_in_stops_half_way_until_the_key_is_shown(site: Site, device: Authenticator) -> None:
    visitor = site.signed_in("moderator")
    assert visitor.get("/moderation").url.path == KEY
    home = visitor.get("/").text
    assert "Terminer la connexion" in home and "À relire" not in home
    page = show(visitor, device, "/moderation")
    assert page.url.path == "/moderation" and page.status_code == 200


@pytest.mark.usefixtures("codes")
def test_half_way_nothing_of_the_account_is_open(site: Site) -> None:
    visitor = site.signed_in("moderator")
    for path in (SPACE, ACCESS):
        assert visitor.get(path).url.path == KEY
    assert visitor.post(f"{ACCESS}/codes").status_code == 403
    assert visitor.post(f"{ACCESS}/cles/options").status_code == 403
    assert visitor.post("/deconnexion").status_code == 200
    assert visitor.get(SPACE).url.path == "/connexion"


@pytest.mark.usefixtures("codes")
def test_the_secret_from_before_the_key_dies_at_once(site: Site, device: Authenticator) -> None:
    visitor, thief = site.signed_in("moderator"), site.visitor()
    stolen = cookie(visitor)
    assert stolen
    thief.http.cookies.set(cookie_name(), stolen, domain="localhost.local")
    assert show(visitor, device).url.path == SPACE
    assert thief.get(SPACE).url.path == "/connexion"


@pytest.mark.usefixtures("codes")
def test_a_challenge_serves_once_for_one_browser_and_five_minutes(site: Site, device: Authenticator) -> None:
    visitor, other = site.signed_in("moderator"), site.signed_in("moderator")
    given = options(visitor, f"{KEY}/options")
    credential = device.show(given)
    options(other, f"{KEY}/options")
    assert other.post(KEY, {"credential": credential}).status_code == 422
    assert visitor.post(KEY, {"credential": tampered(credential)}).status_code == 422
    assert visitor.post(KEY, {"credential": credential}).status_code == 422  # spent by the try before
    late = device.show(options(visitor, f"{KEY}/options"))
    with site.writing() as db:
        for session in db.exec(select(WebSession).where(col(WebSession.challenge).is_not(None))):
            session.challenge_until = now() - timedelta(seconds=1)
            db.add(session)
    assert visitor.post(KEY, {"credential": late}).status_code == 422
    assert show(visitor, device).url.path == SPACE


@pytest.mark.usefixtures("codes")
@pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"present": False}])
def test_a_key_shown_elsewhere_or_to_nobody_is_refused(site: Site, device: Authenticator, wrong: dict) -> None:  # type: ignore[type-arg]
    visitor = site.signed_in("moderator")
    credential = device.show(options(visitor, f"{KEY}/options"), **wrong)
    assert visitor.post(KEY, {"credential": credential}).status_code == 422
    assert visitor.get(SPACE).url.path == KEY


@pytest.mark.usefixtures("codes")
def test_the_key_of_somebody_else_opens_nothing(site: Site) -> None:
    theirs = Authenticator(b"another key")
    register(site.signed_in("technician"), theirs)
    visitor = site.signed_in("moderator")
    assert show(visitor, theirs).status_code == 422


@pytest.mark.usefixtures("codes")
def test_a_count_of_uses_that_goes_back_is_refused_and_noted(site: Site, device: Authenticator) -> None:
    device.count = 40
    assert show(site.signed_in("moderator"), device).url.path == SPACE
    device.count = 3  # a copy that was used less
    visitor = site.signed_in("moderator")
    unsigned = tampered(device.show(options(visitor, f"{KEY}/options")))
    assert visitor.post(KEY, {"credential": unsigned}).status_code == 422
    with site.reading() as db:
        noted = select(func.count()).where(Event.verb == "count_went_back")
        assert db.exec(noted).one() == 0  # only what the key itself signed is believed
    assert show(visitor, device).status_code == 422
    with site.reading() as db:
        assert db.exec(noted).one() == 1
    assert "copiée" in site.mails(MODERATOR)[-1].body
    device.count = 50
    assert show(visitor, device).url.path == SPACE
    assert "Peut-être copiée" in visitor.get(ACCESS).text


@pytest.mark.usefixtures("codes")
def test_a_key_without_a_counter_is_accepted_each_time(site: Site, device: Authenticator) -> None:
    for _time in range(2):
        device.count = -1  # what is shown is 0: most synchronised passkeys do not count
        assert show(site.signed_in("moderator"), device).url.path == SPACE


def test_changing_the_second_factor_asks_for_it_again(site: Site, device: Authenticator) -> None:
    moderator = site.signed_in("moderator")
    register(moderator, device)
    stale(site)
    with site.reading() as db:
        key = db.exec(select(Passkey)).one()
    for path in (f"{ACCESS}/cles/{key.id}/retrait", f"{ACCESS}/codes", f"{ACCESS}/cles"):
        assert moderator.post(path, {"label": "Autre", "credential": "{}"}).url.path == KEY
    assert moderator.post(f"{ACCESS}/cles/options").status_code == 403
    assert show(moderator, device, ACCESS).url.path == ACCESS
    page = moderator.post(f"{ACCESS}/cles/{key.id}/retrait")
    assert "La clé est retirée" in page.text and "retirée" in site.mails(MODERATOR)[-1].subject
    with site.reading() as db:
        assert not db.exec(select(Passkey)).all() and not db.exec(select(RecoveryCode)).all()


def test_a_second_key_is_added_without_new_codes(site: Site, device: Authenticator) -> None:
    moderator = site.signed_in("moderator")
    register(moderator, device)
    page = register(moderator, Authenticator(b"a second key"), "Clé du bureau")
    assert page.url.path == ACCESS and "Clé du bureau" in page.text and not codes_of(page.text)
    assert register(moderator, device).status_code == 409  # known already


def test_the_keys_of_others_do_not_exist(site: Site, device: Authenticator) -> None:
    register(site.signed_in("technician"), device)
    with site.reading() as db:
        key = db.exec(select(Passkey)).one()
    assert site.signed_in("moderator").post(f"{ACCESS}/cles/{key.id}/retrait").status_code == 404


@pytest.mark.usefixtures("asked")
def test_a_role_sleeps_until_a_key_is_registered_then_wakes(site: Site, device: Authenticator) -> None:
    moderator = site.signed_in("moderator")
    page = moderator.get("/moderation")
    assert page.url.path == KEY and "Votre rôle demande une clé" in page.text
    assert moderator.get(SPACE).url.path == SPACE and "Activer vos droits" in moderator.get(SPACE).text
    assert moderator.post("/moderation/besoins/1", {"decision": "publish"}).status_code in (403, 404)
    assert "/moderation" in register(moderator, device, next="/moderation").text
    assert moderator.get("/moderation").url.path == "/moderation"


@pytest.mark.usefixtures("asked")
def test_removing_the_last_key_puts_the_role_to_sleep(site: Site, device: Authenticator) -> None:
    moderator, elsewhere = site.signed_in("moderator"), site.signed_in("moderator")
    register(moderator, device)
    show(elsewhere, device)
    with site.reading() as db:
        key = db.exec(select(Passkey)).one()
    moderator.post(f"{ACCESS}/cles/{key.id}/retrait")
    for browser in (moderator, elsewhere):
        assert browser.get("/moderation").url.path == KEY


@pytest.mark.usefixtures("asked")
def test_through_the_demonstrations_door_no_key_is_awaited(site: Site) -> None:
    visitor = site.visitor()
    assert visitor.post("/demo/personne", {"persona": "moderator"}).url.path == "/moderation"


@pytest.mark.usefixtures("codes")
def test_the_last_resort_forgets_keys_codes_and_sessions_and_tells(site: Site) -> None:
    halfway = site.signed_in("moderator")
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.email == MODERATOR)).one()
        assert second_factor.lift(db, person, by=None, reason="Téléphone perdu") == 1
    assert halfway.get(SPACE).url.path == "/connexion"
    assert site.signed_in("moderator").get(SPACE).url.path == SPACE
    assert "Téléphone perdu" in site.mails(MODERATOR)[-1].body
    with site.reading() as db:
        event = db.exec(select(Event).where(Event.verb == "lift_second_factor")).one()
        assert (event.subject_id, event.note) == (person.id, "Téléphone perdu")


@pytest.mark.usefixtures("codes")
@given(nonsense=st.one_of(st.text(max_size=60), st.recursive(st.none() | st.text(max_size=5) | st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "signature"]), inner, max_size=4), max_leaves=8).map(json.dumps)))  # fmt: skip
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_answer_of_a_browser_breaks_the_page(site: Site, nonsense: str) -> None:
    site.app.state.limiter.reset()
    visitor = site.signed_in("moderator")
    options(visitor, f"{KEY}/options")
    assert visitor.post(KEY, {"credential": nonsense}).status_code == 422


def test_nonsense_registers_nothing_and_keeps_the_name_typed(site: Site) -> None:
    moderator = site.signed_in("moderator")
    options(moderator, f"{ACCESS}/cles/options")
    page = moderator.post(f"{ACCESS}/cles", {"label": "Mon téléphone", "credential": '{"id": 3}'})
    assert page.status_code == 422 and "Mon téléphone" in page.text
    assert moderator.post(f"{ACCESS}/cles", {"label": "", "credential": "{}"}).status_code == 422


def test_a_visitor_is_led_to_sign_in_and_back(site: Site) -> None:
    visitor = site.visitor()
    page = visitor.get(f"{KEY}?next=/moderation")
    assert page.url.path == "/connexion" and 'value="/moderation"' in page.text
    assert visitor.get(RECOVERY).url.path == "/connexion"
    for path in (KEY, f"{KEY}/options", RECOVERY):
        assert visitor.post(path, {"code": "A", "credential": "{}"}).status_code == 403


def test_who_has_nothing_to_prove_goes_on(site: Site) -> None:
    resident = site.signed_in("resident")
    assert resident.get(f"{KEY}?next=/besoins").url.path == "/besoins"
    assert resident.get(f"{KEY}?next=//evil.example").url.path == SPACE
    assert resident.get(f"{RECOVERY}?next={KEY}").url.path == SPACE
