"""The list of fiches: filters, search, sort, keyset pages, counts that are those of the list."""

import pytest
from bs4 import BeautifulSoup

from app.accords.queries import accord_of, themes
from app.actions import queries, service
from app.actions.forms import SheetFilter
from app.actions.queries import listing
from app.actions.states import SheetSort, SheetStep
from app.identity import queries as people
from app.places.queries import reference
from app.policy.actor import ANONYMOUS
from tests.actions.cast import CONTENT, HOME, a_sheet, candidate, get, persona, some_needs
from tests.site import Site

TITLES = ("École du vent", "eau potable", "Étang de Kerlac’h", "Zone de Kerven", "étude des haies")


@pytest.fixture
def many(site: Site) -> Site:
    """A territory with more than one page of published fiches, some of the same title."""
    with site.writing() as db:
        accord = accord_of(db, reference(db).by_slug[HOME].territory_id)
        assert accord
        theme = themes(db, accord.scheme_id)[0].id or 0
        for number in range(47):
            title = f"{TITLES[number % len(TITLES)]} {number % 3}"
            sheet = service.draft(db, accord, theme_id=theme, title=title, by=None)
            service.save(db, sheet, CONTENT | {"title": title}, edited=0, theme_id=theme, by=None)
            service.publish_version(db, sheet, by=None)
    return site


@pytest.mark.parametrize("sort", list(SheetSort))
def test_pages_follow_each_other_without_gap_nor_repeat_in_both_directions(many: Site, sort: SheetSort) -> None:
    with many.reading() as db:
        whole = listing.visible(db, ANONYMOUS, SheetFilter(tri=sort), None, size=1000)
        ids = [row.id for row in whole.rows]
        seen, page = [], listing.visible(db, ANONYMOUS, SheetFilter(tri=sort), None)
        while True:
            seen += [row.id for row in page.rows]
            if page.after is None:
                break
            page = listing.visible(db, ANONYMOUS, SheetFilter(tri=sort, apres=page.after), None)
        assert seen == ids and len(ids) == whole.total >= 47
        backwards = [row.id for row in page.rows]
        while page.before:
            page = listing.visible(db, ANONYMOUS, SheetFilter(tri=sort, avant=page.before), None)
            backwards = [row.id for row in page.rows] + backwards
        assert backwards == ids


def test_titles_are_filed_as_in_a_dictionary(many: Site) -> None:
    with many.reading() as db:
        rows = listing.visible(db, ANONYMOUS, SheetFilter(tri=SheetSort.TITLE, q="Kerlac’h Kerven"), None).rows
        assert rows == []
        rows = listing.visible(db, ANONYMOUS, SheetFilter(tri=SheetSort.TITLE), None, size=1000).rows
    ours = [row.title.rsplit(" ", 1)[0] for row in rows if row.title.rsplit(" ", 1)[0] in TITLES]
    assert list(dict.fromkeys(ours)) == [TITLES[1], TITLES[0], TITLES[2], TITLES[4], TITLES[3]]


@pytest.mark.parametrize("step", list(SheetStep))
def test_every_step_lists_what_it_counts(site: Site, step: SheetStep) -> None:
    for verbs in ((), ("make_project", "make_candidate"), ("withdraw",)):
        a_sheet(site, verbs=verbs, needs=0 if verbs else 1)
    with site.reading() as db:
        page = listing.visible(db, ANONYMOUS, SheetFilter(etat=step), None, size=1000)
        assert page.total == len(page.rows) == listing.count(db, ANONYMOUS, SheetFilter(etat=step))
        if step == SheetStep.ORPHANS:
            assert page.total and not any(row.needs for row in page.rows)
    assert site.visitor().get(f"/fiches-actions?etat={step.value}").status_code == 200


def test_a_filter_narrows_to_a_priority_or_a_need(site: Site) -> None:
    need = some_needs(site)[0]
    ref = candidate(site)
    with site.reading() as db:
        priority = queries.priorities_of(db, get(site, ref).id or 0)[0]
        before = queries.counts_by_priority(db, [priority.id or 0])[priority.id or 0]
        assert before == len(queries.for_priority(db, priority.id or 0))
    visitor = site.visitor()
    for query, words in ((f"besoin={need.id}", need.title), (f"priorite={priority.id}", priority.title)):
        page = visitor.get(f"/fiches-actions?{query}").text
        assert ref in page and words.replace("'", "&#39;") in page
    assert ref not in visitor.get("/fiches-actions?besoin=999999").text


def test_a_search_finds_the_published_words_and_the_reference(site: Site) -> None:
    ref = candidate(site, context="Les arrêts des Abysses sont loin.")
    for words in ("abysse", "ARRETS loin", ref):
        assert ref in site.visitor().get("/fiches-actions", params={"q": words}).text
    clerk = site.signed_in("technician")
    with site.writing() as db:
        sheet = queries.by_ref(db, ref)
        assert sheet
        service.save(
            db, sheet, CONTENT | {"context": "Ptérodactyle"}, edited=sheet.edited, theme_id=sheet.theme_id, by=None
        )
    assert f">{ref}<" not in clerk.get("/fiches-actions?q=pterodactyle").text


@pytest.mark.parametrize("query", [
    "apres=n'importe", "apres=9999999999999999999999~1", "avant=0~999999&tri=titre", "tri=hasard", "etat=x", "priorite=abc",
    "besoin=-1", "priorite=99999999999999", "q=%22%27%29%28*", "territoire=nulle-part", "q=" + "a" * 5000, "theme=%00",
])  # fmt: skip
def test_a_mistyped_address_still_shows_a_list(site: Site, query: str) -> None:
    assert site.visitor().get(f"/fiches-actions?{query}").status_code == 200


def test_the_list_costs_a_fixed_number_of_queries(many: Site) -> None:
    visitor = many.visitor()
    visitor.get("/fiches-actions")
    with many.counting() as seen:
        visitor.get("/fiches-actions")
    assert len(seen) <= 6, seen


def test_the_part_is_the_page(many: Site) -> None:
    visitor = many.visitor()
    part = BeautifulSoup(visitor.part("/fiches-actions?tri=titre", "sheet_list").text, "html.parser")
    whole = BeautifulSoup(visitor.get("/fiches-actions?tri=titre").text, "html.parser").select_one("#sheet_list")
    assert whole is not None and not part.find("h1")
    assert part.get_text(" ", strip=True) == whole.get_text(" ", strip=True)


def test_a_technician_sees_what_is_written_on_their_territory(site: Site) -> None:
    ref = a_sheet(site, published=False)
    with site.reading() as db:
        clerk = people.actor_of(db, persona(site, "technician"))
        mine = {row.reference for row in listing.visible(db, clerk, SheetFilter(), None, size=1000).rows}
        theirs = {row.reference for row in listing.visible(db, ANONYMOUS, SheetFilter(), None, size=1000).rows}
    assert ref in mine and ref not in theirs and theirs <= mine
