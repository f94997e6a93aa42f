"""The page of a phone: the stage that all share, what a person adds to it, and a ballot of every kind."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlmodel import Session, col, delete, select

from app.accords.models import Phase
from app.core.db import now
from app.workshops import queries
from app.workshops.models import Option, Seat, Step, Workshop
from app.workshops.routes.stage import stage_of
from app.workshops.states import StepKind, StepStatus
from tests.conscience import _fault
from tests.site import Site, Visitor
from tests.workshops.acts import act, ballots, current, room, seated, shown, soup

GRADED = [
    ("judgment", "single", ["Un car du soir", "Une halle", "Une maison de santé"]),
    ("agreement", "single", ["Le texte commun"]),
    ("hands", "yes_no", ["Une navette à l’essai"]),
]


def a_step(site: Site, workshop: Workshop, kind: str, titles: Sequence[str] = (), **more: Any) -> Step:
    """The room looks at a step of this kind."""
    with site.writing() as db:
        step = Step(
            workshop_id=workshop.id or 0,
            position=99,
            kind=kind,
            title="Faut-il essayer ?",
            minutes=5,
            status="open",
            closes_at=now(),
            **more,
        )
        db.add(step)
        db.flush()
        db.add_all([Option(step_id=step.id or 0, position=n, title=title) for n, title in enumerate(titles)])
        look(db, workshop, step)
    return step


def look(db: Session, workshop: Workshop, step: Step) -> None:
    here = db.get_one(Workshop, workshop.id)
    here.step_id = step.id
    db.add(here)


def move(site: Site, step: Step, status: str, **more: Any) -> None:
    with site.writing() as db:
        row = db.get_one(Step, step.id)
        row.status = status
        for name, value in more.items():
            setattr(row, name, value)
        db.add(row)


def option_ids(site: Site, step: Step) -> list[int]:
    with site.reading() as db:
        return [option.id or 0 for option in queries.option_rows(db, step.id or 0)]


def stage(site: Site, workshop: Workshop) -> dict[str, Any]:
    """What every phone of the room is sent."""
    drawn = stage_of(site.app, workshop.id or 0)()
    assert drawn
    said: dict[str, Any] = json.loads(drawn.line())
    return said


def plain(phone: Visitor, workshop: Workshop, step: Step, grades: dict[int, int], **more: Any) -> Any:
    """Send the plain form of a vote by grades: one group of radios an option."""
    sent = {f"grade-{option}": f"{option}:{grade}" for option, grade in grades.items()}
    return phone.post(f"/a/{workshop.code}/bulletin", {"step": step.id} | sent | more)


@pytest.mark.parametrize(("kind", "hands", "titles"), GRADED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_graded_ballot_goes_by_the_plain_form_and_comes_back(
    site: Site, kind: str, hands: str, titles: list[str]
) -> None:
    workshop = room(site)
    step, phone = a_step(site, workshop, kind, titles, hands=hands), seated(site, workshop)
    known = option_ids(site, step)
    page = soup(phone.get(f"/a/{workshop.code}"))
    for option in known:
        offered = [field["value"] for field in page.select(f'input[name="grade-{option}"]')]
        assert [f"{option}:{grade}" for grade in step.offered] == [
            value for value in offered if not value.endswith(":0")
        ]
    best = next(iter(step.scale))
    answer = plain(phone, workshop, step, {known[0]: best})
    assert ballots(site, step)[-1].marks == {str(known[0]): best}
    assert step.scale[best] in shown(answer) and "Enregistré" in shown(answer)
    again = soup(phone.get(f"/a/{workshop.code}?modifier=1"))
    assert again.select_one(f'input[value="{known[0]}:{best}"][checked]')


def test_no_mention_is_a_blank_not_a_zero(site: Site) -> None:
    workshop = room(site)
    step, phone = a_step(site, workshop, "judgment", ["Un", "Deux"]), seated(site, workshop)
    first, second = option_ids(site, step)
    answer = plain(phone, workshop, step, {first: 0, second: 0})
    assert ballots(site, step)[-1].marks == {} and "Bulletin blanc." in shown(answer)


@pytest.mark.parametrize("grade", [8, 99], ids=["above", "far"])
def test_a_grade_that_is_not_of_the_scale_is_refused_and_the_rest_kept(site: Site, grade: int) -> None:
    workshop = room(site)
    step, phone = a_step(site, workshop, "judgment", ["Un", "Deux"]), seated(site, workshop)
    first, second = option_ids(site, step)
    answer = plain(phone, workshop, step, {first: grade, second: 5})
    assert answer.status_code == 422 and "Votre vote n’est pas enregistré" in shown(answer)
    assert soup(answer).select_one(f'input[value="{second}:5"][checked]')
    assert not ballots(site, step)


def test_why_one_objects_is_read_by_nobody_else_before_it_is_shown(site: Site) -> None:
    workshop = room(site)
    step, phone, other = (
        a_step(site, workshop, "agreement", ["Le texte"]),
        seated(site, workshop),
        seated(site, workshop),
    )
    words = "Rien n’est dit des marées <b>d’équinoxe</b> 🌊"
    answer = plain(phone, workshop, step, {option_ids(site, step)[0]: 1}, words=words)
    assert ballots(site, step)[-1].words == words
    assert "d’équinoxe" in shown(answer) and "<b>d’équinoxe" not in answer.text
    for status in StepStatus:
        move(site, step, status)
        assert "équinoxe" not in other.get(f"/a/{workshop.code}").text
        assert "équinoxe" not in stage(site, workshop)["html"]


def test_words_without_an_objection_are_not_kept(site: Site) -> None:
    workshop = room(site)
    step, phone = a_step(site, workshop, "agreement", ["Le texte"]), seated(site, workshop)
    plain(phone, workshop, step, {option_ids(site, step)[0]: 6}, words="Écrit avant de changer d’avis")
    assert ballots(site, step)[-1].words == ""


def test_five_hundred_signs_and_no_more(site: Site) -> None:
    workshop = room(site)
    step, phone = a_step(site, workshop, "agreement", ["Le texte"]), seated(site, workshop)
    option = option_ids(site, step)[0]
    answer = plain(phone, workshop, step, {option: 1}, words="é" * 501)
    assert answer.status_code == 422 and "é" * 501 in answer.text and not ballots(site, step)
    assert plain(phone, workshop, step, {option: 1}, words="é" * 500).status_code == 200


STATES = [(kind, "single", status) for kind in StepKind for status in StepStatus if status != "revealed" or kind in ("judgment", "agreement", "dots", "hands")]  # fmt: skip
STATES += [("hands", hands, status) for hands in ("yes_no", "approval") for status in ("open", "closed", "revealed")]


@pytest.mark.parametrize(("kind", "hands", "status"), STATES, ids=["-".join(each) for each in STATES])
def test_every_step_in_every_state_is_a_page_and_a_stage(site: Site, kind: str, hands: str, status: str) -> None:
    workshop, titles = room(site), ["Un", "Deux"]
    single = kind == "agreement" or hands == "yes_no"
    phone = seated(site, workshop)
    step = a_step(site, workshop, kind, titles[:1] if single else titles, hands=hands, text="Un mot.\n\nPuis un autre.")
    option, name = option_ids(site, step)[0], "grade" if step.scale else "dots" if kind == "dots" else "choice"
    sent = {"step": step.id, name: str(option) if name == "choice" else f"{option}:2"}
    if kind in ("judgment", "agreement", "dots", "hands"):
        assert phone.post(f"/a/{workshop.code}/bulletin", sent).status_code == 200
    move(site, step, status, closes_at=now() if status == "open" else None)
    for who in (phone, seated(site, workshop)):
        page = who.get(f"/a/{workshop.code}")
        assert page.status_code == 200 and "Faut-il essayer ?" in shown(page)
    said = stage(site, workshop)
    assert _fault(said["html"]) is None
    assert (said["step"], said["status"], said["kind"]) == (step.id, status, kind)
    assert 'id="room_main"' in said["html"] and "mark--jeunes" not in said["html"].split("room-bars")[0]


def test_the_stage_is_the_same_whoever_looks_and_holds_nothing_of_a_seat(site: Site) -> None:
    workshop = room(site)
    step, phone = current(site, workshop), seated(site, workshop)
    before = stage(site, workshop)["html"]
    first = option_ids(site, step)[0]
    phone.post(f"/a/{workshop.code}/bulletin", {"step": step.id, "dots": f"{first}:1", "choice": first})
    after = stage(site, workshop)["html"]
    clock = soup_of(before).select_one("[data-now]")
    assert clock
    assert before.replace(str(clock["data-now"]), "") == after.replace(
        str(soup_of(after).select_one("[data-now]")["data-now"]), ""
    )  # type: ignore[index]
    assert "data-recorded" not in after and " checked" not in after


def soup_of(html: str) -> Any:
    return soup(type("Answer", (), {"text": html}))  # type: ignore[arg-type]


def test_a_phone_shows_the_options_in_the_order_that_chance_gave_its_seat(site: Site) -> None:
    workshop = room(site)
    step = a_step(site, workshop, "judgment", [f"Choix {n}" for n in range(9)])
    orders = []
    for _n in range(3):
        page = soup(seated(site, workshop).get(f"/a/{workshop.code}"))
        orders.append([int(str(row["data-option"])) for row in page.select("[data-shuffle] > [data-option]")])
        with site.reading() as db:
            seat = db.exec(select(Seat).where(Seat.workshop_id == workshop.id).order_by(col(Seat.id).desc())).first()
            views = queries.options(db, [step.id or 0])[step.id or 0]
        assert seat and orders[-1] == [view.id for view in queries.shuffled(step, views, seat.id or 0)]
        shell = page.select_one("[data-seat]")
        assert shell and int(str(shell["data-seat"])) == seat.id  # the script draws the same order from it
    assert len({tuple(order) for order in orders}) > 1
    neutral = [int(str(row["data-option"])) for row in soup_of(stage(site, workshop)["html"]).select("[data-option]")]
    assert neutral == option_ids(site, step)


@pytest.mark.parametrize("hands", ["single", "yes_no"])
def test_an_order_that_is_part_of_the_question_is_kept(site: Site, hands: str) -> None:
    workshop = room(site)
    a_step(site, workshop, "hands", ["Oui", "Non", "Peut-être"][: 1 if hands == "yes_no" else 3], hands=hands)
    assert not soup(seated(site, workshop).get(f"/a/{workshop.code}")).select("[data-shuffle]")


def test_a_late_ballot_says_that_it_is_late(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step, phone = current(site, workshop), seated(site, workshop)
    act(site, amina, workshop, f"sequences/{step.id}/cloture")
    first = option_ids(site, step)[0]
    answer = phone.post(f"/a/{workshop.code}/bulletin", {"step": step.id, "dots": f"{first}:1", "choice": first})
    assert "Enregistré, arrivé après la clôture" in shown(answer)
    assert "Vous n’avez pas envoyé" not in shown(answer)


def test_results_shown_after_ones_own_vote_are_shown_to_nobody_else(site: Site) -> None:
    workshop = room(site)
    step = a_step(site, workshop, "hands", ["Ceci", "Cela"], reveal="after_vote")
    phone, other = seated(site, workshop), seated(site, workshop)
    answer = phone.post(f"/a/{workshop.code}/bulletin", {"step": step.id, "choice": option_ids(site, step)[0]})
    assert "Pour l’instant" in shown(answer) and "room-bars" in answer.text
    assert "room-bars" not in other.get(f"/a/{workshop.code}").text
    assert "room-bars" not in stage(site, workshop)["html"]


def test_the_link_of_those_far_away_waits_for_the_room_to_open(site: Site) -> None:
    coming, link = room(site, status="scheduled"), "https://visio.example/morlaix"
    with site.writing() as db:
        row = db.get_one(Workshop, coming.id)
        row.mode, row.link = "both", link
        db.add(row)
    assert link not in site.visitor().get(f"/a/{coming.code}").text + stage(site, coming)["html"]
    with site.writing() as db:
        row = db.get_one(Workshop, coming.id)
        row.status, row.opened_at = "lobby", now()
        db.add(row)
    assert link in stage(site, coming)["html"]


def test_when_the_calendar_closes_votes_phones_say_so_and_nobody_comes_in(site: Site) -> None:
    workshop = room(site)
    phone = seated(site, workshop)
    with site.writing() as db:
        db.execute(delete(Phase).where(col(Phase.accord_id) == workshop.accord_id))
    assert "Les votes sont suspendus" in shown(phone.get(f"/a/{workshop.code}"))
    assert "Les votes sont suspendus" in stage(site, workshop)["html"]
    door = site.visitor().get(f"/a/{workshop.code}")
    assert "n’accueille personne" in door.text and "Entrer dans la salle" not in door.text


def test_before_the_room_opens_the_door_is_ready_and_asks_nothing(site: Site) -> None:
    page = site.visitor().get(f"/a/{room(site, status='scheduled').code}")
    assert "pas encore ouverte" in shown(page) and "Au nom de qui" not in shown(page)
    assert 'name="college"' in page.text.partition('<template id="my_door">')[2].partition("</template>")[0]


def test_whoever_comes_late_lands_on_the_open_step(site: Site) -> None:
    workshop, phone = room(site), site.visitor()
    answer = phone.post(f"/a/{workshop.code}/place", {"college": "jeunes"})
    assert "Par quoi commencer ?" in shown(answer) and "Envoyer mon vote" in answer.text


def test_a_step_left_out_is_not_in_the_programme(site: Site) -> None:
    workshop = room(site)
    phone = seated(site, workshop)
    with site.writing() as db:
        row = db.get_one(Workshop, workshop.id)
        row.status, row.step_id = "lobby", None
        db.add(row)
        left = db.exec(select(Step).where(Step.workshop_id == workshop.id)).first()
        assert left
        left.skipped, left.title = True, "Une séquence laissée de côté"
        db.add(left)
    page = shown(phone.get(f"/a/{workshop.code}"))
    assert "Au programme" in page and left.title not in page
