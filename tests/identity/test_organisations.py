"""Organisations: declared, verified by a moderator or by ProConnect, refused, suspended, listed."""

import pytest
from sqlmodel import col, select

from app.core.machine import Event
from app.identity.models import Organisation, Person, Role
from app.identity.service import organisations as service
from app.places.queries import reference
from tests.identity.spokespeople import TREGOR, at_once, declared, get, mandates, words
from tests.site import Site

SIRET, LA_POSTE = "24290083500016", "35600000049837"


def test_a_declared_organisation_is_not_public_and_its_declarer_is_its_first_delegate(site: Site) -> None:
    visitor, slug = declared(site)
    assert slug == "les-ateliers-de-la-penze" and get(site, slug).status == "declared"
    assert get(site, slug).college == "associations" and get(site, slug).website == "https://www.exemple.fr"
    assert "Les Ateliers de la Penzé" in visitor.get("/mon-espace/organisations").text
    assert mandates(site, slug) == [("resident@demo.emglev.example", "accepted")]
    assert visitor.get(f"/organisations/{slug}").status_code == 200
    assert site.visitor().get(f"/organisations/{slug}").status_code == 404
    assert site.signed_in("technician").get(f"/organisations/{slug}").status_code == 404
    assert "Les Ateliers de la Penzé" not in site.visitor().get("/organisations").text


def test_sent_twice_it_is_declared_once(site: Site) -> None:
    visitor, slug = declared(site)
    assert visitor.post("/organisations/nouvelle", words(site)).url.path == f"/organisations/{slug}/gerer"
    with site.reading() as db:
        assert len(db.exec(select(Organisation).where(Organisation.name == words(site)["name"])).all()) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"siret": "24290083500017"}, "pas un SIRET"), ({"siret": "1234"}, "pas un SIRET"),
        ({"siret": "٢٤٢٩٠٠٨٣٥٠٠٠١٣"}, "pas un SIRET"), ({"rna": "291002003"}, "numéro RNA"),
        ({"rna": ""}, "comment la vérifier"), ({"kind": "business", "rna": ""}, "numéro SIRET"),
        ({"kind": "public_body"}, "numéro SIRET"), ({"website": "javascript:alert(1)"}, "adresse d’un site"),
        ({"website": "https://a b.fr"}, "adresse d’un site"), ({"territory": "999"}, "réponses proposées"),
        ({"name": ""}, "À remplir"), ({"kind": "sect"}, "réponses proposées"),
        ({"website": "https://exemple.fr\"><script>"}, "adresse d’un site"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_kept(site: Site, changes: dict[str, str], said: str) -> None:
    page = site.signed_in("resident").post("/organisations/nouvelle", words(site, **changes))
    assert page.status_code == 422 and said in page.text and "On répare des vélos." in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"siret": "242 900 835 00016"}, {"siret": LA_POSTE, "kind": "public_body"}, {"rna": "w 291 002 003"},
        {"rna": "", "word": "Association non déclarée, la mairie de Taulé nous connaît."},
        {"kind": "youth_body", "rna": "", "word": "Conseil des jeunes, rattaché à la mairie."},
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(site: Site, changes: dict[str, str]) -> None:
    _visitor, slug = declared(site, **changes)
    kept = get(site, slug)
    assert (kept.siret or "").isdigit() or kept.siret is None
    assert kept.rna in (None, "W291002003")


def test_a_number_already_used_sends_to_its_delegates_without_naming_them(site: Site) -> None:
    declared(site)
    page = site.signed_in("youth").post("/organisations/nouvelle", words(site, name="Un autre nom"))
    assert page.status_code == 422 and "vous inviter" in page.text
    assert "Soazig" not in page.text and "resident@" not in page.text


def test_a_number_refused_or_closed_is_free_again(site: Site) -> None:
    visitor, slug = declared(site)
    visitor.post(f"/organisations/{slug}/fermeture")
    declared(site, "youth", name="Un autre nom")


