"""Where collèges agree and part: the rules at their limits, and the worked examples of the public page."""

from fractions import Fraction
from math import prod
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.threads.consensus import Agreement, Spread, Stand, agreement, spread, stance, unheard

COLLEGES = ("habitants", "associations", "entreprises", "jeunes", "institutions")
PAGE = Path("templates/texts/methode.fr.md").read_text("utf-8").replace("\u00a0", " ")

STANDS = st.builds(Stand, *[st.integers(0, 40)] * 3)
BOARDS = st.dictionaries(st.sampled_from(COLLEGES), STANDS)
COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 300))


def stands(**favourable: tuple[int, int]) -> dict[str, Stand]:
    """For each collège, so many favourable voices out of so many."""
    return {college: Stand(yes, 0, voices - yes) for college, (yes, voices) in favourable.items()}


# One voice


@pytest.mark.parametrize(
    ("positions", "expected"),
    [
        ((1, 0, 0), "for"), ((2, 3, 0), "for"), ((0, 0, 1), "against"), ((0, 2, 3), "against"),
        ((1, 0, 1), "mixed"), ((3, 1, 1), "mixed"), ((0, 1, 0), "mixed"), ((0, 4, 0), "mixed"),
    ],
)  # fmt: skip
def test_a_voice_stands_on_a_priority_as_on_its_fiches(positions: tuple[int, int, int], expected: str) -> None:
    assert stance(*positions) == expected


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_nuances_never_change_a_side(pour: int, mixed: int, contre: int) -> None:
    assert stance(pour, mixed, contre) == stance(pour, 0, contre)
    mirror = {"for": "against", "against": "for", "mixed": "mixed"}
    assert stance(contre, mixed, pour) == mirror[stance(pour, mixed, contre)]


# The spread


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        ((50, 100), (70, 100), "accord"),  # 20 points and 50 %, exactly
        ((499, 1000), (699, 1000), "convergence"),  # 20 points, and a hair under 50 %
        ((500, 1000), (701, 1000), "convergence"),  # a hair over 20 points
        ((50, 100), (75, 100), "convergence"),  # 25 points exactly
        ((0, 100), (25, 100), "convergence"),
        ((500, 1000), (751, 1000), "shared"),
        ((300, 1000), (699, 1000), "shared"),
        ((30, 100), (70, 100), "gap"),  # 40 points exactly
        ((0, 5), (5, 5), "gap"),
        ((5, 5), (5, 5), "accord"),
        ((0, 5), (0, 5), "convergence"),
    ],
)
def test_the_word_changes_exactly_at_its_limit(low: tuple[int, int], high: tuple[int, int], verdict: str) -> None:
    found = spread(stands(jeunes=high, entreprises=low))
    assert found and found.verdict == verdict


def test_the_word_rests_on_the_exact_shares_not_on_the_percents_shown() -> None:
    wide = spread(stands(jeunes=(598, 1000), entreprises=(395, 1000)))  # 20.3 points, shown 40 and 60
    assert wide and (wide.low, wide.high, wide.verdict) == (40, 60, "convergence")
    above = spread(stands(jeunes=(698, 1000), entreprises=(495, 1000)))  # 49.5 is shown 50, and is not the half
    assert above and (above.low, above.high, above.verdict) == (50, 70, "convergence")
    gap = spread(stands(jeunes=(694, 1000), entreprises=(295, 1000)))  # 39.9 points, shown 30 and 69
    assert gap and gap.verdict == "shared"


