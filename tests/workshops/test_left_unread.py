"""Cards that a room left unread, and what a need says of the collèges of its cards."""

import pytest

from app.workshops.models import Card, Step, Workshop
from app.workshops.queries import cards as reads
from app.workshops.service import card_needs
from tests.identity.test_hostile_at_once import race
from tests.moderation import desk
from tests.site import Site
from tests.workshops import walls
from tests.workshops.acts import act, room, shown, stored
from tests.workshops.closed_rooms import closed


def _unread(site: Site, workshop: Workshop, step: Step, text: str) -> Card:
    """A card that nobody has read."""
    card = walls.published(site, workshop, step, text)[-1]
    with site.writing() as db:
        held = db.get_one(Card, card.id)
        held.status, held.published_at = "pending", None
        return held


def test_whoever_closes_is_told_how_many_cards_nobody_read(site: Site) -> None:
    workshop = room(site)
    page = f"/ateliers/{workshop.id}/fin"
    lead = site.signed_in("facilitator")
    assert "n’a pas été lue" not in shown(lead.get(page))
    step = walls.recueil(site, workshop)
    card = _unread(site, workshop, step, "Un car le soir")
    said = shown(lead.get(page)).replace("\u00a0", " ")
    assert "1 carte n’a pas été lue : le Conseil de développement la lit ensuite." in said
    moderator = site.signed_in("moderator")
    assert f"relire-carte-{card.id}" not in moderator.get("/moderation").text
    act(site, lead, workshop, "fin")
    assert stored(site, workshop).status == "closed"
    assert f"relire-carte-{card.id}" in moderator.get("/moderation").text


def test_a_facilitator_and_a_moderator_who_read_the_same_card_decide_once(site: Site) -> None:
    workshop = closed(site)
    step = walls.recueil(site, workshop, status="closed")
    card = _unread(site, workshop, step, "Un car le soir")
    lead, moderator = site.signed_in("facilitator"), site.signed_in("moderator")
    shown_here = {"step": step.id, "cards": walls.seen(card)}
    refused_there = {"decision": "refuse", "reason": "hors_sujet", "note": ""}
    sent = [
        (lead, f"/ateliers/{workshop.id}/cartes/affichage", shown_here),
        (moderator, f"/moderation/carte/{card.id}", refused_there),
    ]
    codes = race(site, sent)
    with site.reading() as db:
        held = db.get_one(Card, card.id)
    assert codes in ([303, 303], [303, 409])  # the crew is told in words what it missed, whoever comes second
    first = 409 in codes
    assert (held.status, held.reason) == (("published", None) if first else ("refused", "hors_sujet"))
    assert [entry.verb for entry in desk.log(site, "carte", card.id or 0)] == ([] if first else ["refuse"])


@pytest.mark.parametrize(
    ("signed", "colleges", "said"),
    [
        ("college", ("habitants", "habitants", "jeunes"), "Cartes par collège : habitantes et habitants 2, jeunes 1."),
        ("college", ("habitants", "habitants"), ""),
        ("college", ("habitants", None), ""),
        ("none", ("habitants", "jeunes"), ""),
    ],
)
def test_a_need_says_from_which_colleges_only_where_each_card_says_its_own(
    site: Site, signed: str, colleges: tuple[str | None, ...], said: str
) -> None:
    workshop = room(site, status="published")
    step = walls.recueil(site, workshop, status="closed", signed=signed)
    for number, college in enumerate(colleges):
        walls.published(site, workshop, step, f"Un car le soir, ligne {number}", college=college)
    with site.reading() as db:
        wall = reads.of_step(db, [step.id or 0])[step.id or 0]
    words = card_needs.quoted(workshop, wall.loose).replace("\u00a0", " ")
    assert ("Cartes par collège" in words) is bool(said) and said in words
