"""What the public page says of a workshop's votes is what the code counts: its rules, and each number of its examples."""

from pathlib import Path

import pytest

from app.workshops.counting import (
    GOOD,
    Cast,
    agreement,
    check_dots,
    dots,
    hands,
    judgment,
    percent,
    shown_apart,
    supporters_of,
    yes_no,
)
from app.workshops.states import GRADES
from tests.site import Site
from tests.workshops.acts import soup

PAGE = Path("templates/texts/methode-ateliers.fr.md").read_text("utf-8").replace("\u00a0", " ")

NAVETTE, LOCAL, PISTE = 1, 2, 3


def test_page_gommettes() -> None:
    room = [
        Cast("habitants", {NAVETTE: 3, LOCAL: 3, PISTE: 1}), Cast("habitants", {NAVETTE: 2, LOCAL: 1, PISTE: 3}),
        Cast("habitants", {NAVETTE: 3}), Cast("jeunes", {LOCAL: 3, PISTE: 2}), Cast("jeunes", {LOCAL: 1}),
        Cast("associations", {}),
    ]  # fmt: skip
    assert all(check_dots(cast.marks, (1, 2, 3), total=7, cap=3) is None for cast in room)
    result = dots((NAVETTE, LOCAL, PISTE), room, {"habitants": 4, "jeunes": 2, "associations": 2})
    names = {NAVETTE: "Navette", LOCAL: "Local", PISTE: "Piste"}
    rank = {(1, True): "1er ex æquo", (3, False): "3e"}
    written = [
        f"- **{names[line.option]}** : {rank[line.rank, line.tied]}, {line.points} points, {line.supporters} soutiens. "
        f"Habitantes et habitants {line.points_by['habitants']} points, jeunes {line.points_by['jeunes']}."
        for line in result.lines
    ]
    assert "\n".join(written) in PAGE
    assert f"{result.ballots} sur {result.present} personnes présentes, dont {result.blanks} blanc." in PAGE
    assert "reçoit 7 gommettes et peut en poser 3 au plus" in PAGE


def test_page_show_of_hands() -> None:
    room = [Cast("habitants", {n: 1}) for n, times in ((1, 9), (2, 4), (3, 2)) for _one in range(times)]
    result = hands((1, 2, 3), [*room, Cast("habitants", {})], {"habitants": 20})
    assert (result.present, result.ballots, result.blanks) == (20, 16, 1)
    shares = [(percent(line.points, result.ballots), percent(line.points, result.present)) for line in result.lines]
    (yes, yes_present), (no, no_present), _abstain = shares
    assert "20 personnes présentes, 16 bulletins, soit 9 oui, 4 non, 2 abstentions et 1 blanc" in PAGE
    assert f"Le oui fait **{yes} %** des bulletins et **{yes_present} %** des personnes présentes" in PAGE
    assert f"le non, {no} % et {no_present} %." in PAGE
    several = [Cast("jeunes", {1: int(n < 7), 2: int(n > 3)}) for n in range(10)]
    first, second = (percent(line.points, 10) for line in hands((1, 2), several, {}).lines)
    assert f"7 personnes retiennent le premier ({first} %) et 6 le deuxième ({second} %)" in PAGE


def test_page_yes_no_gives_the_same_shares() -> None:
    room = [Cast("habitants", {1: mark}) for mark, times in ((3, 9), (1, 4), (2, 2)) for _one in range(times)]
    shares = yes_no([1], [*room, Cast("habitants", {})], {"habitants": 20}).shares
    (yes, yes_present), (no, no_present) = shares[3], shares[1]
    assert f"Le oui fait **{yes} %** des bulletins et **{yes_present} %** des personnes présentes" in PAGE
    assert f"le non, {no} % et {no_present} %." in PAGE


