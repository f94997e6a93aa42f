"""Who leads: helpers and scribes come in, the lead moves only when somebody says so."""

from typing import Any

import pytest
from sqlmodel import select

from app.core.machine import Event
from app.identity.models import Person, Role
from app.workshops import queries
from app.workshops.models import Workshop
from app.workshops.service import crew
from tests.site import Site, Visitor
from tests.workshops.acts import act, colleague, person_id, prepared, room, soup, stored
from tests.workshops.test_at_once import together

OTHER = "elected"


def pair(site: Site) -> tuple[Visitor, Visitor, Workshop]:
    """Amina leads a room with a co-facilitator."""
    amina, other = site.signed_in("facilitator"), colleague(site)
    workshop = prepared(site, amina)
    amina.post(f"/ateliers/{workshop.id}/equipe", {"person": who(site)})
    assert who(site) in stored(site, workshop).conductors
    return amina, other, workshop


def who(site: Site, persona: str = OTHER) -> int:
    """The id of a person of the demonstration."""
    with site.reading() as db:
        return person_id(db, persona)


def send(visitor: Visitor, workshop: Workshop, path: str, **form: Any) -> Any:
    """One form of the crew's page."""
    return visitor.post(f"/ateliers/{workshop.id}/equipe{path}", form)


def duties(site: Site, workshop: Workshop) -> dict[int, str]:
    """What everyone of the crew does."""
    return {member.person_id: member.duty for member in stored(site, workshop).crew}


def link(workshop: Workshop) -> str:
    """The scribes' link."""
    return f"/ateliers/{workshop.id}/equipe/lien/{workshop.crew_key}"


def here(db: Any, workshop: Workshop) -> Workshop:
    found = queries.one(db, workshop.id or 0)
    assert found
    return found


