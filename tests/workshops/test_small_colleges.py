"""In the room too, a collège of fewer than five ballots is never shown apart: nobody there can be recognised."""

import re

import pytest

from app.core.i18n import gettext as _
from app.identity.states import COLLEGE_LABELS, College
from app.workshops.counting import OTHERS, together
from app.workshops.models import Workshop
from tests.site import Site, Visitor
from tests.workshops.acts import room, seated, soup
from tests.workshops.votes import Given, voted

ALONE = ("Le texte de la charte",)
TWO = ("Car du soir", "Maison de santé")
TOGETHER, WHY = "est compté dans « Autres collèges » : ", "personne ne doit être reconnu."
TOTAL_ONLY = "Seul le total est montré : un collège a moins de cinq bulletins"
KINDS = {
    "dots": (TWO, {1: 3}, {1: 1, 2: 2}), "hands": (TWO, {1: 1}, {2: 1}), "judgment": (TWO, {1: 7}, {1: 2, 2: 6}),
    "agreement": (ALONE, {1: 6}, {1: 1}),
}  # fmt: skip
MANY, FEW = ("habitants", "jeunes"), ("associations", "entreprises")
APART = {*MANY, OTHERS}
WALL, PHONE, PREVIEW = (
    ".screen__main, .screen__foot",
    ".room-bars, .legend, .room-bars ~ .small",
    "section[aria-labelledby=apercu]",
)


def _given(kind: str, *, many: int = 6, few: int = 3) -> Given:
    """So many ballots of each of two collèges, so many of each of two others, who answer something else."""
    given = Given()
    for college in MANY:
        given.add(college, KINDS[kind][1], many)
    for college in FEW:
        given.add(college, KINDS[kind][2], few)
    return given


def _vote(site: Site, kind: str, *, many: int = 6, few: int = 3, status: str = "revealed", **step: str) -> Workshop:
    voted(site, _given(kind, many=many, few=few), titles=KINDS[kind][0], kind=kind, status=status, room={}, **step)
    return room(site)


def _result(who: Visitor, path: str, part: str) -> tuple[set[str], str]:
    """Which collèges a result draws, marks or names; and its words."""
    found = soup(who.get(path)).select(part)
    assert found
    html = "".join(map(str, found))
    text = " ".join(" ".join(one.get_text(" ", strip=True) for one in found).split())
    named = {college.value for college in College if _(COLLEGE_LABELS[college]) in text}
    return set(re.findall(r"#(?:mark|fill)-([a-z]+)", html)) | named, text


def _wall(site: Site, workshop: Workshop) -> tuple[set[str], str]:
    return _result(site.visitor(), f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}", WALL)


def _phone(site: Site, workshop: Workshop) -> tuple[set[str], str]:
    return _result(seated(site, workshop), f"/a/{workshop.code}", PHONE)


@pytest.mark.parametrize("kind", KINDS)
def test_collèges_of_few_ballots_are_drawn_together_and_the_room_is_told_why(site: Site, kind: str) -> None:
    workshop = _vote(site, kind)
    for shown, text in (_wall(site, workshop), _phone(site, workshop)):
        assert shown == APART
        assert "Autres collèges" in text and "oins de cinq bulletins" in text and WHY in text


@pytest.mark.parametrize("kind", KINDS)
def test_without_any_collège_apart_only_the_total_is_drawn(site: Site, kind: str) -> None:
    workshop = _vote(site, kind, many=4, few=1)
    for shown, text in (_wall(site, workshop), _phone(site, workshop)):
        assert shown <= {OTHERS}, "a bar of the total wears no collège"
        assert TOTAL_ONLY in text.replace("\u00a0", " ") and "Autres collèges" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_where_every_collège_may_be_shown_nothing_is_explained(site: Site, kind: str) -> None:
    workshop = _vote(site, kind, few=0)
    for shown, text in (_wall(site, workshop), _phone(site, workshop)):
        assert shown == set(MANY)
        assert "reconnu" not in text


def test_bars_drawn_live_do_not_show_a_small_collège_either(site: Site) -> None:
    workshop = _vote(site, "dots", status="open", reveal="live")
    shown, text = _wall(site, workshop)
    assert shown == APART and WHY in text


def test_who_leads_sees_no_small_collège_before_the_room(site: Site) -> None:
    workshop = _vote(site, "dots", status="closed")
    shown, text = _result(site.signed_in("facilitator"), f"/ateliers/{workshop.id}/regie", PREVIEW)
    assert shown == APART and TOGETHER + WHY in text.replace("\u00a0", " ")


def test_the_gap_to_talk_about_names_no_collège_that_a_subtraction_would_show(site: Site) -> None:
    given = Given().add("habitants", {1: 1}, 7).add("jeunes", {2: 1}, 6).add("associations", {2: 1}, 5)
    voted(site, given, titles=TWO, kind="dots", status="closed", room={})
    amina, page = site.signed_in("facilitator"), f"/ateliers/{room(site).id}/regie"
    assert "Un écart à faire parler" in amina.get(page).text
    voted(site, given.add("institutions", {1: 1}), titles=TWO, kind="dots", status="closed", room={})
    assert "collège Associations" not in amina.get(page).text


def test_the_wall_counts_who_is_there_by_collège_from_five_on(site: Site) -> None:
    workshop = room(site)
    with site.writing() as db:
        db.add(db.get_one(Workshop, workshop.id).sqlmodel_update({"status": "lobby", "step_id": None}))
    shown, text = _result(site.visitor(), f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}", ".screen__lobby")
    assert OTHERS in shown and "institutions" not in shown, "three people of institutions"
    assert "montré dès cinq personnes" in text


def test_figures_together_add_up_to_the_total_and_single_out_nobody() -> None:
    people = {"habitants": 20, "jeunes": 9, "institutions": 4}
    assert together(people, people) == {"habitants": 20, OTHERS: 13}
    assert together({"habitants": 3}, people) == {"habitants": 3, OTHERS: 0}
    assert together(people, people, withheld=["habitants"]) == {}
    assert together({"jeunes": 1}, {"jeunes": 4}) == {}
    assert together({"jeunes": 1}, {"jeunes": 5, "habitants": 0}) == {"jeunes": 1}
