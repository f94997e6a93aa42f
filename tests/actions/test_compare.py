"""Two texts, word by word: nothing is lost on either side, whatever they are."""

import random
from itertools import pairwise

import pytest

from app.actions.compare import ADDED, REMOVED, SAME, differences, lines, words

PAIRS = [
    ("", ""), ("", "Un mot"), ("Un mot", ""), ("Un mot", "Un mot"), ("a b c", "a x c"), ("  x", "x  "),
    ("Deux retours par soir,\n\ndu lundi au vendredi.", "Trois retours par soir,\n\ndu lundi au samedi."),
    ("🚲 vélo", "🚲 vélos"), ("\u202eabc", "abc"), ("a a a a a", "a a a"), ("a " * 2000, "b " * 2000),
]  # fmt: skip


def _sides(runs: list[tuple[str, str]]) -> tuple[str, str]:
    before = "".join(text for kind, text in runs if kind in (SAME, REMOVED))
    after = "".join(text for kind, text in runs if kind in (SAME, ADDED))
    return before, after


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_both_texts_are_found_again_in_their_differences(before: str, after: str) -> None:
    assert _sides(words(before, after)) == (before, after)


def test_both_texts_are_found_again_whatever_the_words() -> None:
    chance = random.Random(12)
    vocabulary = "le car du soir, part à 18 h 10.\n\n vers Morlaix".split(" ")
    for _round in range(300):
        before, after = (" ".join(chance.choices(vocabulary, k=chance.randrange(40))) for _side in range(2))
        runs = words(before, after)
        assert _sides(runs) == (before, after)
        assert all(first[0] != second[0] for first, second in pairwise(runs))


def test_a_changed_word_is_the_only_change() -> None:
    assert words("Deux retours par soir", "Trois retours par soir") == [
        (REMOVED, "Deux "), (ADDED, "Trois "), (SAME, "retours par soir"),
    ]  # fmt: skip


def test_a_table_is_compared_by_whole_rows() -> None:
    one, two, three = ({"funder": name, "amount": n} for name, n in (("A", 1), ("B", 2), ("B", 3)))
    assert lines([one, two], [one, three]) == [(SAME, one), (REMOVED, two), (ADDED, three)]


def test_only_the_fields_that_changed_are_told_in_the_order_asked() -> None:
    before = {"title": "Navette", "sought": False, "rows": [{"n": 1}], "same": "x", "absent": ""}
    after = {"title": "Navette du soir", "sought": True, "rows": [], "same": "x"}
    changes = differences(before, after, ["sought", "rows", "same", "absent", "title"])
    assert [c.name for c in changes] == ["sought", "rows", "title"]
    assert changes[0].runs == [(REMOVED, "non"), (ADDED, "oui")] and changes[1].lines == [(REMOVED, {"n": 1})]
