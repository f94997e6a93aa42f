"""The pages of what is projected are turned from the console: said by the projected page, shown by it, kept by no table."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.core import live
from app.core.live import Hub
from app.workshops.models import Step, Workshop
from tests.site import Site, Visitor
from tests.workshops.acts import act, colleague, current, room, soup, stored
from tests.workshops.console_acts import console, press, said


@pytest.fixture(autouse=True)
def hub(site: Site) -> Iterator[Hub]:
    """The streams of this process hear what is said, as in a server that runs."""
    live.register(site.app.state.hub)
    yield site.app.state.hub
    live.unregister(site.app.state.hub)


def screen(workshop: Workshop) -> str:
    return f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}"


def says(site: Site, workshop: Workshop, step: Step, page: int, pages: int, held: bool = False) -> Any:
    """What the script of a projected page tells."""
    told = {"key": f"{step.id}-{step.status}", "page": page, "pages": pages, "held": str(held).lower()}
    return site.visitor().post(f"{screen(workshop)}/pages", told)


def wanted(site: Site, workshop: Workshop) -> str:
    """The page that the console wants, as the projected page reads it; without its stamp."""
    part = soup(site.visitor().get(screen(workshop))).select_one("#screen_main")
    assert part
    return str(part["data-turned"]).split(" ")[0]


def pressed(who: Visitor, workshop: Workshop, button: str) -> Any:
    """Press a button of the pages on the console, as a browser without script does."""
    forms = console(who, workshop).select("#console_pages form")
    form = next(form for form in forms if button in said(form))
    return who.post(form["action"], {field["name"]: field["value"] for field in form.select("input")})


def test_the_console_shows_the_page_and_turns_it(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step = current(site, workshop)
    assert not console(amina, workshop).select_one("#console_pages section") and wanted(site, workshop) == ""
    assert says(site, workshop, step, 2, 4).status_code == 204
    part = console(amina, workshop).select_one("#console_pages")
    assert "Page 2 sur 4" in said(part)
    assert part.select_one("[role=switch]")["aria-checked"] == "true"
    assert {key["data-key"] for key in part.select("[data-key]")} == {"arrowleft", "arrowright"}
    seen = [pressed(amina, workshop, "Page suivante") and wanted(site, workshop) for _n in range(3)]
    assert seen == ["3", "4", "1"]
    pressed(amina, workshop, "Page précédente")
    assert wanted(site, workshop) == "4"
    part = console(amina, workshop).select_one("#console_pages")
    assert "Page 4 sur 4" in said(part) and part.select_one("[role=switch]")["aria-checked"] == "false"
    pressed(amina, workshop, "Défilement automatique")
    assert wanted(site, workshop) == "0"
    pressed(amina, workshop, "Défilement automatique")
    assert wanted(site, workshop) == "4"


def test_the_same_page_asked_twice_is_asked_again(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step = current(site, workshop)
    says(site, workshop, step, 1, 2)

    def stamp() -> str:
        return str(soup(site.visitor().get(screen(workshop))).select_one("#screen_main")["data-turned"])

    asked = []
    for _twice in range(2):
        pressed(amina, workshop, "Page suivante")
        says(site, workshop, step, 1, 2, held=True)  # somebody pressed a key on the projected page itself
        asked.append(stamp())
    assert [words.split(" ")[0] for words in asked] == ["2", "2"] and asked[0] != asked[1]


def test_pages_are_those_of_what_is_lit_now(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step = current(site, workshop)
    shown = [says(site, workshop, step, 1, 1) and "Page" in said(console(amina, workshop).select_one("#console_pages"))]
    says(site, workshop, step, 2, 3)
    pressed(amina, workshop, "Page suivante")
    act(site, amina, workshop, "ecran", screen="blank")
    shown.append("Page" in said(console(amina, workshop).select_one("#console_pages")))
    act(site, amina, workshop, "ecran", screen="frozen")
    press(site, amina, workshop, step, "cloture")
    shown.append("Page" in said(console(amina, workshop).select_one("#console_pages")))
    assert shown == [False, False, False]
    assert wanted(site, workshop) == "", "a vote that closed starts at its first page"


def test_a_turned_page_wakes_neither_phones_nor_figures(site: Site, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    heard: list[str] = []
    keep = hub.keep
    monkeypatch.setattr(hub, "keep", lambda line: heard.append(keep(line)))
    says(site, workshop, current(site, workshop), 1, 2)
    assert set(heard) == {f"room-{workshop.id}-pages"}
    pressed(amina, workshop, "Page suivante")
    assert set(heard) == {f"room-{workshop.id}-pages", f"room-{workshop.id}-turn"}


@pytest.mark.parametrize(
    "wrong", [{"key": "x y"}, {"page": 0}, {"pages": 1000}, {"held": "peut-être"}, {"key": "9" * 40}]
)
def test_what_is_no_page_is_not_said(site: Site, wrong: dict[str, Any]) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step = current(site, workshop)
    good = {"key": f"{step.id}-{step.status}", "page": 2, "pages": 4, "held": "true"}
    site.visitor().post(f"{screen(workshop)}/pages", good | wrong)
    assert not console(amina, workshop).select_one("#console_pages section")
    answer = amina.post(f"/ateliers/{workshop.id}/ecran/pages", good | wrong)
    assert "n’est plus à l’écran" in answer.text and wanted(site, workshop) == ""


def test_only_the_projected_page_says_and_only_who_leads_turns(site: Site) -> None:
    workshop = room(site)
    step, other = current(site, workshop), colleague(site)
    good = {"key": f"{step.id}-{step.status}", "page": 2, "pages": 4, "held": "true"}
    assert site.visitor().post(f"/ateliers/{workshop.id}/ecran/nimporte/pages", good).status_code == 404
    says(site, workshop, step, 2, 4)
    for who in (site.visitor(), site.signed_in("resident"), other):
        assert who.post(f"/ateliers/{workshop.id}/ecran/pages", good).status_code == 403
    part = console(other, workshop).select_one("#console_pages")
    assert "Page 2 sur 4" in said(part) and not part.select("form")


def test_a_room_that_is_not_open_turns_no_page(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step = current(site, workshop)
    says(site, workshop, step, 1, 4)
    act(site, amina, workshop, "fin")
    good = {"key": f"{step.id}-revealed", "page": 2, "pages": 4, "held": "true"}
    assert "n’est pas ouverte" in said(soup(amina.post(f"/ateliers/{workshop.id}/ecran/pages", good)))
    assert stored(site, workshop).status == "closed" and wanted(site, workshop) == ""