def test_a_moderator_of_the_territory_verifies_it_and_its_delegates_are_told(site: Site) -> None:
    _visitor, slug = declared(site)
    moderator = site.signed_in("moderator")
    assert "à vérifier" in moderator.get("/moderation").text
    assert "Les Ateliers de la Penzé" in moderator.get("/organisations/a-verifier").text
    assert moderator.get(f"/organisations/{slug}/verification").status_code == 200
    moderator.post(f"/organisations/{slug}/verification", {"decision": "verify"})
    assert get(site, slug).verified_how == "moderator"
    assert "vérifiée" in site.mails("resident@demo.emglev.example")[-1].subject
    page = site.visitor().get(f"/organisations/{slug}").text
    assert "Conseil de développement" in page and "1 personne" in page
    assert "Soazig" not in page and "resident@" not in page
    assert 'rel="nofollow' in page
    assert "Les Ateliers" in site.visitor().get("/organisations?q=atelier&territoire=morlaix-communaute").text


def test_a_refusal_has_its_reason_and_one_asks_again(site: Site) -> None:
    visitor, slug = declared(site)
    moderator = site.signed_in("moderator")
    bare = moderator.post(f"/organisations/{slug}/verification", {"decision": "refuse"})
    assert bare.status_code == 422 and "Donnez la raison" in bare.text
    moderator.post(
        f"/organisations/{slug}/verification", {"decision": "refuse", "reason": "Ce numéro est inconnu du registre."}
    )
    assert "inconnu du registre" in site.mails("resident@demo.emglev.example")[-1].body
    assert "inconnu du registre" in visitor.get(f"/organisations/{slug}/gerer").text
    visitor.post(f"/organisations/{slug}/gerer", words(site, rna="W291002004"))
    assert (get(site, slug).status, get(site, slug).rna) == ("declared", "W291002004")


def test_once_verified_only_its_presentation_changes(site: Site) -> None:
    delegate = site.signed_in("association")
    assert delegate.post(f"{TREGOR}/gerer", words(site, name="Mairie de Brest")).status_code == 409
    assert get(site, "tregor-a-velo").name == "Trégor à vélo"
    delegate.post(f"{TREGOR}/presentation", {"text": "Nous roulons.", "website": "https://velo.exemple.fr"})
    assert "Nous roulons." in site.visitor().get(TREGOR).text


def test_a_suspended_organisation_leaves_the_list_and_speaks_no_more(site: Site) -> None:
    site.signed_in("moderator").post(
        f"{TREGOR}/verification", {"decision": "suspend", "reason": "Le numéro RNA a été dissous."}
    )
    assert "Trégor à vélo" not in site.visitor().get("/organisations").text
    assert site.visitor().get(TREGOR).status_code == 404
    assert "Au nom de Trégor" not in site.signed_in("association").get("/besoins/nouveau").text


@pytest.mark.parametrize("persona", ["resident", "association", "technician", "elected", "referent", "data_manager"])
def test_nobody_else_verifies(site: Site, persona: str) -> None:
    visitor = site.signed_in(persona)
    assert visitor.get(f"{TREGOR}/verification").status_code == 403
    assert visitor.post(f"{TREGOR}/verification", {"decision": "suspend", "reason": "Une raison"}).status_code == 403
    assert visitor.get("/organisations/a-verifier").status_code == 403


def test_nobody_verifies_their_own_nor_another_territory_s(site: Site) -> None:
    moderator, slug = declared(site, "moderator")
    assert moderator.get(f"/organisations/{slug}/verification").status_code == 403
    assert "Penzé" not in moderator.get("/organisations/a-verifier").text
    with site.reading() as db:
        elsewhere = reference(db).by_slug["brest-metropole"].territory_id
    _visitor, other = declared(site, "youth", name="Ailleurs", rna="W291002009", territory=elsewhere)
    assert moderator.get(f"/organisations/{other}/verification").status_code == 404
    assert site.signed_in("administrator").get(f"/organisations/{other}/verification").status_code == 200


