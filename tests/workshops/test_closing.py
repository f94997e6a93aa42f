"""A room closes once it was asked twice, and opens again when it was closed too soon."""

from datetime import timedelta
from typing import Any

import pytest

from app.accords.models import Phase
from app.core.db import now
from app.workshops.models import Workshop
from tests.site import Site, Visitor
from tests.workshops.acts import act, colleague, options, prepared, room, seated, shown, soup, steps, stored, vote
from tests.workshops.console_acts import add, again, console, press, said, verbs
from tests.workshops.papers import Room


def asked(who: Visitor, workshop: Workshop) -> Any:
    """The page that asks once more."""
    return soup(who.get(f"/ateliers/{workshop.id}/fin"))


def closed_since(site: Site, workshop: Workshop, **ago: float) -> None:
    """As if the room had closed some time ago."""
    with site.writing() as db:
        kept = db.get_one(Workshop, workshop.id)
        kept.closed_at = now() - timedelta(**ago)
        db.add(kept)


def left_in_a_vote(site: Site, amina: Visitor) -> Workshop:
    """A room of two people whose vote is open and has one answer; one step is left."""
    workshop = prepared(site, amina)
    question = steps(site, workshop)[1]
    add(site, workshop, "discussion", "Qui fait quoi")
    phone, _other = seated(site, workshop), seated(site, workshop, "habitants")
    press(site, amina, workshop, question, "ouverture")
    vote(phone, workshop, question, {options(site, question)[0]: 2})
    return workshop


