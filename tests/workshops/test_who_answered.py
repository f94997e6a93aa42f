"""How many answered, never who: the same vote by another person of the collège changes no page."""

import re

from bs4 import BeautifulSoup
from sqlmodel import col, delete

from app.workshops.models import Ballot, Workshop
from app.workshops.routes.stage import stage_of
from tests.site import Site, Visitor
from tests.workshops.acts import act, ballots, current, options, room, seated, vote

MOMENT = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?")


def _pages(site: Site, amina: Visitor, workshop: Workshop, absent: Visitor) -> dict[str, str]:
    """What those who did not just vote read, without the hour at which they read it."""
    read = {
        "console": amina.get(f"/ateliers/{workshop.id}/regie").text,
        "screen": site.visitor().get(f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}").text,
        "another phone": absent.get(f"/a/{workshop.code}").text,
        "workshop": site.visitor().get(f"/ateliers/{workshop.id}").text,
        "stage": stage_of(site.app, workshop.id or 0)().line(),  # type: ignore[union-attr]
    }
    return {name: MOMENT.sub("", text) for name, text in read.items()}


def test_the_same_vote_by_somebody_else_shows_the_same_everywhere(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step = current(site, workshop)
    one, other, absent = (seated(site, workshop, "jeunes") for _n in range(3))
    option = options(site, step)[0]
    before = _pages(site, amina, workshop, absent)
    seen = []
    for phone in (one, other):
        assert vote(phone, workshop, step, {option: 1}).status_code == 200
        seen.append(_pages(site, amina, workshop, absent))
        with site.writing() as db:
            db.execute(delete(Ballot).where(col(Ballot.id) == ballots(site, step)[-1].id))
    assert seen[0] == seen[1]
    assert seen[0]["console"] != before["console"] and seen[0]["screen"] != before["screen"], "how many is told"
    assert seen[0]["another phone"] == before["another phone"]


def test_nobody_is_named_where_a_vote_is_led_and_shown(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step, soazig = current(site, workshop), site.signed_in("resident")
    soazig.post(f"/a/{workshop.code}/place", {"college": "jeunes"})
    vote(soazig, workshop, step, {options(site, step)[0]: 1})
    secret = soazig.http.cookies[f"emglev-place-{workshop.id}"]
    act(site, amina, workshop, f"sequences/{step.id}/cloture")
    act(site, amina, workshop, f"sequences/{step.id}/resultats")
    for name, text in _pages(site, amina, workshop, seated(site, workshop)).items():
        assert "Soazig" not in BeautifulSoup(text, "html.parser").get_text(), name
        assert secret not in text, name