def test_a_facilitator_of_the_territory_is_added_and_nobody_else(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    refused = send(amina, workshop, "", person=who(site))
    assert refused.status_code == 422 and "de la liste" in refused.text
    assert duties(site, workshop) == {}
    colleague(site)
    for person in ("", "0", "9" * 20, who(site, "resident")):
        assert send(amina, workshop, "", person=person).status_code == 422, person
    for _twice in range(2):
        send(amina, workshop, "", person=who(site))
    assert duties(site, workshop) == {who(site): "co"}
    shown = send(amina, workshop, "", person=who(site))
    assert shown.status_code == 422  # already in the crew: no longer in the list


def test_a_role_that_ended_or_is_elsewhere_does_not_help_to_lead(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    colleague(site)
    with site.writing() as db:
        role = db.exec(select(Role).where(Role.person_id == who(site), Role.kind == "facilitator")).one()
        role.territory_id = 1 if workshop.territory_id != 1 else 2
        db.add(role)
    assert send(amina, workshop, "", person=who(site)).status_code == 422
    assert site.signed_in(OTHER).get(f"/ateliers/{workshop.id}/equipe").status_code == 403


def test_joining_is_a_choice_and_can_be_left(site: Site) -> None:
    amina, other = site.signed_in("facilitator"), colleague(site)
    workshop = prepared(site, amina)
    assert act(site, other, workshop, "ecran", screen="blank").status_code == 403
    other.get(f"/ateliers/{workshop.id}/regie")
    assert duties(site, workshop) == {}
    send(other, workshop, "/moi")
    assert duties(site, workshop) == {who(site): "co"}
    assert act(site, other, workshop, "ecran", screen="blank").status_code == 200
    mine = stored(site, workshop).crew[0]
    send(other, workshop, f"/{mine.id}/retrait")
    assert duties(site, workshop) == {}
    assert act(site, other, workshop, "ecran", screen="live").status_code == 403


@pytest.mark.parametrize("persona", [None, "resident", "technician", "moderator"])
def test_strangers_do_not_touch_the_crew(site: Site, persona: str | None) -> None:
    _amina, _other, workshop = pair(site)
    stranger = site.signed_in(persona) if persona else site.visitor()
    before, member = duties(site, workshop), stored(site, workshop).crew[0]
    assert "Équipe de l’atelier" not in stranger.get(f"/ateliers/{workshop.id}/equipe").text
    paths = ("", "/moi", f"/{member.id}/retrait", "/conduite", "/conduite/proposition",
             "/conduite/proposition/retrait", "/conduite/reponse")  # fmt: skip
    for path in paths:
        send(stranger, workshop, path, person=who(site), gone="true", accepts="true")
    now = stored(site, workshop)
    assert (duties(site, workshop), now.lead_id, now.offered_to_id) == (before, workshop.lead_id, None)


def test_the_lead_moves_when_the_offer_is_accepted_and_not_before(site: Site) -> None:
    amina, other, workshop = pair(site)
    send(amina, workshop, "/conduite/proposition", person=who(site))
    asked = stored(site, workshop)
    assert (asked.lead_id, asked.offered_to_id) == (workshop.lead_id, who(site))
    assert act(site, other, workshop, "fin").status_code == 403
    assert "Accepter la conduite" in other.get(f"/ateliers/{workshop.id}/regie").text
    assert "Retirer la proposition" in amina.get(f"/ateliers/{workshop.id}/regie").text
    with site.reading() as db:
        email = db.exec(select(Person.email).where(Person.demo_persona == "facilitator")).one() or ""
    before = len(site.mails(email))
    send(other, workshop, "/conduite/reponse", accepts="true")
    (told,) = site.mails(email)[before:]
    assert "depuis" in told.body and f"/ateliers/{workshop.id}/regie" in told.body
    after = stored(site, workshop)
    assert (after.lead_id, after.offered_to_id) == (who(site), None)
    assert duties(site, workshop) == {who(site, "facilitator"): "co"}
    assert act(site, amina, workshop, "fin").status_code == 403
    assert act(site, other, workshop, "fin").status_code == 200
    with site.reading() as db:
        wanted = select(Event.verb).where(Event.subject_kind == "workshop", Event.subject_id == workshop.id)
        assert {"add_helper", "offer_lead", "accept_lead"} <= set(db.exec(wanted))


def test_an_offer_is_declined_or_taken_back(site: Site) -> None:
    amina, other, workshop = pair(site)
    for path, visitor, form in (
        ("/conduite/reponse", other, {"accepts": "false"}), ("/conduite/proposition/retrait", amina, {}),
    ):  # fmt: skip
        send(amina, workshop, "/conduite/proposition", person=who(site))
        send(visitor, workshop, path, **form)
        now = stored(site, workshop)
        assert (now.lead_id, now.offered_to_id) == (workshop.lead_id, None)
    late = send(other, workshop, "/conduite/reponse", accepts="true")
    assert "a été retirée" in late.text
    assert stored(site, workshop).lead_id == workshop.lead_id


def test_the_lead_is_offered_to_helpers_only_and_answered_by_them_only(site: Site) -> None:
    amina, _other, workshop = pair(site)
    for person in (who(site, "resident"), who(site, "facilitator"), "x", ""):
        send(amina, workshop, "/conduite/proposition", person=person)
        assert stored(site, workshop).offered_to_id is None, person
    third = colleague(site, "referent")
    send(third, workshop, "/moi")
    send(amina, workshop, "/conduite/proposition", person=who(site))
    assert "a été retirée" in send(third, workshop, "/conduite/reponse", accepts="true").text
    assert stored(site, workshop).lead_id == workshop.lead_id


def test_an_offer_falls_with_the_person_who_leaves(site: Site) -> None:
    amina, other, workshop = pair(site)
    send(amina, workshop, "/conduite/proposition", person=who(site))
    send(amina, workshop, f"/{stored(site, workshop).crew[0].id}/retrait")
    assert stored(site, workshop).offered_to_id is None
    assert send(other, workshop, "/conduite/reponse", accepts="true").status_code == 403


def test_the_lead_of_somebody_gone_is_taken_with_a_ticked_box_and_told(site: Site) -> None:
    _amina, other, workshop = pair(site)
    for gone in ("", "false", "no"):
        assert send(other, workshop, "/conduite", gone=gone).status_code == 422, gone
    assert stored(site, workshop).lead_id == workshop.lead_id
    with site.reading() as db:
        email = db.exec(select(Person.email).where(Person.demo_persona == "facilitator")).one() or ""
    before = len(site.mails(email))
    send(other, workshop, "/conduite", gone="true")
    assert stored(site, workshop).lead_id == who(site)
    assert duties(site, workshop) == {who(site, "facilitator"): "co"}
    told = site.mails(email)[before:]
    assert len(told) == 1 and f"/ateliers/{workshop.id}/equipe" in told[0].body


def test_nobody_leads_a_room_by_having_joined_it(site: Site) -> None:
    workshop = room(site)
    with site.writing() as db:
        mine = db.get_one(Workshop, workshop.id)
        mine.lead_id = None
        db.add(mine)
    other = colleague(site)
    send(other, workshop, "/moi")
    assert stored(site, workshop).lead_id is None
    assert act(site, other, workshop, "fin").status_code == 403
    send(other, workshop, "/conduite", gone="true")
    assert act(site, other, workshop, "fin").status_code == 200


def test_a_helper_does_not_put_another_out(site: Site) -> None:
    amina, other, workshop = pair(site)
    third = colleague(site, "referent")
    send(third, workshop, "/moi")
    member = next(m for m in stored(site, workshop).crew if m.person_id == who(site))
    assert "Seule la personne qui conduit" in send(third, workshop, f"/{member.id}/retrait").text
    assert who(site) in duties(site, workshop)
    send(amina, workshop, f"/{member.id}/retrait")
    assert who(site) not in duties(site, workshop)
    assert send(other, workshop, f"/{member.id}/retrait").status_code == 403
    for number in (member.id, 2**31, 10**20):
        assert send(amina, workshop, f"/{number}/retrait").status_code == 404, number


def test_the_crew_stays_once_the_report_is_published(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site, status="published")
    colleague(site)
    before = duties(site, workshop)
    assert "ne change plus" in send(amina, workshop, "", person=who(site)).text
    assert "ne change plus" in site.signed_in("resident").post(link(workshop)).text
    assert duties(site, workshop) == before


def test_pages_of_the_crew_hold_no_address_and_are_kept_by_nobody(site: Site) -> None:
    amina, _other, workshop = pair(site)
    for path in ("equipe", "regie"):
        page = amina.get(f"/ateliers/{workshop.id}/{path}")
        assert "no-store" in page.headers["cache-control"]
        assert not soup(page).select("main a[href^=mailto]") and "@demo" not in page.text


def test_accepting_and_taking_back_at_the_same_instant_ends_in_one_lead(site: Site) -> None:
    _amina, _other, workshop = pair(site)
    for _round in range(3):
        lead = stored(site, workshop).lead_id or 0
        helper = next(iter(stored(site, workshop).conductors - {lead}))

        def offer(db: Any, lead: int = lead, helper: int = helper) -> None:
            crew.offer_lead(db, here(db, workshop), helper, by=lead)

        def accept(db: Any, helper: int = helper) -> None:
            crew.answer_offer(db, here(db, workshop), accepts=True, by=helper)

        def withdraw(db: Any, lead: int = lead) -> None:
            crew.withdraw_offer(db, here(db, workshop), by=lead)

        assert together(site, offer) == []
        assert len(together(site, accept, withdraw)) == 1
        now = stored(site, workshop)
        assert now.offered_to_id is None and now.lead_id in (lead, helper)
        assert now.conductors == {lead, helper}
        assert now.lead_id not in duties(site, workshop)


def test_two_who_take_the_lead_at_once_are_both_still_there(site: Site) -> None:
    amina, _other, workshop = pair(site)
    colleague(site, "referent")
    send(amina, workshop, "", person=who(site, "referent"))
    takers = [who(site), who(site, "referent")]

    def taking(person: int) -> Any:
        return lambda db: crew.take_lead(db, here(db, workshop), by=person)

    assert together(site, *(taking(person) for person in takers)) == []
    now = stored(site, workshop)
    assert now.lead_id in takers
    assert now.conductors == {*takers, who(site, "facilitator")}
