"""Decisions that meet: two moderators, an undo and an appeal, an author who leaves; each ends as if alone."""

import pytest
from sqlmodel import select

from app.moderation.models import Appeal
from tests.identity.test_hostile_at_once import race
from tests.moderation import desk
from tests.moderation.desk import REASON
from tests.moderation.disputes import (
    WHY,
    fresh,
    said,
)
from tests.portal.test_pseudonyms import NAME, SECOND, choose, reads_first, texts
from tests.site import Site

pytestmark = pytest.mark.usefixtures("sound")


def test_a_pseudonym_chosen_while_another_is_read_stops_nobody(site: Site) -> None:
    reads_first(site)
    for turn in range(6):
        choose(site.signed_in("resident"), f"{NAME} {turn}")
        path, sent = f"/moderation/profil/{texts(site)[-1].id}", {"decision": "publish"}
        chosen = {"pseudonym": f"{SECOND} {turn}", "commune": "29279"}
        statuses = race(
            site,
            [(site.signed_in("moderator"), path, sent), (site.signed_in("resident"), "/mon-espace/profil", chosen)],
        )
        assert statuses in ([303, 303], [303, 409])


def test_two_bulk_decisions_in_opposite_orders_decide_each_thing_once(site: Site) -> None:
    items = [f"besoin-{desk.need(site, title=f'Un banc de plus, le {n}e')}" for n in range(5)]
    sent = [
        (site.signed_in("moderator"), "/moderation/lot", {"decision": "publish", "items": items}),
        (site.signed_in("second_moderator"), "/moderation/lot", {"decision": "refuse", "reason": "doublon", "items": items[::-1]}),
    ]  # fmt: skip
    assert race(site, sent) == [303, 303]
    for item in items:
        assert len(desk.log(site, "besoin", int(item.removeprefix("besoin-")))) == 1


def test_undone_twice_at_once_it_is_undone_once(site: Site) -> None:
    item, moderator = desk.need(site), site.signed_in("moderator")
    desk.decide(moderator, "besoin", item, "publish")
    path = f"/moderation/annulation/{desk.batch(site)}"
    assert race(site, [(moderator, path, {}) for _n in range(3)]) == [303, 303, 303]
    assert [entry.verb for entry in desk.log(site, "besoin", item)] == ["publish", "undo"]


def test_contested_while_it_is_undone_nothing_is_left_between(site: Site) -> None:
    need, code = said(site)
    moderator = site.signed_in("moderator")
    desk.decide(moderator, "besoin", need.id or 0, "refuse", **REASON)
    undo, contest = f"/moderation/annulation/{desk.batch(site)}", f"/suivi/{code}/contestation"
    race(site, [(moderator, undo, {}), (site.visitor(), contest, {"text": WHY})])
    with site.reading() as db:
        asked = db.exec(select(Appeal).where(Appeal.subject_kind == "need", Appeal.subject_id == need.id)).all()
    assert (fresh(site, need).status, len(asked)) in (("appealed", 1), ("pending", 0))


def test_an_account_that_closes_while_its_words_are_decided_leaves_nothing_in_view(site: Site) -> None:
    need, _code = said(site, "resident")
    resident = site.signed_in("resident")
    sent = [
        (site.signed_in("moderator"), f"/moderation/besoin/{need.id}", {"decision": "publish"}),
        (resident, "/mon-espace/fermeture", {"contributions": "erase", "sure": "true"}),
    ]
    statuses = race(site, sent)
    assert 303 in statuses and set(statuses) <= {303, 403, 409}  # closed first, nothing is left to decide on
    assert fresh(site, need).status == "withdrawn"
