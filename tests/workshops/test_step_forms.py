"""The form of a step: what a vote on one thing asks, a recueil chosen when there is only one, names that tell apart."""

import pytest
from bs4 import Tag
from sqlmodel import select

from app.actions.models import ActionSheet
from tests.site import Site
from tests.workshops.acts import act, prepared, soup, steps
from tests.workshops.drafts import DOTS, draft, last_step, write
from tests.workshops.papers import words

THING = "Se revoir dans six mois"
CARDS = {"kind": "cards", "title": "Qu’est-ce qui manque ?", "minutes": 15, "cards": 5, "approve": "true"}
YES_NO = {"kind": "hands", "hands": "yes_no", "minutes": 5}


def _labels(page: Tag) -> list[str]:
    return [label.get_text(" ", strip=True) for label in page.select("form.form label.field__label")]


@pytest.mark.parametrize(
    ("row", "asked"),
    [(YES_NO, f"{THING} : oui ou non ?"), ({"kind": "agreement", "minutes": 5}, f"{THING} : quel accord ?")],
)
def test_one_thing_is_written_once_and_makes_its_question(site: Site, row: dict[str, object], asked: str) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS)
    sort = "yes_no" if "hands" in row else "agreement"
    blank = soup(amina.get(f"/ateliers/{workshop.id}/sequences/nouvelle?sorte={sort}"))
    assert _labels(blank)[0] == "Ce qui est mis au vote"
    assert "Question (facultatif)" in _labels(blank) and not blank.select("details[open]")
    assert write(site, amina, workshop, **row, typed=THING).status_code == 200
    assert last_step(site, workshop).title.replace("\u00a0", " ") == asked
    assert write(site, amina, workshop, **row, typed="x" * 90).status_code == 200
    assert len(last_step(site, workshop).title) == 90
    assert write(site, amina, workshop, **row, title="On se revoit ?", typed=THING).status_code == 200
    assert last_step(site, workshop).title == "On se revoit ?"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Dites ce qui est mis au vote : écrivez-le, ou choisissez-le plus bas."),
        ({"typed": THING, "needs_typed": "ML-4K7P"}, "Ce vote porte sur une seule chose : gardez-en une."),
    ],
)
def test_what_is_wrong_is_said_beside_what_is_put_to_the_vote(site: Site, more: dict[str, str], said: str) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina)
    answer = write(site, amina, workshop, **YES_NO, **more)
    assert answer.status_code == 422
    error = soup(answer).select_one("#typed-erreur")
    assert error and said in error.get_text(" ", strip=True).replace("\u00a0", " ")
    assert soup(answer).select_one("details[open] #needs_typed"), "what is already filled is in sight"


@pytest.mark.parametrize("row", [{"kind": "hands", "hands": "single"}, {"kind": "pause"}, {"kind": "agreement"}])
def test_a_question_too_short_is_refused_and_only_a_vote_on_one_thing_goes_without(
    site: Site, row: dict[str, str]
) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina)
    title = "" if row["kind"] != "agreement" else "Oui"
    answer = write(site, amina, workshop, **row, minutes=5, title=title, typed="18 h\n19 h" if "hands" in row else "")
    assert answer.status_code == 422 and soup(answer).select_one("#title-erreur")


def test_the_only_recueil_is_chosen_and_two_are_asked_about(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, CARDS)
    path = f"/ateliers/{workshop.id}/sequences/nouvelle?sorte=grouping"
    chosen = soup(amina.get(path)).select_one("#source option[selected]")
    assert chosen and chosen["value"] == str(steps(site, workshop)[0].id)
    assert write(site, amina, workshop, **CARDS | {"title": "Et quoi d’autre ?"}).status_code == 200
    assert not soup(amina.get(path)).select("#source option[selected]")


def test_fiches_are_listed_by_their_numbers(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina)
    page = soup(amina.get(f"/ateliers/{workshop.id}/sequences/nouvelle?sorte=dots"))
    listed = [int(str(field["value"])) for field in page.select("[name=sheets]")]
    with site.reading() as db:
        numbers = {sheet.id: int(sheet.reference.split("-")[1]) for sheet in db.exec(select(ActionSheet))}
    assert len(listed) > 5
    assert [numbers[key] for key in listed] == sorted(numbers[key] for key in listed)


def test_a_question_of_yes_or_no_has_its_own_name_everywhere(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina, kind="hands", hands="yes_no", typed=THING)
    kinds = words(amina.get(f"/ateliers/{workshop.id}/sequences/nouvelle"))
    assert "Question à choix" in kinds and "Les trois réponses sont déjà écrites" in kinds
    for path in ("preparation", "regie", ""):
        page = words(amina.get(f"/ateliers/{workshop.id}/{path}".rstrip("/")))
        assert "Oui, non, je m’abstiens" in page and "Question à choix" not in page, path
    act(site, amina, workshop, f"sequences/{steps(site, workshop)[1].id}/ouverture")
    assert "En cours, oui, non, je m’abstiens" in words(amina.get(f"/ateliers/{workshop.id}/regie"))
