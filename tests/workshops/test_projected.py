"""What is projected: how to join at every moment, and collèges that are told apart without their colours."""

import re
from itertools import combinations
from pathlib import Path

from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.identity.states import COLLEGE_LABELS, College
from app.workshops.models import Workshop
from app.workshops.routes.stage import qr
from app.workshops.states import Room, StepKind, StepStatus
from tests.site import Site
from tests.workshops.acts import room, soup
from tests.workshops.votes import Given, voted

ROOT = Path(__file__).parents[2]
ALONE = ("Fiche 12, la navette",)
GIVEN = {
    "dots": Given().add("habitants", {1: 3}, 6).add("jeunes", {2: 1}, 5).add("institutions", {1: 1}, 5),
    "hands": Given().add("associations", {1: 1}, 6).add("entreprises", {2: 1}, 5),
    "judgment": Given().add("habitants", {1: 7, 2: 2}, 6).add("jeunes", {1: 2}, 5),
    "agreement": Given().add("habitants", {1: 6}, 6).add("jeunes", {1: 1}, 5),
}
VIEWS = [(kind, status) for kind in StepKind for status in (StepStatus.OPEN, StepStatus.CLOSED)]
VIEWS += [(StepKind(kind), StepStatus.REVEALED) for kind in GIVEN]
PAINT = re.compile(r"fill__\w+|id=\"[^\"]*\"")


def _projected(site: Site, workshop: Workshop) -> tuple[str, str]:
    """The projected page, its classes, and its words."""
    answer = site.visitor().get(f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}")
    assert answer.status_code == 200
    section = soup(answer).select_one("#screen_main")
    assert section
    return str(section), " ".join(section.get_text(" ", strip=True).split())


def _joins(html: str, words: str, path: str) -> bool:
    """Whether the code to scan and the address to type are there, and lead to the same place."""
    address = get_settings().public_url + path
    scanned = re.findall(r'd="[^"]+"', str(qr(address)))[-1] in html
    return scanned and address.split("://", 1)[1] in words.replace(" ", "")


def test_whatever_is_shown_one_may_join(site: Site) -> None:
    for kind, status in VIEWS:
        titles = ALONE if kind == "agreement" else ("Car du soir", "Maison de santé")
        voted(site, GIVEN.get(kind, Given()), titles=titles, kind=kind, status=status, room={})
        html, words = _projected(site, room(site))
        assert _joins(html, words, f"/a/{room(site).code}"), (kind, status)


def test_before_and_after_too_the_screen_says_where_to_go(site: Site) -> None:
    workshop = room(site)
    for status in (Room.SCHEDULED, Room.LOBBY, Room.CLOSED, Room.PUBLISHED):
        with site.writing() as db:
            db.add(db.get_one(Workshop, workshop.id).sqlmodel_update({"status": status, "step_id": None}))
        html, words = _projected(site, workshop)
        over = status in (Room.CLOSED, Room.PUBLISHED)
        assert _joins(html, words, f"/ateliers/{workshop.id}" if over else f"/a/{workshop.code}"), status


def test_the_text_to_agree_on_is_projected_while_people_vote_and_above_the_result(site: Site) -> None:
    text = "Une navette roule chaque soir.\n\nElle attend le dernier train."
    for status in (StepStatus.OPEN, StepStatus.REVEALED):
        voted(site, GIVEN["agreement"], titles=ALONE, kind="agreement", status=status, text=text, room={})
        _html, words = _projected(site, room(site))
        parts = [ALONE[0], *text.split("\n\n"), "Plein accord", "Opposition"]
        assert [words.find(part) for part in parts] == sorted(words.index(part) for part in parts), status


def test_collèges_of_a_bar_have_each_a_pattern_a_mark_and_a_word(site: Site) -> None:
    for kind in ("dots", "hands", "agreement"):
        titles = ALONE if kind == "agreement" else ("Car du soir", "Maison de santé")
        voted(site, GIVEN[kind], titles=titles, kind=kind, room={})
        workshop = room(site)
        page = soup(site.visitor().get(f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}"))
        bars = "".join(map(str, page.select(".screen-bar__drawing")))
        drawn = set(re.findall(r"url\(#fill-([a-z]+)\)", bars))
        assert drawn == {college for college, _marks, _channel in GIVEN[kind].rows}
        legend = {
            str(one.select_one("use")["href"]): one.get_text(strip=True) for one in page.select(".screen__legend li")
        }
        assert {legend[f"#mark-{college}"] for college in drawn} == {_(COLLEGE_LABELS[College(c)]) for c in drawn}
        patterns = {PAINT.sub("", str(page.select_one(f"pattern#fill-{college}"))) for college in drawn}
        marks = {PAINT.sub("", str(page.select_one(f"symbol#mark-{college}"))) for college in drawn}
        assert len(patterns) == len(marks) == len(drawn), "two collèges differ by their colour alone"


def _light(colour: str) -> float:
    """Relative luminance, as WCAG defines it: what is left of a colour in grey."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_mentions_are_told_apart_in_grey_and_are_written(site: Site) -> None:
    step = voted(site, GIVEN["judgment"], titles=("Car du soir", "Maison de santé"), kind="judgment", room={})
    page = soup(site.visitor().get(f"/ateliers/{step.workshop_id}/ecran/{room(site).screen_key}"))
    key = [" ".join(one.get_text(" ", strip=True).split()) for one in page.select(".screen__key .mention-key li")]
    assert key == list(step.scale.values())
    css = (ROOT / "static" / "css" / "figures.css").read_text("utf-8")
    light = {grade: _light(re.findall(rf"fill__grade-{grade} {{ fill: (#\w{{6}})", css)[0]) for grade in step.scale}
    shape = {grade: PAINT.sub("", str(page.select_one(f"pattern#grade-{grade}"))) for grade in step.scale}
    for one, other in combinations(step.scale, 2):
        high, low = sorted((light[one], light[other]), reverse=True)
        assert shape[one] != shape[other] or (high + 0.05) / (low + 0.05) >= 1.5, (one, other)
