"""Results on every screen: the projector, the report, the files from which anyone recounts."""

import re
from pathlib import Path

import pytest
from frictionless import Resource, Schema
from sqlmodel import col, select
from typer.testing import CliRunner

from app import cli
from app.accords.models import Priority
from app.workshops.models import Option, Step, Workshop, WorkshopRate
from app.workshops.service.room import write_rates
from tests.site import Site
from tests.workshops.acts import room, seated, soup
from tests.workshops.votes import PUBLISHED, TITLES, Given, mixed, read_json, voted

DOTS = Given().add("habitants", {1: 3, 2: 1}, 6).add("jeunes", {2: 2}, 7).add("jeunes", {})
DEGREES = Given().add("habitants", {1: 6}, 10).add("habitants", {1: 1}, 2).add("jeunes", {1: 5}, 6).add("jeunes", {})
HANDS = Given().add("habitants", {1: 3}, 9).add("habitants", {1: 1}, 4).add("habitants", {1: 2}, 2)
ALONE = ("Fiche 12, la navette",)


def projected(site: Site) -> str:
    """The projected page of the running room."""
    workshop = room(site)
    answer = site.visitor().get(f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}")
    assert answer.status_code == 200
    return answer.text


def words(html: str, selector: str) -> list[str]:
    page = soup(type("Answer", (), {"text": html})())  # type: ignore[arg-type]
    return [re.sub(r"\s+", " ", found.get_text(" ", strip=True)).strip() for found in page.select(selector)]


# The projector


def test_the_projector_shows_each_option_with_its_mention_best_first(site: Site) -> None:
    voted(site, mixed(), kind="judgment", room={})
    html = projected(site)
    titles = words(html, ".screen-bar--judged .screen-bar__title")
    assert titles == ["Maison de santé", "Car du soir", "Halle couverte"]
    mentions = [text.split(" Excellent")[0] for text in words(html, ".screen-bar__mention")]
    assert mentions == ["Très bien", "Assez bien", "À rejeter"]
    assert (
        "33 votes sur" in words(html, ".screen__base")[0]
        and "25 par téléphone, 8 sur papier" in words(html, ".screen__base")[0]
    )
    assert len(words(html, ".screen__key .mention-key li")) == 7
    assert "45 %" not in words(html, ".screen-bar__colleges")[0]
    first = words(html, ".screen-bar--colleges")[0]
    assert "Habitantes et habitants" in first and "Autres collèges" in first and "Jeunes" not in first


def test_the_projector_shows_degrees_on_one_page_and_whether_the_rule_is_met(site: Site) -> None:
    voted(site, DEGREES, titles=ALONE, kind="agreement", limit_percent=10, room={})
    html = projected(site)
    assert words(html, ".screen-bar__title") == [
        "Plein accord", "Accord avec réserve mineure", "Soutien réservé", "Abstention", "Désaccord", "Opposition",
    ]  # fmt: skip
    assert words(html, ".screen-bar__figure b") == ["10", "6", "0", "0", "0", "2"]
    assert "screen__last" not in html
    (rule,) = words(html, ".screen__rule")
    assert "10 % d’oppositions au plus" in rule.replace("\u00a0", " ")
    assert "11 % dans la salle, 17 % pour le collège Habitantes et habitants" in rule.replace("\u00a0", " ")


def test_the_projector_gives_both_shares_of_a_show_of_hands(site: Site) -> None:
    voted(site, HANDS, titles=ALONE, kind="hands", hands="yes_no", room={})
    html = projected(site)
    assert words(html, ".screen-bar__title") == ["Oui", "Je m’abstiens", "Non"]
    assert words(html, ".screen-bar__shares")[0].replace("\u00a0", " ").startswith("60 % des votes, ")


def test_hidden_results_are_on_no_projected_page(site: Site) -> None:
    voted(site, mixed(), kind="judgment", status="closed", room={})
    html = projected(site)
    assert words(html, ".screen__over") == ["Le vote est clos"] and "Très bien" not in html


def test_every_projected_view_says_how_to_join(site: Site) -> None:
    step = voted(site, mixed(), kind="judgment", room={})
    code = room(site).code
    for kind in ("judgment", "agreement", "pause", "discussion", "presentation", "cards", "grouping"):
        with site.writing() as db:
            db.add(db.get_one(Step, step.id).sqlmodel_update({"kind": kind, "status": "open"}))
        html = projected(site)
        assert code in words(html, ".screen__join .screen-address")[0] and 'class="qr"' in html, kind
        assert ("data-countdown" in html) and words(html, "h1") == ["Par quoi commencer ?"], kind


