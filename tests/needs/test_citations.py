"""Each sentence of a summary cites needs of its group: what a sentence is, what a citation is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.needs.citations import about, backed, parts, sentences

KNOWN = {"ML-4K7P", "ML-9Q2T"}


@pytest.mark.parametrize(
    ("summary", "cited"),
    [
        ("Un car le soir [ML-4K7P]. Un autre le samedi [ML-9Q2T].", [["ML-4K7P"], ["ML-9Q2T"]]),
        ("Un car le soir. [ML-4K7P] Un autre le samedi. [ml-9q2t]", [["ML-4K7P"], ["ML-9Q2T"]]),
        ("Un car le soir ML-4K7P, ML-9Q2T", [["ML-4K7P", "ML-9Q2T"]]),
        ("Rien. 30 personnes le disent [ML-4K7P].", [[], ["ML-4K7P"]]),
        ("M. le maire, av. du Port, à 8 h. 30 personnes [ML-4K7P].", [["ML-4K7P"]]),
        ("- un car [ML-4K7P]\n- un train", [["ML-4K7P"], []]),
        ("« Rien ! » dit ML-4K7P. Pourquoi ? Parce que [ML-9Q2T]…", [["ML-4K7P"], [], ["ML-9Q2T"]]),
        ("Il est parti… puis revenu [ML-4K7P].", [["ML-4K7P"]]),
        ("Le non-dits et ml-4k7p sans crochets.", [[]]),
        ("", []),
        (" \n\n ", []),
        ("[ML-4K7P]", [["ML-4K7P"]]),
    ],
)
def test_sentences_and_their_citations(summary: str, cited: list[list[str]]) -> None:
    assert [list(sentence.cited) for sentence in sentences(summary, KNOWN)] == cited


def test_a_bracketed_reference_of_elsewhere_is_named_and_a_word_in_capitals_is_not() -> None:
    (sentence,) = sentences("La ZA-NORD manque de cars [XX-1234] [ML-4K7P].", KNOWN)
    assert sentence.foreign == ("XX-1234",) and sentence.cited == ("ML-4K7P",)


def test_only_what_a_need_of_the_group_backs_is_shown_and_only_its_citations_are_links() -> None:
    summary = "Un car [ML-4K7P] et un train [ML-9Q2T]. Un bateau [ML-9Q2T]."
    (kept,) = backed(summary, {"ML-4K7P"})
    assert [part.reference for part in parts(kept)] == [None, "ML-4K7P", None]
    assert "".join(part.text for part in parts(kept)) == "Un car ML-4K7P et un train [ML-9Q2T]."


def test_what_is_said_of_one_need() -> None:
    summary = "Un car [ML-4K7P]. Un train [ML-9Q2T]."
    assert about(summary, "ML-9Q2T") == ("Un train [ML-9Q2T].",)
    assert about(summary, "ML-0000") == ()


@given(st.text(alphabet=" .!?…\n[]ML-4K7PaBé«»9,;", max_size=200))
def test_no_word_is_lost(summary: str) -> None:
    kept = "".join(sentence.text for sentence in sentences(summary, KNOWN))
    assert "".join(kept.split()) == "".join(summary.split())
