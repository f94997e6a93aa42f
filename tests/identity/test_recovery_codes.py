"""Recovery codes: each replaces the key once, and none can be guessed."""

import pytest

from tests.identity.authenticator import ACCESS, RECOVERY, Authenticator, codes_of, register
from tests.site import Site

MODERATOR = "moderator@demo.emglev.example"


@pytest.fixture
def codes(site: Site) -> list[str]:
    """The recovery codes of a moderator who just registered a key, elsewhere."""
    return codes_of(register(site.signed_in("moderator"), Authenticator()).text)


def test_a_recovery_code_replaces_the_key_once(site: Site, codes: list[str]) -> None:
    visitor = site.signed_in("moderator")
    assert "code de secours" in visitor.get(f"{RECOVERY}?next=/moderation").text
    page = visitor.post(RECOVERY, {"code": codes[0].lower().replace("-", " ").replace("0", "o"), "next": "/moderation"})
    assert page.url.path == "/moderation"
    mail = site.mails(MODERATOR)[-1]
    assert "code de secours" in mail.subject and "reste 7" in mail.body
    again = site.signed_in("moderator")
    refused = again.post(RECOVERY, {"code": codes[0]})
    assert refused.status_code == 422 and "aria-invalid" in refused.text


def test_recovery_codes_cannot_be_guessed_at_leisure(site: Site, codes: list[str]) -> None:
    visitor = site.signed_in("moderator")
    tries = [visitor.post(RECOVERY, {"code": f"AAAA-AAAA-AA{n:02}"}).status_code for n in range(11)]
    assert tries == [422] * 10 + [429]
    site.app.state.limiter.reset()  # counted in the database too
    assert site.signed_in("moderator").post(RECOVERY, {"code": codes[0]}).status_code == 429


def test_the_codes_of_somebody_else_open_nothing(site: Site, codes: list[str]) -> None:
    register(site.signed_in("technician"), Authenticator(b"another key"))
    assert site.signed_in("technician").post(RECOVERY, {"code": codes[0]}).status_code == 422


def test_new_codes_replace_the_former(site: Site) -> None:
    moderator = site.signed_in("moderator")
    former = codes_of(register(moderator, Authenticator()).text)
    fresh = codes_of(moderator.post(f"{ACCESS}/codes").text)
    assert len(fresh) == 8 and not set(fresh) & set(former)
    assert site.signed_in("moderator").post(RECOVERY, {"code": former[0]}).status_code == 422
