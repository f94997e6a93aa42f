"""What a reader sees first of a report: each vote in one line; the figures are unfolded where one asks, none is lost."""

import re

import pytest

from app.workshops.counting import Cast, agreement, dots, hands, judgment, yes_no
from app.workshops.models import Step
from app.workshops.queries.options import OptionView
from app.workshops.queries.report import in_brief
from app.workshops.queries.results import Counted
from tests.site import Site
from tests.workshops import walls
from tests.workshops.acts import room, soup
from tests.workshops.closed_rooms import base
from tests.workshops.votes import PUBLISHED, mixed, voted

VIEWS = [OptionView(n, title, "", "") for n, title in ((1, "Navette"), (2, "Local"), (3, "Piste"), (4, "Halle"))]
CHOICES = [view.id for view in VIEWS]


def given(*marks: dict[int, int]) -> list[Cast]:
    """One ballot of the same collège for each of these."""
    return [Cast("habitants", mark) for mark in marks]


def brief(step: Step, result: Counted) -> str:
    step.id = 1
    return in_brief([(step, result, VIEWS)])[1].words.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ([{1: 3, 2: 1}, {2: 1}], "En tête : « Navette » (1 personne sur 2), 3 gommettes."),
        ([{1: 1}, {}], "En tête : « Navette » (1 personne sur 2), 1 gommette."),
        (
            [{1: 3, 2: 3}],
            "En tête, à égalité : « Navette » (1 personne sur 1), « Local » (1 personne sur 1), 3 gommettes chacun.",
        ),
        ([{1: 1, 2: 1, 3: 1, 4: 1}], "En tête, à égalité : 4 choix, 1 gommette chacun."),
        ([{}], "Aucune gommette n’a été posée."),
        ([], "Aucun bulletin n’a été envoyé."),
    ],
)
def test_gommettes_in_one_line(marks: list[dict[int, int]], said: str) -> None:
    assert brief(Step(workshop_id=1, kind="dots", title="?"), dots(CHOICES, given(*marks), {})) == said


def test_hands_a_judgment_and_an_agreement_in_one_line() -> None:
    step = Step(workshop_id=1, kind="hands", hands="approval", title="?")
    assert brief(step, hands(CHOICES, given({1: 1, 2: 1}, {2: 1}), {})) == "En tête : « Local », 2 personnes sur 2."
    assert brief(step, hands(CHOICES, given({}), {})) == "Personne n’a choisi de réponse."
    step = Step(workshop_id=1, kind="judgment", title="?")
    judged = judgment(CHOICES[:2], given({1: 7, 2: 5}, {1: 6, 2: 2}, {1: 6, 2: 2}), {})
    assert brief(step, judged) == "En tête : « Navette », mention Très bien."
    step = Step(workshop_id=1, kind="hands", hands="yes_no", title="?")
    assert brief(step, yes_no([1], given({1: 3}, {1: 1}, {}), {})) == "Oui 1, Non 1, sans réponse 1."
    step = Step(workshop_id=1, kind="agreement", title="?")
    agreed = agreement([1], given({1: 6}, {1: 1}), {}, limit=10)
    assert brief(step, agreed).startswith("Plein accord 1, Opposition 1. La règle n’est pas respectée.")
    assert brief(step, agreement([1], given({1: 6}), {})) == "Plein accord 1."


@pytest.mark.parametrize("path", ["", "/compte-rendu"])
def test_votes_come_first_in_a_line_that_leads_to_all_their_figures(site: Site, path: str) -> None:
    one = voted(site, mixed(), kind="judgment", room=PUBLISHED)
    page = soup(site.visitor().get(f"/ateliers/{one.workshop_id}{path}"))
    heads = [head.text for head in page.select("main h2")]
    assert heads.index("Les votes en bref") < heads.index("Déroulé et résultats")
    line = page.select_one(f'[aria-labelledby=votes-en-bref] li:has(a[href="#etape-{one.id}"])')
    assert line and "En tête : « Maison de santé », mention Très bien." in line.text.replace("\u00a0", " ")
    fold = page.select_one(f"#etape-{one.id} > details")
    assert fold and not fold.has_attr("open") and fold.select_one("summary h3")
    words = re.sub(r"\s+", " ", fold.get_text(" ")).replace("\u00a0", " ")
    assert "33 bulletins sur" in words and "Mentions reçues" in words and "methode.json" in str(fold)


def test_before_a_room_is_over_its_run_sheet_is_not_folded(site: Site) -> None:
    one = voted(site, mixed(), kind="judgment", status="waiting", room={})
    page = soup(site.visitor().get(base(room(site))))
    step = page.select_one(f"#etape-{one.id}")
    assert step and not step.select("summary h3") and step.select_one("h3")


def test_the_decision_that_can_be_taken_back_is_named(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop)
    phone = walls.seated(site, workshop)
    for text in ("Un car le soir", "Une halle", "Un nom propre"):
        walls.write(phone, workshop, step, text)
    first, second, third = walls.cards(site, step)

    def offered(*cards: object) -> str:
        fait = "-".join(str(card.id) for card in cards)  # type: ignore[attr-defined]
        page = soup(amina.get(f"{base(workshop)}/cartes", params={"etape": step.id, "fait": fait}))
        return page.select("[data-undo-words]")[0].text.replace("\u00a0", " ")

    walls.act(amina, workshop, step, "affichage", cards=walls.seen(first, second))
    walls.act(amina, workshop, step, "refus", cards=walls.seen(third), reason="donnee_privee")
    assert offered(first) == "Affichée : « Un car le soir »"
    assert offered(first, second) == "2 cartes affichées"
    assert offered(third) == "Non retenue : « Un nom propre »"
    assert offered() == ""