@given(BOARDS)
def test_a_spread_says_what_its_definition_says(board: dict[str, Stand]) -> None:
    rates = {
        college: Fraction(each.favourable, total)
        for college, each in board.items()
        if (total := each.favourable + each.mixed + each.against) >= 5
    }
    found = spread(board)
    if len(rates) < 2:
        assert found is None
        return
    assert found is not None
    width = 100 * (max(rates.values()) - min(rates.values()))
    if width <= 20 and all(rate >= Fraction(1, 2) for rate in rates.values()):
        expected = "accord"
    else:
        expected = "convergence" if width <= 25 else "gap" if width >= 40 else "shared"
    assert found.verdict == expected
    assert rates[found.lowest] == min(rates.values()) and rates[found.highest] == max(rates.values())
    assert found.lowest != found.highest
    assert [college for college, _percent in found.points] == list(rates)
    assert all(-Fraction(1, 2) <= 100 * rates[college] - shown < Fraction(1, 2) for college, shown in found.points)
    assert {found.lowest: found.low, found.highest: found.high}.items() <= dict(found.points).items()
    assert set(found.left_out) == set(board) - set(rates)


def test_a_small_college_is_left_out_and_named() -> None:
    board = stands(habitants=(6, 10), entreprises=(0, 4), jeunes=(5, 5), institutions=(0, 0))
    assert spread(board) == Spread(
        "gap", 60, 100, "habitants", "jeunes", (("habitants", 60), ("jeunes", 100)), ("entreprises", "institutions")
    )
    assert spread(stands(habitants=(6, 10), entreprises=(0, 4))) is None
    assert spread({}) is None


# The agreement


@given(BOARDS)
def test_an_agreement_is_the_nearest_percent_of_the_geometric_mean(board: dict[str, Stand]) -> None:
    parts = [Fraction(each.favourable + 1, each.voices + 2) for each in board.values() if each.voices >= 5]
    found = agreement(board)
    assert (found is None) == (not parts)
    if found:
        assert found.colleges == len(parts) and 0 <= found.percent <= 100
        product = prod(parts)
        below, above = Fraction(2 * found.percent - 1, 200), Fraction(2 * found.percent + 1, 200)
        assert max(below, Fraction(0)) ** len(parts) <= product < above ** len(parts)


@given(BOARDS, st.permutations(COLLEGES))
def test_the_names_and_the_order_of_colleges_do_not_matter(board: dict[str, Stand], names: list[str]) -> None:
    new = dict(zip(COLLEGES, names, strict=True))
    renamed = {new[college]: board[college] for college in reversed(board)}
    assert agreement(renamed) == agreement(board)
    before, after = spread(board), spread(renamed)
    assert (before and (before.verdict, before.low, before.high)) == (after and (after.verdict, after.low, after.high))


@given(BOARDS, st.sampled_from(COLLEGES))
def test_one_more_favourable_voice_never_lowers_the_agreement(board: dict[str, Stand], college: str) -> None:
    each = board.get(college, Stand(0, 0, 0))
    assume(each.voices >= 5)
    more = board | {college: Stand(each.favourable + 1, each.mixed, each.against)}
    before, after = agreement(board), agreement(more)
    assert before and after and after.percent >= before.percent


def test_an_agreement_is_rounded_half_up_without_a_float() -> None:
    assert agreement(stands(jeunes=(4, 198))) == Agreement(3, 1)  # 5/200: 2.5 exactly
    assert agreement(stands(jeunes=(24, 998))) == Agreement(3, 1)  # 25/1000
    assert agreement(stands(jeunes=(23, 998))) == Agreement(2, 1)  # 24/1000
    huge = stands(jeunes=(10**30, 10**30))  # near 1 by less than a float can say
    assert agreement(huge) == Agreement(100, 1)
    assert agreement(stands(jeunes=(4, 4))) is None
    assert agreement({}) is None


def test_a_reluctant_college_weighs_whatever_its_size() -> None:
    united = agreement(stands(habitants=(80, 100), entreprises=(8, 10)))
    apart = agreement(stands(habitants=(88, 100), entreprises=(0, 10)))
    assert united and apart and united.percent == 77 and apart.percent == 27


# Who has not been heard


@given(COUNTS, COUNTS)
def test_unheard_is_less_than_half_of_its_share(voices: dict[str, int], population: dict[str, int]) -> None:
    found = unheard(voices, population)
    assert found == sorted(found, key=lambda key: (-population[key], key))
    people, total = sum(population.values()), sum(voices.get(key, 0) for key in population)
    if not total:
        assert set(found) == set(population)
        return
    for key, inhabitants in population.items():
        mine = Fraction(voices.get(key, 0), total)
        assert (key in found) == (people > 0 and mine < Fraction(inhabitants, people) / 2)