def test_a_blank_screen_shows_nothing_of_the_room(site: Site) -> None:
    voted(site, mixed(), kind="judgment", room={"screen": "blank"})
    html = projected(site)
    assert words(html, "#screen_main") == ["Écran masqué depuis la régie."]
    assert room(site).code not in words(html, "#screen_main")[0] and "Maison de santé" not in html


def test_a_frozen_screen_keeps_its_step_when_it_is_opened_again(site: Site) -> None:
    first = voted(site, DEGREES, titles=ALONE, kind="agreement", room={})
    voted(site, mixed(), kind="judgment", room={"screen": "frozen", "screen_step_id": first.id})
    html = projected(site)
    assert words(html, ".screen-bar__title")[0] == "Plein accord" and "Maison de santé" not in html
    assert "Écran figé" in words(html, ".screen-frozen--room")[0]


@pytest.mark.parametrize("screen", ["blank", "frozen"])
def test_a_room_that_is_over_says_so_whatever_the_screen_was(site: Site, screen: str) -> None:
    workshop = room(site)
    with site.writing() as db:
        db.add(db.get_one(Workshop, workshop.id).sqlmodel_update({"screen": screen, "status": "closed"}))
    answer = site.visitor().get(f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}")
    assert "Merci d’avoir pris part" in answer.text


# The console, the phones, the report


@pytest.mark.parametrize(
    ("given", "step", "said", "reported"),
    [
        (mixed(), {"kind": "judgment"}, "Bien ou mieux : 29 sur 33", "Mention majoritaire"),
        (DEGREES, {"kind": "agreement", "limit_percent": 10, "titles": ALONE}, *["Elle n’est pas respectée"] * 2),
        (HANDS, {"kind": "hands", "hands": "yes_no", "titles": ALONE}, "60 % des votes", "60 %"),
    ],
)
def test_the_console_sees_hidden_results_first_then_phones_and_the_report(
    site: Site, given: Given, step: dict[str, object], said: str, reported: str
) -> None:
    one = voted(site, given, room={}, **step | {"status": "closed"})  # type: ignore[arg-type]
    workshop = room(site)
    console, phone = site.signed_in("facilitator"), seated(site, workshop)
    read = {"console": f"/ateliers/{workshop.id}/regie", "phone": f"/a/{workshop.code}"}
    assert said in console.get(read["console"]).text.replace("\u00a0", " ")
    assert said not in phone.get(read["phone"]).text.replace("\u00a0", " ")
    with site.writing() as db:
        db.add(db.get_one(Step, one.id).sqlmodel_update({"status": "revealed"}))
    assert said in phone.get(read["phone"]).text.replace("\u00a0", " ")
    with site.writing() as db:
        db.add(db.get_one(Workshop, workshop.id).sqlmodel_update(PUBLISHED))
    report = site.visitor().get(f"/ateliers/{workshop.id}/compte-rendu").text.replace("\u00a0", " ")
    assert reported in report and "methode.json" in report


def test_the_report_shows_no_figure_of_a_small_college(site: Site) -> None:
    one = voted(site, mixed(), kind="judgment", room=PUBLISHED)
    report = soup(site.visitor().get(f"/ateliers/{one.workshop_id}/compte-rendu"))
    table = report.select_one(f"#etape-{one.id} table")
    assert table and "Habitantes et habitants" in table.get_text()
    assert "Institutions" not in table.get_text() and "Jeunes" not in table.get_text()
    assert "Dans le total seulement\u00a0: jeunes, institutions." in report.get_text()


# The board


@pytest.mark.parametrize(
    ("step", "given", "supporters"),
    [
        ({"kind": "judgment"}, mixed(), {"habitants": (12, 20), "jeunes": (0, 9), "institutions": (0, 4)}),
        ({"kind": "agreement", "titles": ALONE}, DEGREES, {"habitants": (10, 12), "jeunes": (6, 7)}),
        ({"kind": "hands", "hands": "yes_no", "titles": ALONE}, HANDS, {"habitants": (9, 15)}),
        ({"kind": "dots"}, DOTS, {"habitants": (6, 6), "jeunes": (0, 8)}),
    ],
)
def test_the_board_counts_those_who_back_a_priority(
    site: Site, step: dict[str, object], given: Given, supporters: dict[str, tuple[int, int]]
) -> None:
    one = voted(site, given, room={}, **step)  # type: ignore[arg-type]
    with site.writing() as db:
        first = db.exec(select(Option).where(Option.step_id == one.id).order_by(col(Option.position))).first()
        priority = db.exec(select(Priority.id)).first()
        assert first and priority
        first.priority_id = priority
        db.add(first)
        db.flush()
        write_rates(db, db.get_one(Step, one.id))
    with site.reading() as db:
        rows = db.exec(
            select(WorkshopRate).where(WorkshopRate.step_id == one.id, WorkshopRate.kind == "priority")
        ).all()
        assert {row.college: (row.supporters, row.ballots) for row in rows} == supporters


