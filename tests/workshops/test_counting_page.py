"""What the public page says of a workshop's votes is what the code counts: its rules, and each number of its examples."""

from pathlib import Path

import pytest

from app.workshops.counting import Cast, check_dots, dots, hands, percent, supporters_of

PAGE = Path("templates/texts/methode.fr.md").read_text("utf-8").replace("\u00a0", " ")

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
    assert f"7 personnes choisissent la première option ({first} %) et 6 la deuxième ({second} %)" in PAGE


def test_page_support_in_workshops() -> None:
    room = [Cast("jeunes", {1: 2, 2: 1}), Cast("jeunes", {3: 3}), Cast("jeunes", {4: 3, 5: 3, 6: 1})]
    supporters, ballots = supporters_of({1, 2, 3}, room)["jeunes"]
    assert f"Soutien : {supporters} sur {ballots}, soit {percent(supporters, ballots)} %." in PAGE
    rooms = [[Cast("jeunes", {1: int(n < yes)}) for n in range(of)] for yes, of in ((12, 20), (3, 10))]
    supporters, ballots = supporters_of({1}, rooms[0] + rooms[1])["jeunes"]
    assert f"soit {supporters} sur {ballots}, donc **{percent(supporters, ballots)} %**" in PAGE
    rates = [percent(*supporters_of({1}, each)["jeunes"]) or 0 for each in rooms]
    assert f"La moyenne de {rates[0]} % et {rates[1]} % aurait donné {sum(rates) // 2} %." in PAGE


@pytest.mark.parametrize(
    "words",
    [
        "il ne décide pas",
        "Résultats masqués jusqu’à la clôture",
        "Ordre des options au hasard",
        "dans les 5 secondes qui suivent la clôture",
        "un bulletin vide compte parmi les bulletins",
        "d’au moins 40 points entre deux collèges de cinq bulletins",
    ],
)
def test_page_states_the_rules_of_a_vote(words: str) -> None:
    assert words in PAGE