def test_unheard_keys_are_those_of_the_reference_in_a_fixed_order() -> None:
    assert unheard({}, {"b": 10, "a": 10, "c": 90}) == ["c", "a", "b"]
    assert unheard({"elsewhere": 50, "a": 10}, {"a": 10, "b": 10}) == ["b"]
    assert unheard({"a": 3, "b": 1}, {"a": 2, "b": 2}) == []  # a quarter is the half of a half
    assert unheard({"a": 1}, {}) == []


# The worked examples of the public page

EXAMPLE = stands(habitants=(30, 40), jeunes=(8, 10), associations=(3, 6), entreprises=(2, 3))


def test_page_agreement() -> None:
    for words in (
        "30 voix favorables sur 40, donc 31 ÷ 42", "8 sur 10, donc 9 ÷ 12", "3 sur 6, donc 4 ÷ 8",
        "2 sur 3. Moins de cinq voix",
    ):  # fmt: skip
        assert words in PAGE
    product = Fraction(31, 42) * Fraction(9, 12) * Fraction(4, 8)
    assert f"Le produit vaut {product.numerator} ÷ {product.denominator}, environ 0,277" in PAGE
    assert Fraction(2765, 10000) <= product < Fraction(2775, 10000)
    assert "racine cubique, environ 0,652" in PAGE
    assert Fraction(6515, 10000) ** 3 <= product < Fraction(6525, 10000) ** 3
    found = agreement(EXAMPLE)
    assert found and f"**{found.percent} %, sur {found.colleges} collèges**" in PAGE
    assert round(Fraction(100 * (30 + 8 + 3), 40 + 10 + 6)) == 73 and "seraient à 73 %" in PAGE


@pytest.mark.parametrize(
    ("name", "verdict", "board"),
    [
        ("Accord large", "accord", stands(jeunes=(8, 10), entreprises=(6, 10))),
        ("Convergence", "convergence", stands(jeunes=(6, 10), entreprises=(4, 10))),
        ("Avis partagés", "shared", EXAMPLE),
        ("Écart entre collèges", "gap", stands(jeunes=(7, 10), entreprises=(3, 10))),
    ],
)
def test_page_four_words(name: str, verdict: str, board: dict[str, Stand]) -> None:
    found = spread(board)
    assert found and found.verdict == verdict
    line = next(line for line in PAGE.splitlines() if line.startswith(f"- **{name}**"))
    assert f"Exemple : de {found.low} à {found.high} %" in line


def test_page_positions() -> None:
    words = {"for": "favorable", "mixed": "nuancée", "against": "défavorable"}
    said = [
        ("Anna est pour une fiche et nuancée sur une autre", (1, 1, 0)),
        ("Bilal est pour une fiche et contre une autre", (1, 0, 1)),
        ("Chloé est contre une fiche", (0, 0, 1)),
        ("L’association Dour est nuancée sur une fiche", (0, 1, 0)),
    ]
    for sentence, positions in said:
        assert f"{sentence}, sa voix est {words[stance(*positions)]}." in PAGE


def test_page_unheard() -> None:
    population, voices = {"A": 6000, "B": 3000, "C": 1000}, {"A": 83, "B": 12, "C": 5}
    found = unheard(voices, population)
    for key in population:
        line = next(line for line in PAGE.splitlines() if line.startswith(f"- Commune {key}"))
        assert f"{population[key]:,} personnes".replace(",", " ") in line
        assert f"soit {population[key] // 100} %" in line and f"{voices[key]} voix" in line
        assert ("Elle est **nommée**" in line, "Elle n’est pas nommée" in line) == (key in found, key not in found)


def test_page_keeps_apart_what_may_be_one_person() -> None:
    assert "une voix en ligne peuvent être **la même personne**" in PAGE
    assert "ne sont jamais additionnés" in PAGE
