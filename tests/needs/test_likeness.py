"""The likeness of two needs: its formula, and what it finds in a labelled set written by hand."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.search import words
from app.needs.likeness import CIVIC, NEAR, Said, counting, likeness, said
from app.needs.queries.neighbours import neighbours
from app.places.queries import reference
from tests.needs.wordings import publish
from tests.site import Site

SET = json.loads((Path(__file__).parent / "likeness_set.json").read_text("utf-8"))
KINDS = ("retyped", "paraphrased", "opposite", "unrelated")
SUGGESTED: dict[str, list[tuple[int, int]]] = {
    "La maternité de Carhaix": [(10, 63), (54, 50)],
    "Une piste cyclable vers la plage\nLes enfants longent la route avec leurs planches": [(5, 75)],
    "eclairage publique la nuit": [(34, 50), (4, 29)],
    "logement gare\nterrains et jardins": [(39, 80)],
}
SAME = said(words("Un banc devant la boulangerie"), words("Ma mère fait la queue debout."))


def pairs(kind: str) -> list[tuple[Sequence[str], Sequence[str]]]:
    return [(pair["a"], pair["b"]) for pair in SET if pair["kind"] == kind]


def of(written: Sequence[str]) -> Said:
    return said(words(written[0]), words(written[1]))


def test_the_set_is_large_enough_and_its_classes_are_even() -> None:
    assert len(SET) >= 40 and {pair["kind"] for pair in SET} == set(KINDS)
    assert all(len(pairs(kind)) >= 12 for kind in KINDS)


@pytest.mark.parametrize(
    ("kind", "near", "middle"),
    [("retyped", 16, 99), ("paraphrased", 0, 11), ("opposite", 11, 80), ("unrelated", 1, 31)],
)
def test_what_it_says_of_each_class(kind: str, near: int, middle: int) -> None:
    """The figures of docs/decisions/2026-11-22-near-duplicates.md: all that is retyped, no paraphrase, most opposites."""
    found = [likeness(of(a), of(b)) for a, b in pairs(kind)]
    assert sum(score >= NEAR for score in found) == near
    assert int(median(found)) == middle


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Des bancs pour les écoles", "banc ECOLE"),  # accents, plural, case
        ("Une médiathèque ouverte dimanche", "mediathqeue ouverte dimanche"),  # two letters swapped
        ("Il faut créer plus de toilettes au port", "On a besoin de toilettes au port"),  # civic words
        ("L’œuvre du peintre à Pont-Aven", "oeuvre d'un peintre, Pont Aven"),
    ],
)
def test_the_same_need_written_otherwise_is_near(one: str, other: str) -> None:
    assert likeness(said(words(one), []), said(words(other), [])) >= 80


def test_civic_words_alone_make_nothing_alike() -> None:
    one, other = (
        said(words(t), []) for t in ("Il faut plus de moyens pour créer", "Il faudrait créer plus de besoins")
    )
    assert likeness(one, other) == 0


def test_one_shared_word_is_not_enough() -> None:
    assert likeness(said(["docteur"], []), said(["docteur"], [])) < NEAR


def test_the_civic_words_are_stems_as_the_index_writes_them() -> None:
    kept = {"deux": "deu", "plus": "plu", "chaque": "chaqu", "semaine": "semain"}
    for plain, stemmed in kept.items():
        assert words(plain) == [stemmed] and stemmed in CIVIC
    assert not {"car", "ete", "parc", "plac"} & CIVIC


written = st.lists(st.sampled_from(["banc", "boulangeri", "ecol", "ligne", "trottoir", "boulangerie"]), max_size=12)


@given(written, written, written, written)
def test_it_is_symmetric_and_between_0_and_100(a: list[str], b: list[str], c: list[str], d: list[str]) -> None:
    one, other = said(a, b), said(c, d)
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 100


def test_the_same_words_are_100_and_their_order_does_not_matter() -> None:
    assert likeness(SAME, SAME) == 100
    assert likeness(SAME, Said(SAME.title[::-1], SAME.whole[::-1])) == 100


def test_nothing_said_is_like_nothing() -> None:
    empty = said([], [])
    assert likeness(empty, SAME) == likeness(empty, empty) == 0
    assert counting(["a", "besoin", "banc", "banc"]) == ("banc",)


def test_the_labelled_set_among_the_needs_of_the_demonstration(site: Site) -> None:
    """The whole way: each second wording is published among the others, each first one is typed."""
    with site.reading() as db:
        territory = reference(db).by_slug["quimperle-communaute"].territory_id
    ids = publish(site, [tuple(pair["b"]) for pair in SET], territory)
    found = dict.fromkeys(KINDS, 0)
    others = 0
    with site.reading() as db:
        for pair, need_id in zip(SET, ids, strict=True):
            near = neighbours(db, "\n".join(pair["a"]), territory_id=territory, limit=3)
            found[pair["kind"]] += any(n.id == need_id for n in near)
            same = {i for i, p in zip(ids, SET, strict=True) if p["a"] == pair["a"]}
            others += sum(n.id not in same for n in near)
    assert found == {"retyped": 16, "paraphrased": 0, "opposite": 11, "unrelated": 0}
    assert others <= 3


def test_both_engines_give_the_same_neighbours_in_the_same_order(site: Site) -> None:
    """Written here once, read on each engine: twenty suggestions, as moderators ask them."""
    with site.reading() as db:
        territory = reference(db).by_slug["quimperle-communaute"].territory_id
    ids = publish(site, [tuple(pair["b"]) for pair in SET], territory)
    order = {need_id: n for n, need_id in enumerate(ids)}
    with site.reading() as db:
        for typed, expected in SUGGESTED.items():
            near = neighbours(db, typed, territory_id=territory, limit=20, at_least=25)
            assert [(order[n.id], n.score) for n in near if n.id in order] == expected, typed
