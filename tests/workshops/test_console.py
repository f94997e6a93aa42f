"""The acts of the console: each does what it says, on the state that its sender saw."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.db import now
from app.core.i18n import PARIS
from app.workshops import queries
from app.workshops.forms.console import EndForm
from app.workshops.models import (
    Card,
    Cluster,
    Step,
    Workshop,
)
from tests.site import Site, Visitor
from tests.workshops.acts import (
    act,
    current,
    options,
    prepared,
    room,
    seated,
    soup,
    steps,
    stored,
    vote,
)
from tests.workshops.console_acts import add, again, console, press, said, verbs
from tests.workshops.test_at_once import storm


def grouped(site: Site, amina: Visitor, groups: int) -> tuple[Workshop, Step]:
    """A closed recueil with this many groups of one card, and a vote about them."""
    workshop = prepared(site, amina)
    cards = add(site, workshop, "cards", "Ce qui manque", approve=False)
    question = add(site, workshop, "dots", "Quel sujet d’abord ?", source_id=cards.id)
    press(site, amina, workshop, cards, "ouverture")
    press(site, amina, workshop, cards, "cloture")
    with site.writing() as db:
        for n in range(groups):
            cluster = Cluster(step_id=cards.id or 0, position=n, title=f"Sujet {n}")
            db.add(cluster)
            db.flush()
            db.add(
                Card(step_id=cards.id or 0, key=f"cle-{workshop.id}-{n}", text="Un car le soir", status="published",
                     cluster_id=cluster.id, created_at=now())
            )  # fmt: skip
    return workshop, question


def test_a_step_is_extended_by_two_or_five_minutes_or_until_an_hour(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    with site.writing() as db:  # its time is not over, whenever the demonstration was loaded
        db.get_one(Step, current(site, workshop).id).closes_at = now() + timedelta(hours=1)
    step = current(site, workshop)
    assert step.closes_at
    press(site, amina, workshop, step, "prolongation")
    assert again(site, step).closes_at == step.closes_at + timedelta(minutes=2)
    press(site, amina, workshop, step, "prolongation", minutes=5)
    assert again(site, step).closes_at == step.closes_at + timedelta(minutes=7)
    press(site, amina, workshop, step, "prolongation", minutes=600)
    assert again(site, step).closes_at == step.closes_at + timedelta(minutes=7)
    soon = (now() + timedelta(minutes=40)).astimezone(PARIS)
    press(site, amina, workshop, step, "echeance", until=f"{soon:%H h %M}")
    kept = again(site, step).closes_at
    assert kept == soon.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("clock", "until", "meant"),
    [
        ("2027-01-14T20:00", "20 h 40", "2027-01-14T20:40"), ("2027-01-14T20:00", "19:50", "2027-01-14T19:50"),
        ("2027-01-14T23:30", "00:10", "2027-01-15T00:10"), ("2027-01-15T00:05", "00:45", "2027-01-15T00:45"),
        ("2027-01-15T00:05", "23:55", "2027-01-14T23:55"), ("2027-03-28T01:30", "03:10", "2027-03-28T03:10"),
    ],
)  # fmt: skip
def test_an_hour_typed_is_the_next_one_or_just_past_on_both_sides_of_midnight(
    clock: str, until: str, meant: str
) -> None:
    seen = datetime.fromisoformat(clock).replace(tzinfo=PARIS)
    sent = EndForm.model_validate({"until": until, "edited": 1})
    assert sent.moment(seen.astimezone(UTC)) == datetime.fromisoformat(meant).replace(tzinfo=PARIS)


@pytest.mark.parametrize("until", ["", "25:00", "midi", "past"])
def test_an_end_that_is_no_hour_or_is_past_is_refused_beside_its_field(site: Site, until: str) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step = current(site, workshop)
    typed = f"{(now() - timedelta(minutes=10)).astimezone(PARIS):%H:%M}" if until == "past" else until
    answer = press(site, amina, workshop, step, "echeance", until=typed)
    assert answer.status_code == 422
    field = soup(answer).select_one("#until")
    assert field and field["aria-invalid"] == "true" and field["value"] == typed
    assert again(site, step).closes_at == step.closes_at


def test_a_step_is_passed_and_put_back(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    first, question = steps(site, workshop)
    press(site, amina, workshop, first, "passage")
    assert again(site, first).skipped
    page = console(amina, workshop)
    assert "Commencer : Par quoi commencer ?" in said(page) and "passée" in said(page)
    press(site, amina, workshop, first, "retablissement")
    assert not again(site, first).skipped
    assert "Commencer : Bienvenue" in said(console(amina, workshop))
    press(site, amina, workshop, question, "passage")
    press(site, amina, workshop, question, "ouverture")
    assert (again(site, question).skipped, again(site, question).status) == (False, "open")
    press(site, amina, workshop, question, "passage")
    assert not again(site, question).skipped
    with site.reading() as db:
        assert verbs(db, "step", first.id) == ["add", "skip", "unskip"]


def test_a_step_already_seen_is_shown_again_without_changing_anything(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    _first, question = steps(site, workshop)
    talk = add(site, workshop, "discussion", "En parler")
    press(site, amina, workshop, question, "retour")
    assert stored(site, workshop).step_id is None
    for what in ("ouverture", "cloture", "resultats"):
        press(site, amina, workshop, question, what)
    press(site, amina, workshop, talk, "ouverture")
    before = again(site, question)
    press(site, amina, workshop, question, "retour")
    assert stored(site, workshop).step_id == question.id
    assert again(site, question) == before and again(site, talk).status == "open"
    page = said(console(amina, workshop))
    assert "« En parler » continue" in page and "Revenir à : En parler" in page
    press(site, amina, workshop, talk, "retour")
    assert stored(site, workshop).step_id == talk.id


@pytest.mark.parametrize("kind", ["dots", "cards"])
def test_nothing_else_is_shown_while_people_answer(site: Site, kind: str) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    first, question = steps(site, workshop)
    asked = question if kind == "dots" else add(site, workshop, "cards", "Ce qui manque")
    press(site, amina, workshop, first, "ouverture")
    press(site, amina, workshop, asked, "ouverture")
    later = add(site, workshop, "pause", "Un café")
    for step, what in ((first, "retour"), (later, "ouverture")):
        words = "Un vote est en cours" if kind == "dots" else "Un recueil est en cours"
        assert words in press(site, amina, workshop, step, what).text
    assert stored(site, workshop).step_id == asked.id
    page = console(amina, workshop)
    assert page.select_one("[data-key=n]") is None and "Ouvrir maintenant" not in said(page)


@pytest.mark.parametrize("kind", ["presentation", "discussion", "pause", "grouping"])
def test_what_is_only_looked_at_ends_when_the_next_opens(site: Site, kind: str) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    seen = add(site, workshop, kind, "Un moment")
    question = steps(site, workshop)[1]
    press(site, amina, workshop, seen, "ouverture")
    press(site, amina, workshop, question, "ouverture")
    assert (again(site, seen).status, again(site, question).status) == ("closed", "open")


def test_a_recueil_is_opened_again_and_a_presentation_is_not(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    first = steps(site, workshop)[0]
    cards = add(site, workshop, "cards", "Ce qui manque")
    for step in (first, cards):
        press(site, amina, workshop, step, "ouverture")
        press(site, amina, workshop, step, "cloture")
        press(site, amina, workshop, step, "reouverture")
    assert (again(site, first).status, again(site, cards).status) == ("closed", "open")
    assert stored(site, workshop).step_id == cards.id


def test_steps_to_come_change_places_from_the_console(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    first, question = steps(site, workshop)
    press(site, amina, workshop, first, "rang", direction="down")
    assert [s.id for s in steps(site, workshop)] == [question.id, first.id]
    press(site, amina, workshop, first, "rang", direction="sideways")
    press(site, amina, workshop, question, "ouverture")
    refused = press(site, amina, workshop, question, "rang", direction="down")
    assert "a commencé" in refused.text
    assert [s.id for s in steps(site, workshop)] == [question.id, first.id]


def test_a_vote_about_groups_of_cards_takes_those_that_exist_when_it_opens(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop, question = grouped(site, amina, 3)
    press(site, amina, workshop, question, "ouverture")
    with site.reading() as db:
        made = queries.option_rows(db, question.id or 0)
        assert [o.title for o in made] == ["Sujet 0", "Sujet 1", "Sujet 2"] and all(o.cluster_id for o in made)
    phone = seated(site, workshop)
    assert vote(phone, workshop, question, {made[0].id or 0: 1}).status_code == 200
    press(site, amina, workshop, question, "cloture")
    press(site, amina, workshop, question, "reouverture")
    assert len(options(site, question)) == 3


def test_a_vote_about_groups_waits_for_two_of_them(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop, question = grouped(site, amina, 1)
    answer = press(site, amina, workshop, question, "ouverture")
    assert "groupes de cartes" in answer.text
    assert again(site, question).status == "waiting" and not options(site, question)


def test_bars_are_shown_live_or_hidden_while_people_vote(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    question = steps(site, workshop)[1]
    press(site, amina, workshop, question, "barres", shown="true")
    assert again(site, question).reveal == "hidden"
    press(site, amina, workshop, question, "ouverture")
    press(site, amina, workshop, question, "barres", shown="true")
    assert again(site, question).reveal == "live"
    page = console(amina, workshop)
    assert page.select_one("[role=switch]")["aria-checked"] == "true" and "Elles peuvent influencer" in said(page)
    press(site, amina, workshop, question, "barres", shown="false")
    assert again(site, question).reveal == "hidden"
    press(site, amina, workshop, question, "cloture")
    press(site, amina, workshop, question, "barres", shown="true")
    assert again(site, question).reveal == "hidden"


@pytest.mark.parametrize(
    ("what", "more"),
    [("passage", {}), ("rang", {"direction": "down"}), ("ouverture", {}), ("echeance", {"until": "23:59"})],
)
def test_of_two_who_act_at_once_the_second_is_told(site: Site, what: str, more: dict[str, str]) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    first, _question = steps(site, workshop)
    seen = stored(site, workshop).edited
    path = f"/ateliers/{workshop.id}/sequences/{first.id}"
    act(site, amina, workshop, "ecran", screen="blank")
    late = amina.post(f"{path}/{what}", {"edited": seen} | more)
    assert "vient d’agir" in late.text or late.status_code == 422
    assert (again(site, first).status, again(site, first).skipped) == ("waiting", False)


def test_an_act_from_two_consoles_at_the_same_instant_is_done_once(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    first, question = steps(site, workshop)
    seen = stored(site, workshop).edited
    base = f"/ateliers/{workshop.id}/sequences"
    acts: list[tuple[str, dict[str, Any]]] = [
        (f"{base}/{first.id}/ouverture", {"edited": seen}), (f"{base}/{first.id}/passage", {"edited": seen}),
        (f"{base}/{question.id}/ouverture", {"edited": seen}), (f"/ateliers/{workshop.id}/fin", {"edited": seen}),
    ]  # fmt: skip
    assert sum(storm(site, amina, acts).values()) == 4
    now_ = stored(site, workshop)
    assert now_.edited == seen + 1
    assert sum(s.status == "open" for s in steps(site, workshop)) <= 1
