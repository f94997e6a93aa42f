"""What looks like a machine waits to be read, even where reading comes after; nobody is refused for it."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from sqlmodel import col, select

from app.accords.models import Accord
from app.core.db import now
from app.needs.models import Need
from app.threads.models import Comment
from app.threads.service import holding
from app.threads.service.holding import plain_words
from tests.needs.test_say import say
from tests.site import Site, Visitor

LONG = "Il manque un abri à l’arrêt du car : les enfants attendent sous la pluie tout l’hiver."


def reads_after(site: Site) -> None:
    """Every territory shows first and reads afterwards."""
    with site.writing() as db:
        for accord in db.exec(select(Accord)):
            accord.a_posteriori = accord.comments_a_posteriori = True
            db.add(accord)


def comment(site: Site, visitor: Visitor, /, **changes: str) -> Comment:
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.status == "published", Need.territory_id == _home(site))).first()
        assert need
    sent = {"kind": "remarque", "text": LONG, **changes}
    assert visitor.post(f"/besoins/{need.id}/commentaires", sent).status_code == 200
    with site.reading() as db:
        return db.exec(select(Comment).order_by(col(Comment.id).desc())).first() or Comment()


def _home(site: Site) -> int:
    from tests.moderation.disputes import person_home

    with site.reading() as db:
        return person_home(db)


def last_need(site: Site) -> Need:
    with site.reading() as db:
        return db.exec(select(Need).order_by(col(Need.id).desc())).first() or Need()


OPENED = 1_795_000_000  # when the page was made, in Unix seconds
TRAPS = [({"site": "http://achetez.example"}, "piege"), ({"opened": str(OPENED)}, "cadence")]


def sent_after(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The form comes back this long after its page was made, however slow the machine."""
    monkeypatch.setattr(holding, "time", SimpleNamespace(time=lambda: OPENED + seconds))


@pytest.mark.parametrize(("trap", "why"), TRAPS)
def test_a_comment_that_smells_of_a_machine_waits(
    site: Site, monkeypatch: pytest.MonkeyPatch, trap: dict[str, str], why: str
) -> None:
    reads_after(site)
    sent_after(monkeypatch, holding.FASTEST - 0.1)
    held = comment(site, site.signed_in("resident"), **trap)
    assert (held.status, held.held_for) == ("pending", why)


@pytest.mark.parametrize(("trap", "why"), TRAPS)
def test_a_need_that_smells_of_a_machine_waits(
    site: Site, monkeypatch: pytest.MonkeyPatch, trap: dict[str, str], why: str
) -> None:
    reads_after(site)
    sent_after(monkeypatch, 0)
    assert say(site.visitor(), **trap).status_code == 200
    assert (last_need(site).status, last_need(site).held_for) == ("pending", why)


def test_a_text_already_sent_waits_whoever_sends_it(site: Site) -> None:
    reads_after(site)
    first = comment(site, site.signed_in("resident"))
    again = comment(site, site.signed_in("association"), text=LONG.upper().replace(",", " !"))
    assert (first.status, first.held_for) == ("published", None)
    assert (again.status, again.held_for) == ("pending", "repete")


def test_a_need_already_sent_waits(site: Site) -> None:
    reads_after(site)
    say(site.visitor())
    assert last_need(site).status == "published"
    say(site.visitor(), title="Un banc, encore un banc", neighbours_seen="1")
    assert (last_need(site).status, last_need(site).held_for) == ("pending", "repete")


def test_the_same_short_words_are_no_repetition(site: Site) -> None:
    reads_after(site)
    comment(site, site.signed_in("resident"), text="Tout à fait d’accord")
    assert comment(site, site.signed_in("association"), text="Tout à fait d’accord").held_for is None


def test_the_same_words_a_day_later_are_no_repetition(site: Site) -> None:
    first = comment(site, site.signed_in("resident"))
    with site.writing() as db:
        held = db.get_one(Comment, first.id)
        held.created_at = now() - timedelta(hours=25)
        db.add(held)
    assert comment(site, site.signed_in("association")).held_for is None


@pytest.mark.parametrize("opened", ["", "0", "99999999999", "-5", "hier", "1e9", "９９９９９９９９９９", "9" * 40])
def test_a_moment_that_we_did_not_write_holds_nothing(site: Site, opened: str) -> None:
    assert comment(site, site.signed_in("resident"), opened=opened).held_for is None


def test_who_took_their_time_is_not_held(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sent_after(monkeypatch, holding.FASTEST)
    assert comment(site, site.signed_in("resident"), opened=str(OPENED)).held_for is None


def test_the_trap_is_out_of_sight_of_reach_and_of_the_ear(site: Site) -> None:
    page = BeautifulSoup(site.visitor().get("/besoins/nouveau").text, "html.parser")
    trap = page.find("input", {"name": "site"})
    assert trap and trap["tabindex"] == "-1" and trap["autocomplete"] == "off"
    around = trap.find_parent("div")
    assert around and around["aria-hidden"] == "true" and "visually-hidden" in around["class"]
    opened = page.find("input", {"name": "opened"})
    assert opened and abs(int(str(opened["value"])) - time.time()) < 60


def test_a_page_shown_again_after_an_error_keeps_its_first_moment(site: Site) -> None:
    moment = str(int(time.time()) - 90)
    answer = say(site.visitor(), title="Court", opened=moment)
    opened = BeautifulSoup(answer.text, "html.parser").find("input", {"name": "opened"})
    assert answer.status_code == 422 and opened and opened["value"] == moment


def test_held_without_an_account_it_waits_after_its_address_is_confirmed(site: Site) -> None:
    reads_after(site)
    visitor = site.visitor()
    sent = {"email": "lena@exemple.fr", "college": "habitants", "site": "x"}
    held = comment(site, visitor, **sent)
    assert held.status == "awaiting_email"
    visitor.post(site.link("lena@exemple.fr"))
    with site.reading() as db:
        assert db.get_one(Comment, held.id).status == "pending"


def test_words_are_compared_without_accents_case_nor_signs() -> None:
    assert plain_words("Là-bas, l’ÉTÉ…  !") == plain_words("la bas l'ete") == "labaslete"
