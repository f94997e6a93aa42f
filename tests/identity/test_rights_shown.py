"""What pages say of rights is what the table of rights answers, for each role and each person."""

from dataclasses import replace
from itertools import product

import pytest
from bs4 import BeautifulSoup

from app.accords.states import Verb
from app.identity import queries
from app.identity.queries import rights
from app.identity.service import roles as service
from app.identity.states import RoleKind
from app.identity.states.rights import CONDITION_LABELS, RIGHT_LABELS
from app.policy import ACCOUNT_REOPEN, POLICY
from app.policy.actor import Actor, Grant
from tests.identity.offers import person_id
from tests.site import Site
from tests.test_rights import ELSEWHERE, HERE, OURS, Thing, actors, statuses

PERSONAS = ("resident", "association", "moderator", "technician", "facilitator", "elected", "referent", "administrator")


def things(right: str) -> list[Thing]:
    """Everything that a right may concern: each status, whoever wrote it, open or not, here and elsewhere."""
    every = product(statuses(right), (99, 6), (OURS, None), (frozenset(Verb), frozenset[str]()), (0, 1), (99, 6))
    found = []
    for status, author, organisation, verbs, version, person in every:
        kind = status if status in set(RoleKind) else "technician"
        for place in (HERE, ELSEWHERE):
            found.append(crewed(Thing(str(status), place, author, verbs, version, organisation, kind, person)))
    return found


def crewed(thing: Thing) -> Thing:
    """Led, helped and written for by its author."""
    author = frozenset({thing.author_id or 0})
    return replace(thing, lead_id=thing.author_id, conductors=author, scribes=author)


def may(actor: Actor, right: str) -> bool:
    """Whether there is anything on which this actor holds the right."""
    return any(actor.can(right, thing) for thing in things(right))


def test_every_right_and_every_condition_has_its_words() -> None:
    assert set(RIGHT_LABELS) == set(POLICY)
    asked = {(c.name, c.wanted) for rule in POLICY.values() for way in rule.ways for c in way if not c.role}
    assert asked == set(CONDITION_LABELS)


@pytest.mark.parametrize("kind", RoleKind)
def test_a_role_gives_what_its_page_says_and_nothing_else(kind: RoleKind) -> None:
    with_role = Actor(person_id=6, grants=frozenset({Grant(kind, HERE)}))
    without = Actor(person_id=6)
    told = {right.name for right in rights.of_role(kind)}
    for right in POLICY:
        gives = any(with_role.can(right, t) and not without.can(right, t) for t in things(right))
        assert gives == (right in told), right


def test_everyone_has_what_the_page_says_and_nothing_else() -> None:
    anybody, delegate = Actor(person_id=6), actors()["delegate"]
    told = {right.name for right in rights.of_everyone()}
    assert told == {right for right in POLICY if may(anybody, right)}
    more = {right.name for right in rights.of_organisation()}
    gained = {right for right in POLICY for t in things(right) if delegate.can(right, t) and not anybody.can(right, t)}
    assert more == gained and ACCOUNT_REOPEN not in told | more


def test_the_conditions_told_are_those_that_decide() -> None:
    """Each way of a right, read alone, answers as the right does."""
    for right, rule in POLICY.items():
        for actor in actors().values():
            for thing in things(right)[::3]:
                ways = any(all(condition(actor, thing) for condition in way) for way in rule.ways)
                assert ways == actor.can(right, thing)


def _told(page: str) -> set[str]:
    soup = BeautifulSoup(page, "html.parser")
    return {str(tag["data-right"]) for tag in soup.find_all(attrs={"data-right": True})}


@pytest.mark.parametrize("persona", PERSONAS)
def test_mon_espace_tells_each_person_every_right_they_have(site: Site, persona: str) -> None:
    with site.reading() as db:
        person = queries.person(db, person_id(site, persona=persona))
        assert person
        actor = queries.actor_of(db, person)
    places = {grant.territory_id or HERE for grant in actor.grants} | {HERE}
    own = [organisation.organisation_id for organisation in actor.organisations]
    able = {
        right for right in POLICY for thing in things(right) for place in places for body in [thing.organisation_id, *own]
        for author in (thing.author_id, actor.person_id)
        if actor.can(
            right, crewed(Thing(thing.status, place, author, thing.open_verbs, thing.version, body, thing.kind, 99))
        )
    }  # fmt: skip
    page = BeautifulSoup(site.signed_in(persona).get("/mon-espace/roles").text, "html.parser")
    for offer in page.find_all("article"):  # what is only offered is not held
        offer.decompose()
    assert _told(str(page)) == able


def test_the_page_of_a_role_says_who_holds_it_and_every_right(site: Site) -> None:
    page = site.signed_in("referent").get("/roles/moderator")
    assert _told(page.text) == {right.name for right in rights.of_role("moderator")}
    assert "Nolwenn" in page.text and "Incompatible avec" in page.text and "mandat électif" in page.text
    assert "sauf ce qu’on a écrit" in page.text


def test_the_page_of_a_person_says_where_each_right_comes_from(site: Site) -> None:
    page = site.signed_in("referent").get(f"/roles/personnes/{person_id(site, persona='moderator')}")
    assert {right.name for right in rights.of_role("moderator")} <= _told(page.text)
    assert "Morlaix Communauté" in page.text and "Démonstration" in page.text and "Confié par" in page.text


def test_no_link_leads_to_a_page_that_one_may_not_open(site: Site) -> None:
    assert "/roles/moderator" not in site.signed_in("moderator").get("/mon-espace/roles").text
    assert "/roles/referent" in site.signed_in("referent").get("/mon-espace/roles").text


def test_a_role_that_sleeps_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.app.state.settings, "second_factor_roles", "moderator")
    assert "En sommeil" in site.signed_in("moderator").get("/mon-espace/roles").text
    who = person_id(site, persona="moderator")
    assert "En sommeil" in site.signed_in("referent").get(f"/roles/personnes/{who}").text


def test_a_person_without_any_role_reads_what_an_account_gives(site: Site) -> None:
    with site.writing() as db:
        service.appoint_administrator(db, "seule@exemple.fr", reason="Essai")
    page = site.signed_in("youth").get("/mon-espace/roles").text
    assert (
        "Aucun rôle en cours" in page
        and "Jeunes en Finistère" in page
        and "Modifier la page d’une organisation" in page
    )