def test_page_majority_judgment() -> None:
    words = {str(word): mark for mark, word in GRADES["judgment"].items()}
    written = {
        NAVETTE: "À rejeter, Passable, Bien, Bien, Très bien, Très bien",
        LOCAL: "sans mention, Insuffisant, Bien, Bien, Excellent, Excellent",
        PISTE: "À rejeter, À rejeter, Insuffisant, Excellent, Excellent, Excellent",
    }
    names = {NAVETTE: "Navette", LOCAL: "Local", PISTE: "Piste"}
    for option, marks in written.items():
        assert f"- **{names[option]}** : {marks}." in PAGE
    columns = {option: [words.get(word) for word in marks.split(", ")] for option, marks in written.items()}
    room = [Cast("jeunes", {o: mark for o, marks in columns.items() if (mark := marks[n])}) for n in range(6)]
    result = judgment((PISTE, LOCAL, NAVETTE), room, {"jeunes": 6})
    mentions = GRADES["judgment"]
    lines = [
        f"- **{names[line.option]}** : {'1er' if line.rank == 1 else f'{line.rank}e'}, mention "
        f"{mentions[line.mention or 0]}, {line.supporters} bulletins sur {result.ballots} à {mentions[GOOD]} ou mieux."
        for line in result.lines
    ]
    assert "\n".join(lines) in PAGE
    assert ", ".join(mentions.values()).replace(", À rejeter", " ou À rejeter") in PAGE
    first, second, _third = judgment((PISTE, LOCAL, NAVETTE), room, {}, blank="normalised").lines
    assert (first.option, second.option) == (LOCAL, NAVETTE)
    assert "ramenés comme les autres à 30 : **Local** serait 1er et **Navette** 2e" in PAGE


def test_page_gradient_of_agreement() -> None:
    assert ", ".join(GRADES["agreement"].values()).replace(", Opposition", " ou Opposition") in PAGE
    degrees = {"habitants": {6: 10, 5: 6, 4: 3, 1: 1}, "jeunes": {6: 2, 5: 3, 4: 3, 1: 2}}
    room = [Cast(c, {1: mark}) for c, given in degrees.items() for mark, n in given.items() for _one in range(n)]
    result = agreement([1], room, {}, limit=10)
    given = dict(zip(GRADES["agreement"].values(), result.lines[0].tally, strict=True))
    parts = [f"{n} « {word} »" for word, n in given.items() if n]
    assert f"On compte {', '.join(parts[:-1])} et {parts[-1]}, dont 2 de jeunes." in PAGE
    assert f"{result.ballots} bulletins, dont {result.ballots_by['habitants']} dans le collège habitantes" in PAGE
    assert [part.college for part in result.over] == ["jeunes"] and result.met is False
    assert f"3 sur 30 font **{percent(3, 30)} %**" in PAGE and f"2 sur 10 font **{result.over[0].percent} %**" in PAGE


def test_page_small_colleges() -> None:
    assert shown_apart({"habitants": 20, "jeunes": 9, "institutions": 4}) == ["habitants"]
    assert "habitantes et habitants 20 bulletins, jeunes 9, institutions 4" in PAGE


def test_page_support_in_workshops() -> None:
    room = [Cast("jeunes", {1: 2, 2: 1}), Cast("jeunes", {3: 3}), Cast("jeunes", {4: 3, 5: 3, 6: 1})]
    supporters, ballots = supporters_of({1, 2, 3}, room)["jeunes"]
    assert f"Soutien : {supporters} sur {ballots}, soit {percent(supporters, ballots)} %." in PAGE
    rooms = [[Cast("jeunes", {1: int(n < yes)}) for n in range(of)] for yes, of in ((12, 20), (3, 10))]
    supporters, ballots = supporters_of({1}, rooms[0] + rooms[1])["jeunes"]
    assert f"soit {supporters} sur {ballots}, donc **{percent(supporters, ballots)} %**" in PAGE
    rates = [percent(*supporters_of({1}, each)["jeunes"]) or 0 for each in rooms]
    assert f"La moyenne de {rates[0]} % et {rates[1]} % aurait donné {sum(rates) // 2} %." in PAGE


def test_the_page_holds_the_votes_of_workshops_where_they_belong(site: Site) -> None:
    titles = [found.get_text() for found in soup(site.visitor().get("/methode")).select(".prose h2")]
    assert [title.split(".")[0] for title in titles] == [str(n) for n in range(1, len(titles) + 1)]
    assert "11. Recompter" in titles and titles[-1].endswith("jamais une note")


@pytest.mark.parametrize(
    "words",
    [
        "il ne décide pas",
        "Résultats masqués jusqu’à la clôture",
        "Ordre des choix au hasard",
        "dans les 5 secondes qui suivent la clôture",
        "un bulletin vide compte parmi les bulletins",
        "d’au moins 40 points entre deux collèges montrés à part",
    ],
)
def test_page_states_the_rules_of_a_vote(words: str) -> None:
    assert words in PAGE
