"""The list of needs: filters, search, sort, keyset pages, counts that are those of the list."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlmodel import func, select

from app.needs.forms import NeedFilter
from app.needs.models import Need
from app.needs.queries import PUBLIC, conditions, visible
from app.needs.states import ListState, Sort
from app.policy.actor import ANONYMOUS
from tests.site import Site


def _ids(html: str) -> list[int]:
    soup = BeautifulSoup(html, "html.parser")
    rows = soup.select("#need_list a[href*='/besoins/']")
    found = [re.match(r"/besoins/(\d+)", str(a["href"])) for a in rows]
    return list(dict.fromkeys(int(m[1]) for m in found if m))


def test_only_published_needs_are_listed(site: Site) -> None:
    with site.reading() as db:
        total = db.exec(select(func.count()).select_from(Need).where(Need.status.in_(PUBLIC))).one()  # type: ignore[attr-defined]
        page = visible(db, ANONYMOUS, NeedFilter(), None)
    assert page.total == total
    assert str(total) in site.visitor().get("/besoins").text


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_follow_each_other_without_gap_nor_repeat_in_both_directions(site: Site, sort: Sort) -> None:
    with site.reading() as db:
        total = visible(db, ANONYMOUS, NeedFilter(tri=sort), None).total
        whole = [r.id for r in visible(db, ANONYMOUS, NeedFilter(tri=sort), None, size=1000).rows]
        seen, page = [], visible(db, ANONYMOUS, NeedFilter(tri=sort), None)
        while True:
            seen += [r.id for r in page.rows]
            if page.after is None:
                break
            page = visible(db, ANONYMOUS, NeedFilter(tri=sort, apres=page.after), None)
        assert seen == whole and len(seen) == total
        backwards = [r.id for r in page.rows]
        while page.before:
            page = visible(db, ANONYMOUS, NeedFilter(tri=sort, avant=page.before), None)
            backwards = [r.id for r in page.rows] + backwards
        assert backwards == whole


@pytest.mark.parametrize("state", list(ListState))
def test_every_state_filter_lists_what_it_counts(site: Site, state: ListState) -> None:
    with site.reading() as db:
        page = visible(db, ANONYMOUS, NeedFilter(etat=state), None, size=1000)
        assert page.total == len(page.rows)
    assert site.visitor().get(f"/besoins?etat={state.value}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "territoire=morlaix-communaute", "theme=mobilites", "college=jeunes", "territoire=brest-metropole&commune=29019",
        "tri=soutenus&theme=sante", "priorite=1",
    ],
)  # fmt: skip
def test_filters_narrow_the_list_and_add_up(site: Site, query: str) -> None:
    visitor = site.visitor()
    everything = set(_ids(visitor.get("/besoins").text))
    narrowed = visitor.get(f"/besoins?{query}")
    assert narrowed.status_code == 200
    with site.reading() as db:
        values = dict(pair.split("=") for pair in query.split("&"))
        find = NeedFilter.model_validate(values)
        from app.places.queries import reference

        territory = reference(db).by_slug.get(find.territoire)
        wanted = conditions(db, find, territory.id if territory else None)
        expected = set(db.exec(select(Need.id).where(*wanted)))
    shown = set(_ids(narrowed.text))
    assert shown <= expected and len(shown) == min(20, len(expected))
    assert shown != everything


def test_a_search_finds_plurals_and_accents(site: Site) -> None:
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.title.like("%port%"), Need.status.in_(PUBLIC))).first()  # type: ignore[attr-defined]
        assert need
    assert (
        need.id in _ids(site.visitor().get("/besoins", params={"q": "PORTS", "tri": "recents"}).text)
        or "port" in site.visitor().get("/besoins?q=PORTS").text
    )


@pytest.mark.parametrize(
    "query",
    ["apres=n'importe", "apres=9999999999999999999999~1", "avant=-1~x", "tri=hasard", "etat=x", "priorite=abc",
     "priorite=99999999999999", "college=%00", "q=%22%27%29%28*", "territoire=nulle-part", "commune=zzzzzzzz", "q=" + "a" * 5000],
)  # fmt: skip
def test_a_mistyped_address_still_shows_a_list(site: Site, query: str) -> None:
    assert site.visitor().get(f"/besoins?{query}").status_code == 200


def test_an_empty_result_says_what_to_do(site: Site) -> None:
    page = site.visitor().get("/besoins?q=zzzzzzzz")
    assert page.status_code == 200 and not _ids(page.text)


def test_the_list_costs_a_fixed_number_of_queries(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/besoins")
    with site.counting() as seen:
        visitor.get("/besoins")
    assert len(seen) <= 5, seen


def test_the_part_is_the_page(site: Site) -> None:
    visitor = site.visitor()
    part = BeautifulSoup(visitor.part("/besoins?theme=sante", "need_list").text, "html.parser")
    whole = BeautifulSoup(visitor.get("/besoins?theme=sante").text, "html.parser").select_one("#need_list")
    assert whole is not None
    assert part.get_text(" ", strip=True) == whole.get_text(" ", strip=True)
    assert part.select_one("#need_list") and not part.find("h1")


def test_history_and_boosted_requests_get_the_whole_page(site: Site) -> None:
    for extra in ({"hx-boosted": "true"}, {"hx-history-restore-request": "true"}):
        headers = {"hx-request": "true", "hx-target": "section#need_list"} | extra
        response = site.visitor().get("/besoins", headers=headers)
        assert "<!doctype html>" in response.text
        assert "HX-Target" in response.headers["vary"]


def test_old_slugs_redirect_to_the_present_one(site: Site) -> None:
    visitor = site.visitor()
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.status == "published")).first()
        assert need
    response = visitor.get(f"/besoins/{need.id}-un-vieux-titre")
    assert response.history[0].status_code == 301
    assert str(response.url).endswith(f"/besoins/{need.id}-{need.slug}")
    assert visitor.get(f"/besoins/{need.id}").history[0].status_code == 301
    for wrong in ("/besoins/999999", "/besoins/99999999999999999999", "/besoins/abc"):
        assert visitor.get(wrong).status_code == 404
