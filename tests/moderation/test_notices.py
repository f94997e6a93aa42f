"""What the machine notices in a text, and what masking leaves of it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.moderation import notices


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Écrivez à le.gall@exemple.fr.", "email", "le.gall@exemple.fr"),
        ("jean arobase exemple.fr", "email", "jean arobase exemple.fr"),
        ("jean (at) exemple.fr", "email", "jean (at) exemple.fr"),
        ("Au 06 12 34 56 78, le soir", "phone", "06 12 34 56 78"),
        ("au 0612345678", "phone", "0612345678"),
        ("au +33 (0)2 98 00 00 00.", "phone", "+33 (0)2 98 00 00 00"),
        ("au 02.98.00.00.00", "phone", "02.98.00.00.00"),
        ("au 06\u00a012\u00a034\u00a056\u00a078", "phone", "06\u00a012\u00a034\u00a056\u00a078"),
        ("Voir https://exemple.fr/a?b=1.", "link", "https://exemple.fr/a?b=1"),
        ("Voir www.exemple.com, vite", "link", "www.exemple.com"),
        ("voir exemple.bzh", "link", "exemple.bzh"),
        ("Quels ABRUTIS", "insult", "ABRUTIS"),
        ("espèce de dégenéré", "insult", "degenere" and "dégenéré"),
        ("C’est UNE HONTE TOTALE ici", "capitals", "UNE HONTE TOTALE"),
    ],
)
def test_what_stands_out_is_noticed_where_it_stands(text: str, kind: str, words: str) -> None:
    found = notices.find(text, ["abruti", "dégénéré"])
    assert [(notice.kind, notice.words) for notice in found] == [(kind, words)]
    assert text[found[0].start : found[0].end] == words


@pytest.mark.parametrize(
    "text",
    [
        "La RN 12 et la gare TER", "Le budget de 2026 est de 1 234 567 890 euros", "Il y a 12 34 élèves",
        "Rendez-vous à 14.30", "L’abrutissement n’est pas un mot de la liste", "Référence 0612345678901",
    ],
)  # fmt: skip
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert notices.find(text, ["abruti"]) == []


@given(st.text(max_size=300))
def test_stretches_put_together_again_are_the_text(text: str) -> None:
    found = notices.find(text, ["abruti", "aa"])
    assert "".join(stretch.words for stretch in notices.cut(text, found)) == text
    assert all(one.end <= two.start for one, two in pairwise(found))


def test_a_masked_passage_is_masked_wherever_it_stands_and_nowhere_else() -> None:
    text = "Jean dort. JEAN non. Jeannette, Jean ! Jean\nLe Gall"
    assert notices.masked(text, ["Jean"], 3000) == (
        "[passage masqué] dort. JEAN non. Jeannette, [passage masqué] ! [passage masqué]\nLe Gall"
    )
    assert notices.masked(text, ["Jean Le  Gall"], 3000).endswith("[passage masqué] ! [passage masqué]") is False
    assert "Le Gall" not in notices.masked(text, ["Jean Le  Gall"], 3000)


def test_the_longest_passage_is_masked_first() -> None:
    assert notices.masked("Jean Le Gall et Jean", ["Jean", "Jean Le Gall"], 3000) == (
        "[passage masqué] et [passage masqué]"
    )


@given(st.text(alphabet="ab (\n", max_size=120), st.lists(st.text(alphabet="ab (", max_size=8), max_size=3))
def test_masking_never_makes_a_text_too_long(text: str, passages: list[str]) -> None:
    assert len(notices.masked(text, passages, len(text))) <= len(text)


@pytest.mark.parametrize("passage", ["", " ", "ab", "absent", "boulang", ".*", "[a-z]+"])
def test_what_is_not_there_as_whole_words_cannot_be_masked(passage: str) -> None:
    assert not notices.holds("Le banc de la boulangerie", passage)


def test_a_passage_is_words_never_a_pattern() -> None:
    assert notices.holds("Cela coûte 3 € (TTC) ?", "3 € (TTC)")
    assert notices.masked("a.b a-b axb", ["a.b"], 3000) == "[passage masqué] a-b axb"