# The files


def files(site: Site, step: Step, name: str) -> str:
    answer = site.visitor().get(f"/ateliers/{step.workshop_id}/sequences/{step.id}/{name}")
    assert answer.status_code == 200, name
    assert answer.headers["content-disposition"].startswith('attachment; filename="emglev-vote-')
    return answer.text


@pytest.mark.parametrize(
    ("given", "step", "said"),
    [
        (DOTS, {"kind": "dots"}, "1. Maison de santé : 20 gommettes, 13 soutiens"),
        (Given().add("jeunes", {2: 1}, 6), {"kind": "hands", "hands": "approval"}, "Maison de santé : 6 personnes"),
        (mixed(), {"kind": "judgment"}, "1. Maison de santé : Très bien"),
        (
            DEGREES,
            {"kind": "agreement", "limit_percent": 10, "titles": ALONE},
            "règle, 10 % d’oppositions au plus : non",
        ),
        (HANDS, {"kind": "hands", "hands": "yes_no", "titles": ALONE}, "Oui 9, Je m’abstiens 2, Non 4"),
    ],
)
def test_the_command_recounts_what_the_site_publishes(
    site: Site, tmp_path: Path, given: Given, step: dict[str, object], said: str
) -> None:
    one = voted(site, given, room=PUBLISHED, **step)  # type: ignore[arg-type]
    paths = tmp_path / "bulletins.csv", tmp_path / "methode.json"
    for path in paths:
        path.write_text(files(site, one, path.name), "utf-8")
    printed = CliRunner().invoke(cli.app, ["recount-ballots", *map(str, paths)])
    assert printed.exit_code == 0, printed.output
    assert said in printed.output.replace("\u00a0", " ")
    assert f"{len(given.rows)} bulletins" in printed.output
    fields = Schema.from_descriptor(read_json(files(site, one, "methode.json"))["schema"])
    assert Resource(path="bulletins.csv", basepath=str(tmp_path), schema=fields).validate().valid


def test_the_published_ballots_name_no_small_college_and_nobody(site: Site) -> None:
    one = voted(site, mixed(), kind="judgment", room=PUBLISHED)
    text = files(site, one, "bulletins.csv")
    header, *rows = text.splitlines()
    assert header == "collège,canal,Car du soir,Maison de santé,Halle couverte"
    assert len(rows) == 33
    assert {row.split(",")[0] for row in rows} == {"", "habitants"}
    assert "institutions" not in text and "jeunes" not in text


@pytest.mark.parametrize("kind", ["judgment", "agreement"])
def test_pabulib_is_for_dots_and_approvals(site: Site, kind: str) -> None:
    one = voted(site, DEGREES, titles=ALONE, kind=kind, room=PUBLISHED)
    answer = site.visitor().get(f"/ateliers/{one.workshop_id}/sequences/{one.id}/bulletins.pb")
    assert answer.status_code == 404


def test_dots_are_published_for_pabulib(site: Site) -> None:
    one = voted(site, DOTS, kind="dots", room=PUBLISHED)
    text = files(site, one, "bulletins.pb")
    assert "vote_type;cumulative" in text and f"num_projects;{len(TITLES)}" in text and "num_votes;13" in text


@pytest.mark.parametrize("name", ["bulletins.csv", "methode.json", "bulletins.pb"])
@pytest.mark.parametrize(
    ("status", "more"),
    [("closed", PUBLISHED), ("revealed", {}), ("revealed", {"status": "closed"})],
)
def test_nothing_is_published_before_the_report_and_the_reveal(
    site: Site, name: str, status: str, more: dict[str, object]
) -> None:
    one = voted(site, DOTS, kind="dots", status=status, room=more)
    for who in (site.visitor(), site.signed_in("facilitator")):
        answer = who.get(f"/ateliers/{one.workshop_id}/sequences/{one.id}/{name}")
        assert "content-disposition" not in answer.headers and "habitants" not in answer.text[:200]


def test_a_presentation_and_a_step_of_another_room_have_no_ballots(site: Site) -> None:
    one = voted(site, DOTS, kind="presentation", room=PUBLISHED)
    other = room(site, status="scheduled")
    visitor = site.visitor()
    assert visitor.get(f"/ateliers/{one.workshop_id}/sequences/{one.id}/bulletins.csv").status_code == 404
    answer = visitor.get(f"/ateliers/{other.id}/sequences/{one.id}/bulletins.csv")
    assert "content-disposition" not in answer.headers