def test_what_closing_does_is_said_before_it_is_done(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = left_in_a_vote(site, amina)
    link = console(amina, workshop).find("a", href=f"/ateliers/{workshop.id}/fin")
    assert link and "Clore l’atelier avant la fin" in said(link)
    assert not console(amina, workshop).select(f'form[action="/ateliers/{workshop.id}/fin"]')
    page = asked(amina, workshop)
    for words in (
        "2 personnes sont présentes", "« Par quoi commencer ? » s’arrête, avec 1 réponse. Ce",
        "2 séquences n’ont pas lieu : « Bienvenue », « Qui fait quoi ».", "rouvrir l’atelier pendant 30 minutes",
    ):  # fmt: skip
        assert words in said(page), words
    assert stored(site, workshop).status == "running"
    form = page.select_one(f'form[action="/ateliers/{workshop.id}/fin"]')
    answer = amina.post(form["action"], {field["name"]: field["value"] for field in form.select("input")})
    assert "Atelier terminé." in answer.text and stored(site, workshop).status == "closed"
    assert amina.get(f"/ateliers/{workshop.id}/fin").url.path == f"/ateliers/{workshop.id}/regie"


def test_a_vote_kept_hidden_is_named_before_it_is_shown(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = left_in_a_vote(site, amina)
    question = steps(site, workshop)[1]
    press(site, amina, workshop, question, "cloture")
    assert "Les résultats de « Par quoi commencer ? », gardés jusqu’ici" in said(asked(amina, workshop))
    press(site, amina, workshop, question, "resultats")
    assert "gardés jusqu’ici" not in said(asked(amina, workshop))


def test_a_ballot_on_paper_left_out_is_counted_before_closing(site: Site) -> None:
    here = Room(site)
    here.print()
    assert "bulletin papier" not in said(asked(here.amina, here.workshop))
    here.type(here.katell, 1, {0: 2})
    page = asked(here.amina, here.workshop)
    assert "1 bulletin papier de « Par quoi commencer ? » attend : il ne sera pas compté" in said(page)
    assert page.find("a", href=here.base)
    press(site, here.amina, here.workshop, here.step, "cloture")
    press(site, here.amina, here.workshop, here.step, "resultats", anyway="true")
    page = asked(here.amina, here.workshop)
    assert "1 bulletin papier de « Par quoi commencer ? » n’est pas compté" in said(page)
    assert "la saisie est fermée" in said(page) and not page.find("a", href=here.base)


def test_somebody_who_acted_meanwhile_stops_the_closing(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = left_in_a_vote(site, amina)
    seen = asked(amina, workshop).select_one("input[name=edited]")["value"]
    press(site, amina, workshop, steps(site, workshop)[1], "prolongation")
    assert "vient d’agir" in amina.post(f"/ateliers/{workshop.id}/fin", {"edited": seen}).text
    assert stored(site, workshop).status == "running"


def test_a_room_closed_too_soon_comes_back_where_it_was(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = left_in_a_vote(site, amina)
    _first, question, talk = steps(site, workshop)
    phone = seated(site, workshop, "associations")
    screen = f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}"
    act(site, amina, workshop, "fin")
    assert "Rouvrir l’atelier" in said(console(amina, workshop))
    assert "terminé" in shown(phone.get(f"/a/{workshop.code}"))
    answer = act(site, amina, workshop, "reprise")
    assert "Atelier rouvert, là où il en était." in answer.text and "Rouvrir l’atelier" not in said(soup(answer))
    back = stored(site, workshop)
    assert (back.status, back.step_id, back.closed_at) == ("running", question.id, None)
    assert again(site, question).status == "revealed", "what was shown cannot be hidden again"
    for page in (phone.get(f"/a/{workshop.code}"), site.visitor().get(screen)):
        assert question.title in shown(page)
    assert phone.get(f"/a/{workshop.code}/etat").json()["room"] == "running"
    press(site, amina, workshop, talk, "ouverture")
    assert again(site, talk).status == "open"
    with site.reading() as db:
        assert verbs(db, "workshop", workshop.id)[-3:] == ["start", "close_room", "reopen_room"]
    act(site, amina, workshop, "fin")
    assert stored(site, workshop).status == "closed"


def test_a_room_where_nothing_had_begun_comes_back_to_its_lobby(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    act(site, amina, workshop, "fin")
    act(site, amina, workshop, "reprise")
    assert stored(site, workshop).status == "lobby"
    assert seated(site, workshop).get(f"/a/{workshop.code}").status_code == 200


@pytest.mark.parametrize("why", ["late", "published", "a day", "open"])
def test_a_room_opens_again_neither_late_nor_once_its_report_is_published(site: Site, why: str) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    if why != "open":
        act(site, amina, workshop, "fin")
    if why == "late":
        closed_since(site, workshop, minutes=30)
    with site.writing() as db:
        kept = db.get_one(Workshop, workshop.id)
        kept.opened_at = now() - timedelta(hours=24) if why == "a day" else kept.opened_at
        kept.status = "published" if why == "published" else kept.status
        before = kept.status
        db.add(kept)
    assert "Rouvrir l’atelier" not in said(console(amina, workshop))
    assert "Trop tard pour rouvrir" in said(soup(act(site, amina, workshop, "reprise")))
    assert stored(site, workshop).status == before


def test_only_who_leads_closes_and_opens_again(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    helper = colleague(site)
    helper.post(f"/ateliers/{workshop.id}/equipe/moi")
    assert helper.get(f"/ateliers/{workshop.id}/fin").status_code == 403
    act(site, amina, workshop, "fin")
    for who in (helper, site.signed_in("resident"), site.visitor()):
        assert act(site, who, workshop, "reprise").status_code == 403
    assert "Rouvrir l’atelier" not in said(console(helper, workshop))
    assert stored(site, workshop).status == "closed"


def test_the_calendar_rules_whether_a_room_opens_again(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    act(site, amina, workshop, "fin")
    with site.writing() as db:
        for phase in stored(site, workshop).accord.phases:
            kept = db.get_one(Phase, phase.id)
            kept.opens = [verb for verb in kept.opens if verb != "workshop.join"]
            db.add(kept)
    assert act(site, amina, workshop, "reprise").status_code == 403
    assert stored(site, workshop).status == "closed"
