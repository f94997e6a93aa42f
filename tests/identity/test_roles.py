"""Roles are offered, and held once accepted; every attempt to take more is refused."""

from datetime import timedelta

import pytest
from sqlmodel import func, select

from app.core.db import now
from app.core.i18n import today
from app.core.machine import Event
from app.identity.models import Invitation, Person, Role
from app.identity.states import InvitationStatus
from tests.identity.offers import (
    ADDRESS,
    ELSEWHERE,
    WHOLE,
    accept,
    arrives,
    grant,
    granted,
    last_offer,
    offered,
    person_id,
    territory_id,
    words,
)  # fmt: skip
from tests.site import Site


def test_a_role_is_offered_by_mail_and_held_once_accepted(site: Site) -> None:
    offer = offered(site)
    mail = site.mails(ADDRESS)[-1]
    assert "Conseil de développement" in mail.body and "/mon-espace/roles" in mail.body
    invited = arrives(site)
    assert invited.get("/moderation").status_code == 403  # nothing before the answer
    assert "Un rôle vous est proposé" in invited.get("/mon-espace").text
    page = invited.get("/mon-espace/roles")
    assert "Désignée par le Conseil" in page.text and "Accepter ce rôle" in page.text
    assert "Le rôle est à vous" in accept(invited, offer).text
    assert "Un rôle vous est proposé" not in invited.get("/mon-espace").text
    assert invited.get("/moderation").status_code == 200
    with site.reading() as db:
        role = db.exec(select(Role).where(Role.person_id == person_id(site, email=ADDRESS))).one()
        verbs = db.exec(select(Event.verb).where(Event.subject_kind == "role", Event.subject_id == role.id)).all()
    assert role.granted_by == person_id(site, persona="referent") and role.starts_on == today()
    assert list(verbs) == ["grant"]
    assert "acceptée" in site.mails("referent@demo.emglev.example")[-1].subject


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(site: Site) -> None:
    odile = site.signed_in("referent")
    known = odile.post("/roles", words(email="voix-3@demo.emglev.example"))
    unknown = odile.post("/roles", words(email="personne@exemple.fr"))
    assert known.status_code == unknown.status_code == 200
    assert [m.subject for m in site.mails("voix-3@demo.emglev.example")] == [
        m.subject for m in site.mails("personne@exemple.fr")
    ]


def test_a_role_declined_gives_nothing(site: Site) -> None:
    offer = offered(site)
    invited = arrives(site)
    assert invited.post(f"/mon-espace/roles/propositions/{offer}/refus").status_code == 200
    assert accept(invited, offer).status_code == 409
    assert invited.get("/moderation").status_code == 403


@pytest.mark.parametrize(
    ("by", "more"),
    [
        ("referent", {"territory": ELSEWHERE}),
        ("referent", {"territory": WHOLE}),
        ("referent", {"kind": "administrator"}),
        ("referent", {"kind": "referent"}),
        ("referent", {"kind": "data_manager"}),
        ("referent", {"email": "referent@demo.emglev.example"}),
        ("referent", {"email": "REFERENT@demo.emglev.example "}),
        ("administrator", {"email": "administrator@demo.emglev.example", "territory": WHOLE}),
        ("moderator", {}),
        ("technician", {}),
        ("resident", {}),
    ],
)
def test_nobody_offers_more_than_they_may_grant(site: Site, by: str, more: dict[str, str]) -> None:
    with site.reading() as db:
        before = db.exec(select(func.count()).select_from(Invitation)).one()
    assert site.signed_in(by).post("/roles", words(**more)).status_code == 403
    with site.reading() as db:
        assert db.exec(select(func.count()).select_from(Invitation)).one() == before
    assert not site.mails(more.get("email", ADDRESS).strip().lower())


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"email": "pas une adresse"}, "email"),
        ({"email": "x" * 5000 + "@exemple.fr"}, "email"),
        ({"kind": "roi"}, "kind"),
        ({"territory": "atlantide"}, "territory"),
        ({"territory": "x" * 100_000}, "territory"),
        ({"starts_on": (today() - timedelta(days=1)).isoformat()}, "starts_on"),
        ({"starts_on": "9999-12-31"}, "starts_on"),
        ({"ends_on": (today() - timedelta(days=1)).isoformat()}, "ends_on"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 301}, "reason"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(site: Site, more: dict[str, str], field: str) -> None:
    page = site.signed_in("referent").post("/roles", words(**more))
    assert page.status_code == 422 and f'id="{field}-erreur"' in page.text
    assert field == "reason" or "Désignée par le Conseil" in page.text  # what was typed is kept


def test_the_same_offer_is_not_sent_twice(site: Site) -> None:
    offered(site)
    again = site.signed_in("administrator").post("/roles", words())
    assert again.status_code == 409 and "déjà proposé" in again.text
    assert len(site.mails(ADDRESS)) == 1


