"""The published ballots do not say whose they are: neither by how they came, nor by their order; nor do odd files break."""

import json
from collections import Counter
from random import Random
from typing import Any

import pytest

from app.workshops.counting import (
    PAPER,
    PHONE,
    Cast,
    Method,
    UnreadableFileError,
    from_json,
    published,
    read_ballots,
    recounted,
    to_json,
    write_ballots,
    write_pabulib,
)

RULES = {"gommettes": 7, "au_plus_par_choix": 3}
NONE: dict[int, str] = {}


def _method(papers: int = 0, options: tuple[str, ...] = ("Car", "Halle")) -> Method:
    return Method("Quoi ?", "gommettes", options, NONE, RULES, present=40, present_by={}, late=0, papers=papers)


def _rows(text: str, separator: str = ",") -> list[list[str]]:
    return [line.split(separator) for line in text.splitlines()]


def test_the_one_person_who_wrote_on_paper_is_not_shown() -> None:
    room = [Cast("jeunes", {1: 1})] * 20 + [Cast("jeunes", {2: 3}, channel=PAPER)] + [Cast("habitants", {1: 2})] * 9
    method = _method(papers=1)
    text = write_ballots(method, room, seed=3)
    assert Counter(row[1] for row in _rows(text)[1:] if row[0] == "jeunes") == {"": 21}
    assert Counter(row[1] for row in _rows(text)[1:] if row[0] == "habitants") == {"téléphone": 9}
    pabulib = write_pabulib(method, room, seed=3, day="1.1.2027", place="X").partition("VOTES\n")[2]
    assert "paper" not in pabulib
    again = recounted(from_json(json.loads(json.dumps(to_json(method)))), read_ballots(method, text))
    assert (again.ballots, again.papers, again.phones) == (30, 1, 29)


@pytest.mark.parametrize(
    ("phones", "papers", "told"),
    [(5, 5, {"téléphone": 5, "bulletin": 5}), (9, 4, {"": 13}), (4, 9, {"": 13}), (13, 0, {"téléphone": 13})],
)
def test_a_channel_is_said_from_five_ballots_on(phones: int, papers: int, told: dict[str, int]) -> None:
    room = [Cast("jeunes", {1: 1}, channel=PHONE)] * phones + [Cast("jeunes", {1: 1}, channel=PAPER)] * papers
    assert Counter(row[1] for row in _rows(write_ballots(_method(), room, seed=1))[1:]) == told


def test_whoever_undoes_the_shuffle_of_pabulib_learns_no_college() -> None:
    room = [Cast("associations", {1: 3})] * 3 + [Cast("habitants", {1: 1})] * 20 + [Cast("institutions", {2: 3})] * 3
    seed = 12
    text = write_pabulib(_method(), room, seed, day="1.1.2027", place="X").partition("VOTES\n")[2]
    votes = [row[1:3] for row in _rows(text, ";")[1:]]
    places = list(range(len(votes)))
    Random(seed).shuffle(places)
    undone = [vote for _place, vote in sorted(zip(places, votes, strict=True))]
    as_published = sorted(published(room), key=lambda cast: (cast.college, cast.channel, sorted(cast.marks.items())))
    assert undone == [[str(option), str(mark)] for cast in as_published for option, mark in cast.marks.items()]


def test_no_heading_is_twice_the_same_whatever_the_titles() -> None:
    titles = ("A", "A", "A (2)", "canal", "=1", "'=1", "A (2) (3)")
    assert len(set(_method(options=titles).headings)) == len(titles)


ODD: list[dict[str, Any]] = [
    {"presents": "x"}, {"presents": float("inf")}, {"presents_par_college": {"jeunes": "x"}}, {"regles": 3},
    {"presents_par_college": [1]}, {"mentions": [{"valeur": "x", "mot": 1}]}, {"options": [1]}, {"papiers": None},
    {"tardifs": {}},
]  # fmt: skip


@pytest.mark.parametrize("change", ODD, ids=str)
def test_a_method_that_was_tampered_with_is_said_in_words(change: dict[str, Any]) -> None:
    with pytest.raises(UnreadableFileError, match="méthode"):
        from_json(to_json(_method()) | change)


@pytest.mark.parametrize("rules", [{}, {"sans_mention": []}, {"sans_mention": "?"}], ids=str)
def test_rules_that_are_not_there_are_said_in_words(rules: dict[str, Any]) -> None:
    method = Method("?", "jugement_majoritaire", ("A",), {7: "Excellent", 1: "À rejeter"}, rules, 9, {}, 0, 0)
    with pytest.raises(UnreadableFileError):
        recounted(method, [Cast("jeunes", {1: 7})])


@pytest.mark.parametrize("text", ["\x00", "a" * 200_000, '"' * 3, "collège,canal,Car,Halle\nx,téléphone,1\x00,"])
def test_what_is_no_table_is_said_in_words(text: str) -> None:
    with pytest.raises(UnreadableFileError):
        read_ballots(_method(), text)