def test_proconnect_verifies_the_organisation_of_the_employer(site: Site) -> None:
    _visitor, slug = declared(site, siret=SIRET)
    with site.writing() as db:
        people = {p.demo_persona: p for p in db.exec(select(Person).where(col(Person.demo_persona).is_not(None)))}
        service.verify_by_siret(db, people["youth"], SIRET)
        assert get(site, slug).status == "declared"
        service.verify_by_siret(db, people["resident"], LA_POSTE)
        service.verify_by_siret(db, people["resident"], SIRET)
        service.verify_by_siret(db, people["resident"], SIRET)
    assert (get(site, slug).status, get(site, slug).verified_how) == ("verified", "proconnect")
    assert "par ProConnect" in site.visitor().get(f"/organisations/{slug}").text


def test_proconnect_does_not_undo_what_a_moderator_decided(site: Site) -> None:
    _visitor, slug = declared(site, siret=SIRET)
    moderator = site.signed_in("moderator")
    moderator.post(f"/organisations/{slug}/verification", {"decision": "verify"})
    moderator.post(
        f"/organisations/{slug}/verification", {"decision": "suspend", "reason": "Elle n’existe plus depuis mai."}
    )
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.demo_persona == "resident")).one()
        service.verify_by_siret(db, person, SIRET)
    assert get(site, slug).status == "declared"


def test_every_decision_leaves_its_event(site: Site) -> None:
    _visitor, slug = declared(site)
    site.signed_in("moderator").post(f"/organisations/{slug}/verification", {"decision": "verify"})
    with site.reading() as db:
        events = db.exec(
            select(Event).where(Event.subject_kind == "organisation", Event.subject_id == get(site, slug).id)
        ).all()
        assert [event.verb for event in events] == ["declare", "verify"] and all(event.actor_id for event in events)


def test_the_list_is_filtered_paged_and_forgives_what_is_mistyped(site: Site) -> None:
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.demo_persona == "resident")).one()
        for number in range(25):
            form = service.OrganisationForm.model_validate(
                words(site, name=f"Amicale numéro {number:02d}", rna=f"W29777{number:04d}", kind="association")
            )
            service.verify(db, service.declare(db, form, person), by=person.id, how="moderator")
    visitor = site.visitor()
    first, second = visitor.get("/organisations"), visitor.get("/organisations?page=2")
    assert "27 organisations" in first.text and "Amicale numéro 03" in first.text
    assert "Amicale numéro 24" not in first.text and "Amicale numéro 24" in second.text
    assert "Jeunes en Finistère" in visitor.get("/organisations?nature=youth_body").text
    assert "Amicale" not in visitor.get("/organisations?nature=youth_body").text
    for query in ("page=0", "page=99999", "page=²", "nature=secte", "q=%27%22%28", "territoire=nulle-part"):
        assert visitor.get(f"/organisations?{query}").status_code == 200
    with site.counting() as seen:
        visitor.get("/organisations?page=2")
    assert len(seen) <= 5, seen


def test_a_visitor_who_follows_the_mail_is_led_to_sign_in_and_back(site: Site) -> None:
    for path in (
        f"{TREGOR}/gerer",
        "/mon-espace/organisations",
        "/organisations/inconnue/gerer",
        "/organisations/nouvelle",
    ):
        page = site.visitor().get(path)
        assert page.url.path == "/connexion" and path in page.text


def test_a_moderator_whose_role_ended_verifies_no_more(site: Site) -> None:
    _visitor, slug = declared(site)
    moderator = site.signed_in("moderator")
    with site.writing() as db:
        for role in db.exec(select(Role).where(Role.kind == "moderator")):
            role.ended_at = role.ended_at or service.now()
            db.add(role)
    assert moderator.post(f"/organisations/{slug}/verification", {"decision": "verify"}).status_code == 404


def test_two_people_who_declare_one_number_at_the_same_moment_make_one_organisation(site: Site) -> None:
    rivals = [(site.signed_in(persona), persona) for persona in ("resident", "youth")]
    sent = [(visitor, "/organisations/nouvelle", words(site, name=f"Chez {who}")) for visitor, who in rivals]
    assert sorted(at_once(site, sent * 2)) == [303, 303, 422, 422]
    with site.reading() as db:
        assert len(db.exec(select(Organisation).where(Organisation.rna == "W291002003")).all()) == 1