def test_a_role_already_held_is_not_offered_again(site: Site) -> None:
    page = site.signed_in("referent").post("/roles", words(email="moderator@demo.emglev.example"))
    assert page.status_code == 409 and "déjà confié" in page.text


@pytest.mark.parametrize(("held", "wanted"), [("elected", "moderator"), ("moderator", "elected")])
@pytest.mark.parametrize("everywhere", [False, True])
def test_elected_and_moderator_exclude_each_other_where_they_meet(
    site: Site, held: str, wanted: str, everywhere: bool
) -> None:
    home = territory_id(site)
    with site.writing() as db:
        grant(db, ADDRESS, held, None if everywhere else home)
    page = site.signed_in("referent").post("/roles", words(kind=wanted))
    assert page.status_code == 409 and "incompatibles" in page.text and "Désignée par" in page.text


def test_elsewhere_or_afterwards_they_do_not_exclude_each_other(site: Site) -> None:
    home = territory_id(site)
    with site.writing() as db:
        grant(db, "a@exemple.fr", "elected", home, ends_on=today() + timedelta(days=9))
        grant(db, "b@exemple.fr", "elected", 2 if home != 2 else 3)
        grant(db, "c@exemple.fr", "elected", home, ended_at=now())
    offered(site, email="a@exemple.fr", starts_on=(today() + timedelta(days=10)).isoformat())
    offered(site, email="b@exemple.fr")
    offered(site, email="c@exemple.fr")


def test_what_became_incompatible_is_refused_at_the_acceptance(site: Site) -> None:
    first, second = offered(site, kind="elected"), offered(site, kind="moderator")
    invited = arrives(site)
    assert accept(invited, first).status_code == 200
    refused = accept(invited, second)
    assert refused.status_code == 409 and "incompatibles" in refused.text
    assert invited.get("/moderation").status_code == 403
    assert last_offer(site).status == InvitationStatus.SENT  # nothing was written


def test_another_address_cannot_accept(site: Site) -> None:
    offer = offered(site)
    other = arrives(site, "autre@exemple.fr")
    assert "Accepter ce rôle" not in other.get("/mon-espace/roles").text
    for act in ("acceptation", "refus"):
        assert other.post(f"/mon-espace/roles/propositions/{offer}/{act}").status_code == 404
    assert site.visitor().post(f"/mon-espace/roles/propositions/{offer}/acceptation").status_code == 403


def test_nobody_accepts_twice(site: Site) -> None:
    offer = offered(site)
    invited = arrives(site)
    assert [accept(invited, offer).status_code for _n in range(2)] == [200, 409]
    with site.reading() as db:
        roles = select(func.count()).where(Role.person_id == person_id(site, email=ADDRESS))
        assert db.exec(roles).one() == 1


def test_a_cancelled_offer_is_gone(site: Site) -> None:
    offer = offered(site)
    invited = arrives(site)
    cancel = f"/roles/propositions/{offer}/annulation"
    assert invited.post(cancel).status_code == 403
    assert site.signed_in("administrator").post(cancel).status_code == 200
    assert accept(invited, offer).status_code == 409
    assert site.signed_in("referent").post(cancel).status_code == 409  # a stale page
    assert "retirée" in site.mails(ADDRESS)[-1].subject


def test_an_expired_offer_is_gone(site: Site) -> None:
    offer = offered(site)
    with site.writing() as db:
        kept = db.get(Invitation, offer)
        assert kept
        kept.expires_at = now() - timedelta(seconds=1)
        db.add(kept)
    invited = arrives(site)
    assert accept(invited, offer).status_code == 410
    assert "Accepter ce rôle" not in invited.get("/mon-espace/roles").text
    assert site.signed_in("referent").post("/roles", words()).status_code == 200  # it may be offered anew


def test_an_offer_falls_with_the_role_of_who_made_it(site: Site) -> None:
    offer = offered(site)
    with site.writing() as db:
        role = db.get(Role, granted(site, "referent", "referent"))
        assert role
        role.ended_at = now()
        db.add(role)
    refused = accept(arrives(site), offer)
    assert refused.status_code == 403 and "ne peut plus confier" in refused.text


def test_one_cannot_accept_what_one_offered_to_another_address_of_ones_own(site: Site) -> None:
    offer = offered(site)
    with site.writing() as db:
        odile = db.exec(select(Person).where(Person.demo_persona == "referent")).one()
        odile.email = ADDRESS
        db.add(odile)
    assert accept(site.signed_in("referent"), offer).status_code == 403


def test_a_role_starts_at_its_date(site: Site) -> None:
    later = (today() + timedelta(days=3)).isoformat()
    offer = offered(site, starts_on=later)
    invited = arrives(site)
    assert accept(invited, offer).status_code == 200
    assert invited.get("/moderation").status_code == 403
    assert "À venir" in invited.get("/mon-espace/roles").text
    assert ADDRESS in site.signed_in("referent").get("/roles?etat=a-venir").text
