"""Anyone can recount: the published files give the published result, and say nothing of who voted what."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workshops.counting import (
    ANSWERS,
    DEGREES,
    MENTIONS,
    PAPER,
    PHONE,
    Cast,
    Graded,
    Method,
    Result,
    UnreadableFileError,
    agreement,
    dots,
    from_json,
    hands,
    judgment,
    printed,
    published,
    read_ballots,
    recounted,
    shown_apart,
    to_json,
    write_ballots,
    write_pabulib,
    yes_no,
)

COLLEGES = ("habitants", "jeunes", "associations", "institutions")
TITLES = ("Navette", "=2+2", "Navette", "@Halle, « à Garlan »")
WORDS = {
    "mentions": dict(zip(MENTIONS, "ABCDEFG", strict=True)),
    "degrees": dict(zip(DEGREES, "ABCDEF", strict=True)),
    "answers": dict(zip(ANSWERS, ("Oui", "Je m’abstiens", "Non"), strict=True)),
}


@dataclass(frozen=True)
class Kind:
    """A kind of vote: its name in the file, its marks, its words, its rules, how it is counted."""

    name: str
    marks: tuple[int, ...]
    words: str
    rules: dict[str, object]
    count: Callable[..., Result | Graded]
    options: int = 4


KINDS = [
    Kind("gommettes", (1, 2, 3), "", {"gommettes": 12, "au_plus_par_choix": 3}, dots),
    Kind("choix_unique", (1,), "", {"choix_au_plus": 1}, hands),
    Kind("approbation", (1,), "", {"choix_au_plus": 4}, hands),
    Kind("oui_non", ANSWERS, "answers", {}, yes_no, options=1),
    Kind("jugement_majoritaire", MENTIONS, "mentions", {"sans_mention": "worst"}, judgment),
    Kind("jugement_majoritaire", MENTIONS, "mentions", {"sans_mention": "normalised"},
         lambda o, c, p: judgment(o, c, p, blank="normalised")),
    Kind("echelle_accord", DEGREES, "degrees", {"oppositions_au_plus_pourcent": 10},
         lambda o, c, p: agreement(o, c, p, limit=10), options=1),
]  # fmt: skip


def ballots(kind: Kind) -> st.SearchStrategy[list[Cast]]:
    marks = st.dictionaries(st.integers(1, kind.options), st.sampled_from(kind.marks))
    cast = st.builds(
        Cast,
        college=st.sampled_from(COLLEGES),
        marks=marks,
        late=st.booleans(),
        channel=st.sampled_from([PHONE, PAPER]),
    )
    return st.lists(cast, max_size=30)


def method_of(kind: Kind, room: list[Cast], present_by: dict[str, int]) -> Method:
    by = {c: sum(cast.college == c for cast in room) for c in COLLEGES}
    return Method(
        question="Par quoi commencer ?", kind=kind.name, options=TITLES[: kind.options], words=WORDS.get(kind.words, {}),
        rules=kind.rules, present=sum(present_by.values()),
        present_by={c: present_by[c] for c in shown_apart(by)}, late=sum(cast.late for cast in room),
        papers=sum(cast.channel == PAPER for cast in room),
    )  # fmt: skip


@given(st.data())
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.name}-{kind.rules}")
def test_the_two_files_alone_give_the_published_result(kind: Kind, data: st.DataObject) -> None:
    room = data.draw(ballots(kind))
    present_by = dict.fromkeys(COLLEGES, 30)
    counted = kind.count(range(1, kind.options + 1), room, present_by)
    method = method_of(kind, room, present_by)
    files = write_ballots(method, room, seed=4), json.dumps(to_json(method))
    read = from_json(json.loads(files[1]))
    again = recounted(read, read_ballots(read, files[0]))
    for name in ("ballots", "blanks", "late", "papers", "phones", "present", "apart"):
        assert getattr(again, name) == getattr(counted, name), name
    for line, other in zip(counted.lines, again.lines, strict=True):
        for name in set(vars(line)) - {name for name in vars(line) if name.endswith("_by")}:
            assert getattr(line, name) == getattr(other, name), name
        for name in (name for name in vars(line) if name.endswith("_by")):
            shown, found = getattr(line, name), getattr(other, name)
            assert {c: found[c] for c in counted.apart} == {c: shown[c] for c in counted.apart}, name
    if hasattr(counted, "met"):
        assert (again.met, again.over) == (counted.met, counted.over)  # type: ignore[union-attr]
    assert next(printed(read, again)) == method.question


@given(st.data())
@pytest.mark.parametrize("kind", KINDS[:1])
def test_the_order_of_the_rows_says_nothing_of_who_voted_when(kind: Kind, data: st.DataObject) -> None:
    room = data.draw(ballots(kind))
    shuffled = data.draw(st.permutations(room))
    method = method_of(kind, room, dict.fromkeys(COLLEGES, 30))
    assert write_ballots(method, room, seed=7) == write_ballots(method, shuffled, seed=7)


def test_the_rows_are_not_in_the_order_of_what_they_say() -> None:
    room = [Cast("jeunes", {1: n % 4 or 1}) for n in range(40)]
    rows = list(
        csv.reader(
            io.StringIO(
                write_ballots(method_of(KINDS[0], room, {"jeunes": 40, **dict.fromkeys(COLLEGES, 40)}), room, seed=1)
            )
        )
    )
    assert rows[1:] != sorted(rows[1:])
    assert sorted(rows[1:]) == sorted(["jeunes", "téléphone", str(n % 4 or 1), "", "", ""] for n in range(40))


def test_a_small_college_leaves_no_trace_in_the_ballots() -> None:
    room = [Cast("jeunes", {1: 1})] * 9 + [Cast("institutions", {1: 2})] * 4 + [Cast("habitants", {1: 1})] * 20
    assert {cast.college for cast in published(room)} == {
        "",
        "habitants",
    }  # jeunes too: else 4 are found by subtraction
    method = method_of(KINDS[0], room, dict.fromkeys(COLLEGES, 30))
    assert list(method.present_by) == ["habitants"]
    again = recounted(method, read_ballots(method, write_ballots(method, room, seed=1)))
    assert again.apart == ["habitants"] and again.ballots_by[""] == 13


def test_no_heading_is_a_formula_nor_twice_the_same() -> None:
    method = method_of(KINDS[0], [], dict.fromkeys(COLLEGES, 0))
    assert method.headings == ["Navette", "'=2+2", "Navette (3)", "'@Halle, « à Garlan »"]
    assert [field["name"] for field in to_json(method)["schema"]["fields"]] == ["collège", "canal", *method.headings]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("collège,", "college,", "colonnes"),
        ("téléphone", "courrier", "ligne 2"),
        ("téléphone,2", "téléphone,beaucoup", "ligne 2"),
        ("téléphone,2", "téléphone,-2", "règles"),
        ("téléphone,2", "téléphone", "ligne 2"),
    ],
)
def test_a_file_that_was_changed_is_refused(old: str, new: str, said: str) -> None:
    room = [Cast("jeunes", {1: 2})]
    method = method_of(KINDS[0], room, dict.fromkeys(COLLEGES, 9))
    text = write_ballots(method, room, seed=1)
    assert old in text
    with pytest.raises(UnreadableFileError, match=said):
        recounted(method, read_ballots(method, text.replace(old, new)))


@pytest.mark.parametrize("read", [None, [], {}, {"format": "autre"}, {"format": "emglev-vote-1", "question": "?"}])
def test_another_file_is_not_a_method(read: object) -> None:
    with pytest.raises(UnreadableFileError, match="méthode"):
        from_json(read)


def test_an_unknown_method_is_said() -> None:
    method = replace(method_of(KINDS[0], [], dict.fromkeys(COLLEGES, 9)), kind="tirage_au_sort")
    with pytest.raises(UnreadableFileError, match="tirage_au_sort"):
        recounted(method, [])


def test_dots_and_approvals_are_written_for_pabulib() -> None:
    room = [Cast("jeunes", {1: 3, 3: 1})] * 5 + [Cast("jeunes", {})] + [Cast("habitants", {3: 2}, channel=PAPER)] * 5
    method = method_of(KINDS[0], room, dict.fromkeys(COLLEGES, 9))
    written = write_pabulib(method, room, seed=1, day="14.03.2027", place="Morlaix Communauté")
    meta, _head, rest = written.partition("PROJECTS\n")
    projects, _head, votes = rest.partition("VOTES\n")
    assert meta.startswith("META\nkey;value\n")
    assert "vote_type;cumulative\n" in meta and "num_votes;10\n" in meta and "max_sum_points;12\n" in meta
    assert projects.splitlines()[:2] == ["project_id;cost;votes;score;name", "1;1;5;15;Navette"]
    assert votes.splitlines()[0] == "voter_id;vote;points;voting_method"
    told = sorted(line.split(";", 1)[1] for line in votes.splitlines()[1:])
    assert told == ["1,3;3,1;internet"] * 5 + ["3;2;paper"] * 5
    approvals = write_pabulib(
        method_of(KINDS[2], [], dict.fromkeys(COLLEGES, 9)), [], seed=1, day="1.1.2027", place="X"
    )
    assert "vote_type;approval\n" in approvals and "voter_id;vote;voting_method\n" in approvals
    with pytest.raises(ValueError, match="Pabulib"):
        write_pabulib(method_of(KINDS[4], [], dict.fromkeys(COLLEGES, 9)), [], seed=1, day="1.1.2027", place="X")


# The keys of the format in its own order (pabulib.org/format), as far as a vote of a room has them.
META = ["description", "country", "unit", "instance", "num_projects", "num_votes", "budget", "vote_type", "rule",
        "date_begin", "date_end", "min_length", "max_length", "max_points", "max_sum_points", "language"]  # fmt: skip
NEEDED = set(META) - {"min_length", "max_length", "max_points", "max_sum_points", "language"}
TYPES, RULES = (
    {"approval", "cumulative", "ordinal", "scoring"},
    {"greedy", "equalshares", "equalshares/add1", "unknown"},
)


def sections(written: str) -> tuple[dict[str, str], list[dict[str, str]], list[dict[str, str]]]:
    """The three tables of a .pb file, read as anyone would."""
    parts: dict[str, list[list[str]]] = {}
    for row in csv.reader(io.StringIO(written), delimiter=";"):
        if row in (["META"], ["PROJECTS"], ["VOTES"]):
            parts[row[0]] = here = []
        else:
            here.append(row)
    tables = {name: [dict(zip(head, row, strict=True)) for row in rows] for name, (head, *rows) in parts.items()}
    assert list(tables) == ["META", "PROJECTS", "VOTES"]
    return {row["key"]: row["value"] for row in tables["META"]}, tables["PROJECTS"], tables["VOTES"]


@given(st.data())
@pytest.mark.parametrize("kind", KINDS[:3], ids=lambda kind: kind.name)
def test_a_pabulib_file_is_what_the_format_describes(kind: Kind, data: st.DataObject) -> None:
    room = data.draw(ballots(kind))
    method = method_of(kind, room, dict.fromkeys(COLLEGES, 30))
    written = write_pabulib(method, room, seed=3, day="14.03.2027", place="Pays ; « Morlaix »")
    meta, projects, votes = sections(written)
    assert list(meta) == [key for key in META if key in meta] and meta.keys() >= NEEDED and all(meta.values())
    assert meta["vote_type"] in TYPES and meta["rule"] in RULES and meta["unit"] == "Pays ; « Morlaix »"
    assert (int(meta["num_projects"]), int(meta["num_votes"])) == (len(projects), len(votes))
    cumulative = meta["vote_type"] == "cumulative"
    assert list(projects[0]) == ["project_id", "cost", "votes", *(["score"] if cumulative else []), "name"]
    given_to = Counter[str]()
    for vote in votes:
        chosen = vote["vote"].split(",")
        dots_of = [int(n) for n in vote["points"].split(",")] if cumulative else [1] * len(chosen)
        assert len(chosen) == len(set(chosen)) == len(dots_of) and dots_of == sorted(dots_of, reverse=True)
        given_to.update(dict(zip(chosen, dots_of, strict=True)))
        assert vote.get("voting_method", "internet") in ("internet", "paper"), "the format has no other word"
    assert {one["project_id"]: int(one.get("score", one["votes"])) for one in projects} == {
        one["project_id"]: given_to[one["project_id"]] for one in projects
    }


def test_where_a_way_of_voting_would_show_whose_ballot_it_is_pabulib_says_none() -> None:
    room = [Cast("jeunes", {1: 1})] * 9 + [Cast("jeunes", {2: 1}, channel=PAPER)]
    method = method_of(KINDS[0], room, dict.fromkeys(COLLEGES, 30))
    _meta, _projects, votes = sections(write_pabulib(method, room, seed=3, day="14.03.2027", place="X"))
    assert len(votes) == 10 and all(list(vote) == ["voter_id", "vote", "points"] for vote in votes)
