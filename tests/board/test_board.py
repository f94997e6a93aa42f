"""The board: columns by stage, parts and no score, figures that lead to lists with the same count."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from app.accords.models import Priority
from app.board.queries import cards, columns, counted, recounted, voices
from app.needs.models import Need
from app.places.queries import reference
from tests.site import Site

MORLAIX = "/territoires/morlaix-communaute/priorites"


def test_the_counters_are_those_of_a_recount(site: Site) -> None:
    with site.reading() as db:
        assert counted(db) == recounted(db)
        assert counted(db)


def test_counters_hold_for_edits_by_hand(site: Site) -> None:
    with site.writing() as db:
        need = db.exec(
            select(Need).where(Need.priority_id.is_not(None), Need.supports > 3, Need.outcome.is_(None))  # type: ignore[union-attr]
        ).first()  # type: ignore[union-attr]
        assert need
        for change in ({"college": "jeunes"}, {"voice_id": None}, {"priority_id": None}):
            need.sqlmodel_update(change)
            db.add(need)
            db.flush()
            assert counted(db) == recounted(db)
        db.delete(need)
        db.flush()
        assert counted(db) == recounted(db)


def test_figures_lead_to_lists_with_the_same_count(site: Site) -> None:
    visitor = site.visitor()
    soup = BeautifulSoup(visitor.get(MORLAIX).text, "html.parser")
    links = {a["href"]: a.get_text(" ", strip=True) for a in soup.select("a[href*='priorite=']")}
    assert len(links) >= 5
    for href, words in links.items():
        shown = int(re.sub(r"\D", "", re.findall(r"\d[\d\u00a0]*", words)[0]))
        listed = BeautifulSoup(visitor.get(str(href)).text, "html.parser").select_one("#need_list h2, #sheet_list h2")
        assert listed is not None
        assert int(re.findall(r"\d+", listed.get_text())[0]) == shown, href


def test_voices_behind_a_figure_are_as_many(site: Site) -> None:
    with site.reading() as db:
        territory = reference(db).by_slug["morlaix-communaute"]
        for column in columns(db, territory.id).values():
            for card in column:
                for college, count in card.voices.items():
                    assert len(voices(db, card.priority.id or 0, college)) == count


@pytest.mark.parametrize("path", [MORLAIX, "/priorites", MORLAIX + "?theme=sante", "/priorites?theme=inconnu"])
def test_the_board_costs_a_fixed_number_of_queries(site: Site, path: str) -> None:
    visitor = site.visitor()
    assert visitor.get(path).status_code == 200
    with site.counting() as seen:
        visitor.get(path)
    assert len(seen) <= 15, seen


def test_withdrawn_priorities_leave_the_board_but_keep_their_page(site: Site) -> None:
    with site.reading() as db:
        gone = db.exec(select(Priority).where(Priority.status == "withdrawn")).first()
        assert gone and gone.withdrawal_reason
        territory = reference(db).by_id[gone.territory_id]
    visitor = site.visitor()
    assert gone.title not in visitor.get(f"/territoires/{territory.slug}/priorites").text
    assert gone.withdrawal_reason in visitor.get(f"/priorites/{gone.id}").text


def test_nothing_is_ranked_by_votes(site: Site) -> None:
    with site.reading() as db:
        for column in columns(db, None).values():
            unranked = [c.priority.title for c in column if c.priority.rank is None]
            assert len(unranked) < 2 or unranked == sorted(unranked, key=str) or len(set(unranked)) == len(unranked)
            ranks = [c.priority.rank for c in column if c.priority.rank is not None]
            assert ranks == sorted(ranks)


def test_what_is_awaited_is_counted_apart(site: Site) -> None:
    with site.reading() as db:
        for card in cards(db, list(db.exec(select(Priority)))):
            wanted = select(Need).where(
                Need.priority_id == card.priority.id, Need.outcome.is_(None), Need.status == "published"
            )  # type: ignore[union-attr]
            waiting = db.exec(wanted).all()
            assert card.waiting == len(waiting)
            assert card.waiting_since == (min(n.published_at for n in waiting) if waiting else None)


def test_the_voices_page_narrows_by_college_and_forgives(site: Site) -> None:
    visitor = site.visitor()
    with site.reading() as db:
        priority = db.exec(select(Need.priority_id).where(Need.priority_id.is_not(None), Need.supports > 5)).first()  # type: ignore[union-attr]
    for query in ("", "?college=jeunes", "?college=martiens"):
        assert visitor.get(f"/priorites/{priority}/voix{query}").status_code == 200


def test_a_long_column_goes_on_on_the_page_of_its_stage(site: Site) -> None:
    visitor = site.visitor()
    board = BeautifulSoup(visitor.get("/priorites").text, "html.parser")
    more = [a for a in board.select(".board__column > p > a") if "etape=" in str(a["href"])]
    assert more
    for link in more:
        column = link.find_parent("section")
        assert column is not None
        count = column.select_one(".board__count")
        alone = BeautifulSoup(visitor.get(str(link["href"])).text, "html.parser")
        assert count is not None
        assert len(column.select(".priority-card")) < int(count.get_text())
        assert len(alone.select(".priority-card")) == int(count.get_text())
        assert len(alone.select(".board__column")) == 1
