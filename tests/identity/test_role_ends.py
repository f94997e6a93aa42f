"""Roles end, are given up, and are seen only where one may grant them."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.core.db import now
from app.core.i18n import today
from app.identity import queries
from app.identity.models import Passkey, Role, WebSession
from app.identity.service import roles as service
from tests.identity.offers import ADDRESS, HOME, WHOLE, arrives, grant, granted, offered, person_id, territory_id
from tests.site import Site


def test_a_role_ended_in_the_middle_of_a_session_gives_nothing_any_more(site: Site) -> None:
    nolwenn, role = site.signed_in("moderator"), granted(site, "moderator", "moderator")
    assert nolwenn.get("/moderation").status_code == 200
    ended = site.signed_in("referent").post(f"/roles/mandats/{role}/fin", {"reason": "Fin du mandat de conseillère."})
    assert ended.status_code == 200 and "Terminé" in ended.text
    with site.reading() as db:
        assert db.exec(
            select(WebSession.rotate).where(WebSession.person_id == person_id(site, persona="moderator"))
        ).one()
    assert nolwenn.get("/moderation").status_code == 403
    mail = site.mails("moderator@demo.emglev.example")[-1]
    assert "Fin du mandat de conseillère." in mail.body and "a pris fin" in mail.body


def test_a_role_ends_after_its_last_day(site: Site) -> None:
    role, odile = granted(site, "moderator", "moderator"), site.signed_in("referent")
    last = today() + timedelta(days=5)
    data = {"reason": "Renouvellement du Conseil.", "ends_on": last.isoformat()}
    assert odile.post(f"/roles/mandats/{role}/fin", data).status_code == 200
    assert site.signed_in("moderator").get("/moderation").status_code == 200
    longer = odile.post(f"/roles/mandats/{role}/fin", data | {"ends_on": (last + timedelta(days=1)).isoformat()})
    assert longer.status_code == 409 and "proposez-le de nouveau" in longer.text
    past = odile.post(f"/roles/mandats/{role}/fin", data | {"ends_on": (today() - timedelta(days=1)).isoformat()})
    assert past.status_code == 422
    assert odile.post(f"/roles/mandats/{role}/fin", {"ends_on": "", "reason": ""}).status_code == 422


def test_a_stale_page_does_not_end_a_role_twice(site: Site) -> None:
    role, odile = granted(site, "moderator", "moderator"), site.signed_in("referent")
    path, data = f"/roles/mandats/{role}/fin", {"reason": "Fin du mandat."}
    assert [odile.post(path, data).status_code for _n in range(2)] == [200, 409]
    assert len(site.mails("moderator@demo.emglev.example")) == 1


@pytest.mark.parametrize(
    ("kind", "persona", "status"), [("administrator", "administrator", 404), ("data_manager", "data_manager", 404),
                                    ("referent", "referent", 403)],
)  # fmt: skip
def test_a_referent_ends_neither_higher_roles_nor_their_own(site: Site, kind: str, persona: str, status: int) -> None:
    path = f"/roles/mandats/{granted(site, kind, persona)}/fin"
    odile = site.signed_in("referent")
    assert odile.get(path).status_code == status
    assert odile.post(path, {"reason": "Je préfère."}).status_code == status


def test_a_referent_of_another_territory_sees_and_ends_nothing_here(site: Site) -> None:
    with site.writing() as db:
        elsewhere = 2 if territory_id(site) != 2 else 3
        grant(db, "brest@exemple.fr", "referent", elsewhere)
    other = arrives(site, "brest@exemple.fr")
    role, who = granted(site, "moderator", "moderator"), person_id(site, persona="moderator")
    assert other.get(f"/roles/personnes/{who}").status_code == 404
    assert other.post(f"/roles/mandats/{role}/fin", {"reason": "Pour voir."}).status_code == 404
    assert other.post(f"/roles/propositions/{offered(site)}/annulation").status_code == 404
    page = other.get("/roles")
    assert "Nolwenn" not in page.text and ADDRESS not in page.text and "brest@exemple.fr" in page.text
    assert "Nolwenn" not in other.get("/roles/moderator").text
    assert "Nolwenn" not in other.get(f"/roles?territoire={HOME}&nom=nolwenn").text


def test_the_pages_of_roles_are_for_those_who_grant_them(site: Site) -> None:
    for path in (
        "/roles",
        "/roles/proposer",
        "/roles/moderator",
        f"/roles/personnes/{person_id(site, persona='elected')}",
    ):
        assert site.signed_in("moderator").get(path).status_code == 403
        assert site.visitor().get(path).url.path == "/connexion"
    odile = site.signed_in("referent")
    assert odile.get("/roles/roi").status_code == 404
    assert odile.get(f"/roles/personnes/{person_id(site, persona='resident')}").status_code == 404  # never held a role
    assert odile.get("/roles/personnes/99999999999999999999").status_code == 404


def test_the_last_administrator_of_the_departement_stays(site: Site) -> None:
    role, paol = granted(site, "administrator", "administrator"), site.signed_in("administrator")
    give_up = f"/mon-espace/roles/mandats/{role}/renoncement"
    assert paol.post(give_up).status_code == 409
    with site.writing() as db:
        service.appoint_administrator(db, "seconde@exemple.fr", reason="Seconde administratrice")
    second = arrives(site, "seconde@exemple.fr")
    assert second.get("/roles").status_code == 200
    assert paol.post(give_up).status_code == 200
    assert paol.get("/roles").status_code == 403
    with site.reading() as db:
        left = db.exec(select(Role.id).where(Role.person_id == person_id(site, email="seconde@exemple.fr"))).one()
    assert second.post(f"/mon-espace/roles/mandats/{left}/renoncement").status_code == 409


def test_nobody_gives_up_the_role_of_another(site: Site) -> None:
    role = granted(site, "moderator", "moderator")
    assert site.signed_in("referent").post(f"/mon-espace/roles/mandats/{role}/renoncement").status_code == 404
    assert site.signed_in("moderator").post(f"/mon-espace/roles/mandats/{role}/renoncement").status_code == 200
    assert site.signed_in("moderator").get("/moderation").status_code == 403


def test_the_list_is_filtered_counted_and_paged(site: Site) -> None:
    home = territory_id(site)
    with site.writing() as db:
        for n in range(55):
            grant(db, f"lot-{n}@exemple.fr", "technician", home)
        person = grant(db, "elodie@exemple.fr", "facilitator", home)
        who = queries.person(db, person.person_id)
        assert who
        who.pseudonym = "Élodie 100%"
        db.add(who)
    odile = site.signed_in("referent")
    first, second = odile.get("/roles?role=technician"), odile.get("/roles?role=technician&page=2")
    assert "56 rôles, en cours" in first.text and first.text.count('scope="row"') == 50
    assert "Rôles suivants" in first.text and "Rôles précédents" in second.text
    assert "Élodie" in odile.get("/roles?nom=elodie").text
    assert "Élodie" in odile.get("/roles", params={"nom": "100%"}).text
    assert "Élodie" not in odile.get("/roles", params={"nom": "1%"}).text
    strange = {"page": "-1", "etat": "x", "role": "roi", "territoire": "nulle-part", "nom": "x" * 5000}
    assert odile.get("/roles", params=strange).status_code == 200
    assert odile.get("/roles?page=99999").status_code == 200
    part = odile.part("/roles?role=technician", "role_list")
    assert "<html" not in part.text and "56 rôles" in part.text
    everywhere = site.signed_in("administrator").get(f"/roles?territoire={WHOLE}")
    assert "Paol" in everywhere.text and "Nolwenn" not in everywhere.text


def test_a_lost_second_factor_is_lifted_by_who_grants_every_role_of_the_person(site: Site) -> None:
    who = person_id(site, persona="moderator")
    with site.writing() as db:
        db.add(Passkey(person_id=who, credential_id="c", public_key=b"k", label="Téléphone", created_at=now()))
    odile, path = site.signed_in("referent"), f"/roles/personnes/{who}/cles"
    assert "Oublier ses clés" in odile.get(f"/roles/personnes/{who}").text
    assert odile.post(path, {"reason": ""}).status_code == 422
    with site.writing() as db:
        grant(db, "moderator@demo.emglev.example", "data_manager", None)
    assert odile.post(path, {"reason": "Appelée au téléphone."}).status_code == 403  # more than a referent grants
    assert "Oublier ses clés" not in odile.get(f"/roles/personnes/{who}").text
    assert site.signed_in("administrator").post(path, {"reason": "Appelée au téléphone."}).status_code == 200
    with site.reading() as db:
        assert not queries.has_passkey(db, who)


def test_a_referent_does_not_read_why_a_role_was_granted_elsewhere(site: Site) -> None:
    home = territory_id(site)
    with site.writing() as db:
        elsewhere = 2 if home != 2 else 3
        grant(db, "moderator@demo.emglev.example", "technician", elsewhere, reason="Recrutée là-bas")
        gone = {"ended_at": now(), "end_reason": "Secret de là-bas"}
        grant(db, "moderator@demo.emglev.example", "facilitator", elsewhere, **gone)
        grant(db, "moderator@demo.emglev.example", "facilitator", home, ended_at=now(), end_reason="Fin d’ici")
    page = site.signed_in("referent").get(f"/roles/personnes/{person_id(site, persona='moderator')}").text
    assert "Équipe technique" in page and "Recrutée là-bas" not in page  # what is in force shows, not why
    assert "Fin d’ici" in page and "Secret de là-bas" not in page
    mine = site.signed_in("moderator").get("/mon-espace/roles").text
    assert "Recrutée là-bas" in mine and "Secret de là-bas" in mine
