"""Needs near the one being said: found however typed, those of the places around first, public ones only."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlmodel import func, select

from app.core import search
from app.needs.queries.neighbours import Neighbour, neighbours
from app.needs.routes.neighbours import SHOWN
from app.places.queries import bordering, reference
from tests.needs.wordings import publish
from tests.site import Site, Visitor

TITLE, TEXT = "Un kiosque à musique sur la place", "La fanfare de Quimperlé joue sous la pluie devant un public trempé."
QUIMPERLE, CONCARNEAU, MORLAIX, IROISE, FINISTERE = (
    "quimperle-communaute", "concarneau-cornouaille-agglomeration", "morlaix-communaute", "pays-d-iroise", "finistere",
)  # fmt: skip


def territory(site: Site, slug: str) -> int:
    with site.reading() as db:
        return next(t.territory_id for s, t in reference(db).by_slug.items() if s == slug)


def near(site: Site, text: str, slug: str = QUIMPERLE, **options: Any) -> list[Neighbour]:
    with site.reading() as db:
        return neighbours(db, text, territory_id=reference(db).by_slug[slug].territory_id, **({"limit": 3} | options))


def placed(site: Site, slug: str, *, title: str = TITLE, status: str = "published") -> int:
    return publish(site, [(title, TEXT)], territory(site, slug), status=status)[0]


def fragment(visitor: Visitor, **typed: str) -> BeautifulSoup:
    response = visitor.get("/besoins/voisins", params=typed, headers={"hx-request": "true"})
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


@pytest.mark.parametrize(
    "typed",
    [
        TITLE, TITLE.lower(), "KIOSQUES A MUSIQUE SUR LES PLACES", "il faut un kiosque de musique", "un kioskue à musiqe",
        "Kiosque\nla fanfare joue sous la pluie devant un public trempe", "musiques, kiosque : place",
    ],
)  # fmt: skip
def test_it_is_found_however_it_is_typed(site: Site, typed: str) -> None:
    need_id = placed(site, QUIMPERLE)
    assert [n.id for n in near(site, typed)] == [need_id]


def test_a_neighbour_says_what_its_card_shows(site: Site) -> None:
    need_id = placed(site, QUIMPERLE)
    found = near(site, TITLE)[0]
    assert (found.id, found.title, found.supports, found.score, found.group_id) == (need_id, TITLE, 0, 100, None)
    assert found.slug == "un-kiosque-a-musique-sur-la-place" and found.reference.startswith("T-")


def test_ones_territory_then_its_neighbours_then_the_others(site: Site) -> None:
    there = {slug: placed(site, slug) for slug in (MORLAIX, CONCARNEAU, QUIMPERLE)}
    typed = f"{TITLE}\nLa fanfare joue sous la pluie."
    assert [n.id for n in near(site, typed)] == [there[QUIMPERLE], there[CONCARNEAU], there[MORLAIX]]
    assert near(site, typed, MORLAIX)[0].id == there[MORLAIX]
    with site.reading() as db:
        assert {n.id for n in neighbours(db, typed, territory_id=None, limit=3)} == set(there.values())


def test_the_islands_have_for_neighbours_the_coasts_that_face_them(site: Site) -> None:
    with site.reading() as db:
        places = reference(db)
        for one in places.territories:
            for other in bordering(db, one.territory_id):
                assert one.territory_id in bordering(db, other)
        islands = bordering(db, places.by_slug[FINISTERE].territory_id)
    assert islands == {territory(site, IROISE), territory(site, "cap-sizun-pointe-du-raz")}
    assert territory(site, CONCARNEAU) in _around(site, QUIMPERLE) and territory(site, MORLAIX) not in _around(
        site, QUIMPERLE
    )


def _around(site: Site, slug: str) -> frozenset[int]:
    with site.reading() as db:
        return bordering(db, reference(db).by_slug[slug].territory_id)


@pytest.mark.parametrize("status", ["draft", "awaiting_email", "pending", "refused", "hidden", "withdrawn"])
def test_what_is_not_public_is_never_shown(site: Site, status: str) -> None:
    placed(site, QUIMPERLE, status=status)
    assert near(site, TITLE) == []


def test_a_masked_need_is_public(site: Site) -> None:
    assert [n.id for n in near(site, TITLE)] == []
    need_id = placed(site, QUIMPERLE, status="masked")
    assert [n.id for n in near(site, TITLE)] == [need_id]


def test_limits_and_what_is_left_out(site: Site) -> None:
    ids = [placed(site, QUIMPERLE, title=f"{TITLE} {n}") for n in range(5)]
    assert [n.id for n in near(site, TITLE)] == ids[:1:-1]  # as alike: the newest first
    assert len(near(site, TITLE, limit=20)) == 5
    assert {n.id for n in near(site, TITLE, limit=20, exclude=ids[:3])} == set(ids[3:])


def test_moderators_see_wider(site: Site) -> None:
    placed(site, QUIMPERLE)
    loose = "Un kiosque à journaux près de la gare de Quimperlé"
    assert near(site, loose) == [] and near(site, loose, at_least=20, limit=20)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "\n", "il faut plus de", "kiosque", "<script>alert(1)</script>", "🎺🎺 🎷", "\u202eeuqisum", "'\" OR 1=1 --",
     "kiosque* NEAR musique", "a" * 50_000, "kiosque " * 20_000, "\x00", "زخرف موسيقى", "0 " * 3000],
)  # fmt: skip
def test_whatever_is_typed_there_is_an_answer(site: Site, typed: str) -> None:
    placed(site, QUIMPERLE)
    assert len(near(site, typed)) <= SHOWN
    response = site.visitor().get("/besoins/voisins", params={"title": typed[:2000], "text": typed[:3000]})
    assert response.status_code == 200 and "alert(1)" not in response.text


def test_words_of_a_neighbour_are_text_not_html(site: Site) -> None:
    placed(site, QUIMPERLE, title="Un kiosque à <b onclick=x>musique</b> sur la place")
    page = fragment(site.visitor(), title=TITLE)
    assert page.find(onclick=True) is None and "<b onclick=x>" in page.get_text()


def test_however_many_needs_there_are_few_queries_are_asked(site: Site) -> None:
    def asked() -> int:
        with site.counting() as seen:
            near(site, f"{TITLE}\n{TEXT}")
        return len(seen)

    asked()
    before = asked()
    publish(site, [(f"{TITLE} {n}", TEXT) for n in range(30)], territory(site, QUIMPERLE))
    asked()  # an eighth of the words is new: their frequencies are read again
    assert asked() == before <= 4


def test_frequencies_count_words_and_beginnings(site: Site) -> None:
    publish(site, [("Zarbi zarbique", "zarbi") for _ in range(3)], territory(site, QUIMPERLE))
    with site.reading() as db:
        known = search.frequencies(db, "need")
        entries = db.exec(select(func.count()).select_from(search.SearchEntry)).one()
    assert (known.of("zarbi", whole=True), known.of("zarb"), known.of("zarbiz")) == (3, 6, 0)
    assert known.step == 1 and known.total <= entries
    assert known.weight(0) > known.weight(10) > known.weight(known.total) == 1


def test_a_frequent_word_is_looked_for_whole_and_a_rare_one_as_a_beginning(site: Site, monkeypatch: Any) -> None:
    monkeypatch.setattr(search, "COMMON", 2)
    publish(site, [("Zarbique", "rien de plus")] * 9, territory(site, QUIMPERLE))
    with site.reading() as db:
        known = search.frequencies(db, "need")
        assert search._term(known, "zarbiqu") == search.Term(9, "zarbiqu", False)
        assert search._term(known, "kiosqu") == search.Term(known.of("kios"), "kios", True)


@pytest.mark.parametrize("most", [0, 1, 2, 3])
def test_common_words_find_it_in_pairs_or_beside_a_rare_one(site: Site, monkeypatch: Any, most: int) -> None:
    monkeypatch.setattr(search, "MAX_FOUND", most)
    need_id = placed(site, QUIMPERLE)
    assert [n.id for n in near(site, f"{TITLE}\n{TEXT}")] == [need_id]
    assert near(site, "Zarbiquement kiosque") == []
