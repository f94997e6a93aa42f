"""The form of a need with everything in it at once: neighbours, place, photo, trap. Nothing typed is ever lost."""

from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from sqlmodel import col, select

from app.needs.models import Need
from tests.needs.test_say import TAULE, WORDS, count, say
from tests.site import Site, Visitor

SPOT = {
    "scale": "point",
    "place": TAULE,
    "place_note": "devant la mairie",
    "latitude": "48,6036",
    "longitude": "-3,8996",
}


def soup(response: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(response.text, "html.parser")


def typed(page: BeautifulSoup) -> dict[str, str]:
    """What the form would send again, files apart."""
    form = page.find("form", id="besoin")
    assert form is not None
    values = {}
    for control in form.find_all(["input", "textarea", "select"]):
        if control.name == "select":
            chosen = control.find("option", selected=True)
            values[control["name"]] = chosen["value"] if chosen else ""
        elif control.get("type") in ("radio", "checkbox"):
            if control.has_attr("checked"):
                values[control["name"]] = control["value"]
        elif control.get("type") != "file":
            values[control["name"]] = (
                control.get_text().lstrip("\n") if control.name == "textarea" else control["value"]
            )
    return {str(name): str(value) for name, value in values.items()}


def known(site: Site) -> dict[str, str]:
    """The words of a published need: typed again, they have a neighbour."""
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.status == "published").order_by(col(Need.id))).all()[0]
        return {"title": need.title, "text": need.text}


def said(site: Site, title: str) -> Need:
    with site.reading() as db:
        return db.exec(select(Need).where(Need.title == title).order_by(col(Need.id).desc())).all()[0]


def sent(visitor: Visitor, page: BeautifulSoup, **changes: Any) -> httpx.Response:
    return visitor.post("/besoins", {**typed(page), **changes})


def test_neighbours_come_once_with_the_place_kept_and_then_it_is_one_need(site: Site) -> None:
    before, visitor, words = count(site), site.visitor(), known(site)
    first = say(visitor, **words, **SPOT)
    page = soup(first)
    assert first.status_code == 422 and page.find(id="devance") and count(site) == before
    assert {name: typed(page)[name] for name in (*SPOT, "title", "theme", "college", "charter")} == {
        **SPOT, "title": words["title"], "theme": WORDS["theme"], "college": WORDS["college"], "charter": "true",
    }  # fmt: skip
    assert sent(visitor, page, neighbours_seen="1").status_code == 200
    need = said(site, words["title"])
    assert count(site) == before + 1
    assert (need.latitude, need.longitude, need.place_note) == (48.6036, -3.8996, "devant la mairie")


def test_a_file_that_is_refused_costs_no_other_word(site: Site) -> None:
    before, visitor = count(site), site.visitor()
    once = typed(soup(visitor.get("/besoins/nouveau")))["once"]
    form = {**WORDS, **SPOT, "once": once, "alt_0": "Le trottoir défoncé", "email": "lena@exemple.fr"}
    response = visitor.post("/besoins", form, files={"file_0": ("photo.jpg", b"<html>", "image/jpeg")})
    page = soup(response)
    assert response.status_code == 422 and count(site) == before
    assert page.find("a", href="#file_0")
    kept = typed(page)
    assert {name: kept[name] for name in form} == form
    photo = page.find(id="file_0")
    assert photo is not None
    assert all(fold.has_attr("open") for fold in photo.find_parents("details")), "what is wrong is in sight"


@pytest.mark.parametrize("changes", [{"site": "https://exemple.fr"}, {"site": "x", **SPOT}])
def test_what_falls_into_the_trap_waits_to_be_read_and_is_not_refused(site: Site, changes: dict[str, str]) -> None:
    with site.writing() as db:
        from app.accords.queries import accords

        for accord in accords(db).values():
            accord.a_posteriori = True
            db.add(accord)
    assert say(site.visitor(), **changes).status_code == 200
    trapped = said(site, WORDS["title"])
    assert trapped.held_for and trapped.status == "pending"
    assert say(
        site.visitor(), title="Un autre banc, devant la poste", text="Ici aussi, on attend debout le matin."
    ).is_success
    assert said(site, "Un autre banc, devant la poste").status == "published"


def test_a_double_click_after_neighbours_is_one_need(site: Site) -> None:
    before, visitor, words = count(site), site.visitor(), known(site)
    page = soup(say(visitor, **words, **SPOT))
    answers = [sent(visitor, page, neighbours_seen="1") for _click in range(2)]
    assert len({str(answer.url) for answer in answers}) == 1 and count(site) == before + 1
