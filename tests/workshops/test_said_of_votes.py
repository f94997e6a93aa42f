"""What phones, the projector and the pages of fiches say of a vote: the same figures, its rule, its question, its method."""

import re

import pytest
from sqlmodel import select

from app.workshops.models import Option, Step
from app.workshops.service.room import write_rates
from tests.actions.cast import a_sheet
from tests.actions.cast import get as get_sheet
from tests.site import Site
from tests.workshops.acts import room, seated, soup
from tests.workshops.votes import Given, mixed, voted

DOTS = Given().add("habitants", {1: 3}, 6).add("jeunes", {}, 8)
ANSWERS = Given().add("habitants", {1: 3}, 9).add("habitants", {1: 1}, 4).add("habitants", {1: 2}, 2)
ALONE = ("Fiche 12, la navette",)


def texts(site: Site, address: str, selector: str, seat: bool = False) -> list[str]:
    """The words of what this selects in a page, each space being one."""
    reader = seated(site, room(site)) if seat else site.visitor()
    answer = reader.get(address)
    assert answer.status_code == 200
    return [re.sub(r"\s+", " ", found.get_text(" ", strip=True)) for found in soup(answer).select(selector)]


def wall(site: Site) -> str:
    workshop = room(site)
    return f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}"


def phone(site: Site) -> str:
    return f"/a/{room(site).code}"


@pytest.mark.parametrize(
    ("blanks", "projected", "figures", "key"),
    [
        ("worst", "À rejeter : dont 4 sans mention", "À rejeter : 4.", "À rejeter 4 , dont 4 sans mention"),
        ("normalised", "4 sans mention", "À rejeter : 0.", "4 sans mention, pas comptés ici"),
    ],
)
def test_phones_and_the_projector_say_the_same_of_missing_mentions(
    site: Site, blanks: str, projected: str, figures: str, key: str
) -> None:
    voted(site, mixed(), kind="judgment", blanks=blanks, room={})
    assert texts(site, wall(site), ".screen-bar__head p")[0] == projected
    assert figures in texts(site, wall(site), ".screen-bar__mention")[0]
    assert key in texts(site, phone(site), ".room-bars__line", seat=True)[0]


@pytest.mark.parametrize(
    ("blanks", "said"),
    [
        ("worst", "{n} choix sans mention compteront comme « À rejeter »."),
        ("normalised", "{n} choix sans mention ne seront pas comptés."),
    ],
)
def test_the_summary_says_what_becomes_of_missing_mentions(site: Site, blanks: str, said: str) -> None:
    step = voted(site, Given(), kind="judgment", status="open", blanks=blanks, room={})
    (summed,) = soup(seated(site, room(site)).get(phone(site))).select(f'[data-ballot="{step.id}"] [data-unrated]')
    assert str(summed["data-many"]).replace("\u00a0", " ") == said


def test_the_rule_of_an_agreement_is_read_while_one_votes(site: Site) -> None:
    voted(site, Given(), titles=ALONE, kind="agreement", status="open", limit_percent=10, room={})
    rule = "Règle fixée d’avance : pas plus de 10 % d’oppositions, dans la salle et dans chaque collège"
    assert texts(site, wall(site), ".screen__rule")[0].startswith(rule)
    assert any(rule in words for words in texts(site, phone(site), "[data-part=ballot] p", seat=True))
    assert texts(site, wall(site), "[data-screen-count]")[0].startswith("0 réponse sur ")


@pytest.mark.parametrize(
    ("step", "given", "said"),
    [
        ({"kind": "dots"}, DOTS, " : 6 personnes l’ont soutenue, sur 14 bulletins ; vote par gommettes"),
        ({"kind": "judgment"}, Given().add("jeunes", {1: 5}), " : 1 personne l’a soutenue, sur 1 bulletin ; jugement"),
        ({"kind": "hands", "hands": "yes_no"}, ANSWERS, " : 9 personnes l’ont soutenue, sur 15 bulletins ; oui, non"),
    ],
)
def test_a_fiche_says_what_was_asked_in_the_room_and_how(
    site: Site, step: dict[str, object], given: Given, said: str
) -> None:
    ref, one = a_sheet(site), voted(site, given, titles=ALONE, room={}, **step)  # type: ignore[arg-type]
    with site.writing() as db:
        option = db.exec(select(Option).where(Option.step_id == one.id)).one()
        option.sheet_id = get_sheet(site, ref).id
        db.add(option)
        db.flush()
        write_rates(db, db.get_one(Step, one.id))
    (line,) = texts(site, f"/fiches-actions/{ref}", ".voices li:has(a[href*=etape])")
    assert line.startswith("« Par quoi commencer ? », ") and said in line
