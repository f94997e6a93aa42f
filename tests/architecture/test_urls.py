"""Addresses are printed, mailed and kept: none goes away silently, all are written the same way."""

import re
from collections import Counter

from tests.architecture import tree, urls

WORD = r"[a-z0-9]+(?:-[a-z0-9]+)*"
PARAMETER = r"\{[a-z_]+(?::[a-z]+)?\}"
STANDARD = "/.well-known/openid-configuration"  # written by OpenID Connect Discovery 1.0
QUOTED = re.compile(r"""(?<=["'])[\w.]+(?=["'])""")
SEGMENT = re.compile(rf"(?:{WORD}|{PARAMETER})(?:[-.](?:{WORD}|{PARAMETER}))*")


def test_no_address_is_removed_silently() -> None:
    gone = sorted(set(urls.committed()) - set(urls.readable()))
    assert not gone, "redirect them, then run: python -m tests.architecture.urls"


def test_every_address_is_committed() -> None:
    new = sorted(set(urls.readable()) - set(urls.committed()))
    assert not new, "if they are meant to last, run: python -m tests.architecture.urls"


def test_every_address_is_written_in_kebab_case() -> None:
    paths = {route.path for route in tree.routes()}
    odd = [path for path in paths for part in path.strip("/").split("/") if part and not SEGMENT.fullmatch(part)]
    odd = [path for path in odd if not path.endswith(STANDARD)]
    assert not odd


# Called by machines, or by an address that people receive in a mail or read on a screen.
FROM_OUTSIDE = {
    "identity.open_link", "portal.open_confirmation", "actions.moves", "actions.positions", "actions.left", "actions.comments", "actions.needs", "actions.answers",
    "actions.unlinked", "actions.files", "actions.removed_file", "portal.removed_file", "workshops.seat_form", "workshops.register_form", "workshops.print_form", "workshops.void_form", "workshops.ballot_form", "workshops.state", "portal.corrected", "portal.withdrawal_asked", "portal.contested", "portal.card_contested", "portal.alive", "portal.ready", "portal.metrics",
    "portal.unsubscribe_page", "portal.unsubscribe_all_page",  # the addresses that mails hold, built without the web
    "portal.robots", "needs.supports", "needs.comments", "needs.group_added", "needs.group_split", "needs.group_supports", "needs.leaving", "needs.leaving_answered", "portal.leaving", "needs.also_form", "needs.also_voice_form", "identity.organisation_words", "identity.appointing", "identity.open_address",
    "demo_provider.discovery", "demo_provider.authorize", "demo_provider.token", "demo_provider.userinfo", "demo_provider.keys", "demo_provider.end",
}  # fmt: skip


def test_every_route_is_reached_from_somewhere() -> None:
    """Its name stands in a template, a redirect or a mail, not only where it is declared."""
    names = {route.name for route in tree.routes()}
    declared = Counter(re.findall(r'\bname="([\w.]+)"', tree.app_text()))
    cited = Counter(QUOTED.findall(tree.app_text()))
    shown = set(QUOTED.findall(tree.templates_text()))
    assert not {name for name in names if not re.fullmatch(r"[\w.]+", name)}
    unused = {name for name in names if cited[name] <= declared[name] and name not in shown}
    assert unused <= FROM_OUTSIDE
