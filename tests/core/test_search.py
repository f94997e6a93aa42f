"""The same words are found on both engines: accents, plurals and beginnings do not matter."""

import pytest
from sqlmodel import select

from app.core import search
from app.core.search import SearchEntry, words
from tests.site import Site

DOCUMENTS = {1: "Une école bilingue à Plouguerneau", 2: "Des cars pour les écoliers", 3: "L’œuvre d’un port à sec"}


def _found(site: Site, query: str) -> set[int]:
    with site.reading() as db:
        condition = search.matching(db, "essai", query, SearchEntry.subject_id)
        if condition is None:
            return set()
        return set(db.exec(select(SearchEntry.subject_id).where(condition, SearchEntry.kind == "essai")))


@pytest.fixture
def indexed(site: Site) -> Site:
    with site.writing() as db:
        for number, text in DOCUMENTS.items():
            search.index(db, "essai", number, text)
    return site


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ecole", {1, 2}), ("ÉCOLES", {1, 2}), ("écol", {1, 2}), ("oeuvre", {3}), ("car", {2}), ("cars écolier", {2}),
        ("école port", set()), ("de la", set()), ("", set()), ("\"' OR *", set()), ("plouguerneau & ! (", {1}),
    ],
)  # fmt: skip
def test_a_query_finds_what_a_person_expects(indexed: Site, query: str, expected: set[int]) -> None:
    assert _found(indexed, query) == expected


def test_what_is_reindexed_or_forgotten_is_no_longer_found_by_its_old_words(indexed: Site) -> None:
    with indexed.writing() as db:
        search.index(db, "essai", 1, "Une crèche")
        search.forget(db, "essai", 2)
    assert _found(indexed, "école") == set()
    assert _found(indexed, "creche") == {1}
    assert _found(indexed, "cars") == set()


def test_small_words_do_not_count() -> None:
    assert words("Il faut des logements pour les jeunes") == ["faut", "logement", "jeun"]
