"""What the console shows, and to whom: counts, the screen, the clock; and who only looks."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.core.db import now
from app.workshops import queries, service
from app.workshops.models import (
    Ballot,
    Crew,
    Headcount,
    Option,
    PaperBallot,
    Seat,
    Step,
    Table,
    Workshop,
)
from app.workshops.queries.console import forecast
from app.workshops.routes.stage import stage_of
from tests.site import Site
from tests.workshops.acts import (
    act,
    colleague,
    current,
    options,
    person_id,
    prepared,
    room,
    seated,
    soup,
    steps,
    stored,
)
from tests.workshops.console_acts import add, again, console, press, said


def _heads(site: Site, workshop: Workshop) -> list[Headcount]:
    with site.reading() as db:
        wanted = select(Headcount).where(Headcount.workshop_id == workshop.id)
        return sorted(db.exec(wanted), key=lambda each: each.college)


def _ballot(step: Step, option: int, channel: str, **more: Any) -> Ballot:
    return Ballot(
        step_id=step.id or 0, college="jeunes", channel=channel, marks={str(option): 1}, cast_at=now(), **more
    )  # fmt: skip


def test_the_screen_goes_dark_freezes_and_comes_back(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    first, question = steps(site, workshop)
    press(site, amina, workshop, first, "ouverture")
    screen = f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}"
    act(site, amina, workshop, "ecran", screen="frozen")
    press(site, amina, workshop, question, "ouverture")
    assert "figé sur « Bienvenue »" in said(console(amina, workshop))
    assert question.title not in site.visitor().get(screen).text
    act(site, amina, workshop, "ecran", screen="blank")
    assert "L’écran est noir." in said(console(amina, workshop))
    assert stored(site, workshop).screen_step_id is None
    act(site, amina, workshop, "ecran", screen="live")
    assert "L’écran suit la salle." in said(console(amina, workshop))
    assert question.title in site.visitor().get(screen).text
    act(site, amina, workshop, "ecran", screen="frozen")
    act(site, amina, workshop, "fin")
    closed = stored(site, workshop)
    assert (closed.screen, closed.screen_step_id) == ("live", None)
    assert "n’est pas ouverte" in act(site, amina, workshop, "ecran", screen="blank").text
    assert stored(site, workshop).screen == "live"


def test_people_without_a_phone_are_counted_with_the_others(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    seated(site, workshop, "jeunes")
    amina.post(f"/ateliers/{workshop.id}/presents", {"habitants": "4", "jeunes": "1", "associations": ""})
    page = said(console(amina, workshop))
    assert "6 personnes présentes" in page and "dont 5 sans téléphone" in page
    amina.post(f"/ateliers/{workshop.id}/presents", {"habitants": "2"})
    with site.reading() as db:
        kept = db.exec(select(Headcount).where(Headcount.workshop_id == workshop.id)).all()
        assert {h.college: h.people for h in kept if h.people} == {"habitants": 2}
        assert queries.present_by(db, workshop.id or 0) == {"habitants": 2, "jeunes": 1}


@pytest.mark.parametrize("typed", ["-1", "9" * 30, "douze", "2001", "1.5"])
def test_a_number_of_people_that_cannot_be_is_refused_and_kept(site: Site, typed: str) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    before = _heads(site, workshop)
    answer = amina.post(f"/ateliers/{workshop.id}/presents", {"habitants": typed})
    assert answer.status_code == 422
    assert soup(answer).select_one("#sans-habitants")["value"] == typed  # type: ignore[index]
    assert _heads(site, workshop) == before


def test_people_are_not_counted_before_the_room_opens_nor_after_its_report(site: Site) -> None:
    amina = site.signed_in("facilitator")
    for status in ("scheduled", "published"):
        workshop = room(site, status=status)
        before = _heads(site, workshop)
        assert "entre l’accueil" in amina.post(f"/ateliers/{workshop.id}/presents", {"habitants": "3"}).text
        assert _heads(site, workshop) == before


def test_votes_are_counted_by_way_and_table_by_table(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    question = steps(site, workshop)[1]
    press(site, amina, workshop, question, "ouverture")
    option = options(site, question)[0]
    with site.writing() as db:
        tables = [Table(workshop_id=workshop.id or 0, number=n, key=f"cle-{workshop.id}-{n}") for n in (1, 2)]
        db.add_all(tables)
        db.flush()
        tables[1].people = 3
        scribe = person_id(db, "relay")
        db.add(Crew(workshop_id=workshop.id or 0, person_id=scribe, duty="scribe", table_id=tables[1].id, added_at=now()))  # fmt: skip
        for n, channel in enumerate(("phone", "lent")):
            seat = Seat(
                workshop_id=workshop.id or 0, digest=f"d-{workshop.id}-{n}", college="jeunes", channel=channel,
                table_id=tables[n].id, created_at=now(),
            )  # fmt: skip
            db.add(seat)
            db.flush()
            db.add(_ballot(question, option, channel, seat_id=seat.id))
        paper = PaperBallot(
            step_id=question.id or 0, number=1, status="counted", college="jeunes", printed_at=now(), entered_by=scribe
        )
        db.add(paper)
        db.flush()
        db.add(_ballot(question, option, "paper", paper_id=paper.id))
    page = console(amina, workshop)
    assert "3 votes reçus" in said(page) and "1 par téléphone, 1 sur appareil prêté, 1 sur papier" in said(page)
    rows = [said(row) for row in page.select(".console-tables tbody tr")]
    assert rows == ["Table 1 1 sur 1 0", "Table 2 1 sur 3 1"]
    marks = [row.select_one("svg[role=img]") is not None for row in page.select(".console-tables tbody tr")]
    assert marks == [True, False]


def test_who_may_open_the_console_without_leading_only_looks(site: Site) -> None:
    workshop = room(site)
    step = current(site, workshop)
    other = colleague(site)
    page = console(other, workshop)
    assert "Vous regardez la régie" in said(page) and "Clore le vote" not in said(page)
    assert [form["action"] for form in page.select("#contenu form[method=post]")] == [
        f"/ateliers/{workshop.id}/equipe/moi"
    ]
    for path in ("cloture", "prolongation", "echeance", "retour", "passage", "rang", "barres", "resultats"):
        more = {"direction": "up", "shown": "true", "until": "23:59"}
        assert press(site, other, workshop, step, path, **more).status_code == 403, path
    for path in ("presents", "ecran", "fin", "salle"):
        assert act(site, other, workshop, path, screen="blank", habitants=2).status_code == 403, path
    other.post(f"/ateliers/{workshop.id}/equipe/moi")
    assert "Clore le vote" in said(console(other, workshop))
    press(site, other, workshop, step, "cloture")
    assert again(site, step).status == "closed"
    assert act(site, other, workshop, "fin").status_code == 403
    assert "conduit peut clore" not in said(console(other, workshop))


def test_the_console_says_what_listens_where_one_process_knows(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    hub, key = site.app.state.hub, workshop.id or 0
    clients: Any = [object(), object(), object()]
    hub._channel(service.topic_of(key), stage_of(site.app, key)).clients.update(clients[:2])
    hub._channel(service.screen_topic_of(key), None).clients.add(clients[2])
    shown = console(amina, workshop).select_one("#console_online")
    assert shown is not None
    assert said(shown) == ("Écran et 2 appareils en ligne" if site.database.is_sqlite else "")


def test_the_run_sheet_shifts_with_what_happens() -> None:
    start = datetime(2027, 1, 30, 9, 0, tzinfo=UTC)
    at = lambda minutes: start + timedelta(minutes=minutes)  # noqa: E731
    workshop = Workshop(
        accord_id=1, territory_id=1, title="Atelier", place="Salle", starts_at=start, minutes=60, code="AAAAAA",
        screen_key="k", status="running",
    )  # fmt: skip

    def step(number: int, status: str = "waiting", **more: Any) -> Step:
        return Step(id=number, workshop_id=1, position=number, kind="pause", title="Un moment", minutes=10, status=status, **more)  # fmt: skip

    done = step(1, "closed", opened_at=at(5), closed_at=at(20))
    going = step(2, "open", opened_at=at(21), closes_at=at(31))
    run = forecast(workshop, [done, going, step(3), step(4)], at(25))
    assert [line.begins_at for line in run.lines] == [at(5), at(21), at(31), at(41)]
    assert (run.ends_at, run.late) == (at(51), 11)
    over = forecast(workshop, [done, going, step(3), step(4)], at(40))
    assert (over.ends_at, over.late) == (at(60), 20)
    shorter = forecast(workshop, [done, going, step(3, skipped=True), step(4)], at(25))
    assert [line.begins_at for line in shorter.lines] == [at(5), at(21), None, at(31)]
    assert (shorter.ends_at, shorter.late) == (at(41), 1)
    jumped = forecast(workshop, [step(1), done.model_copy(update={"id": 2, "position": 2}), step(3)], at(20))
    assert [line.begins_at for line in jumped.lines] == [at(30), at(5), at(20)]
    workshop.status = "closed"
    ended = forecast(workshop, [done, step(3)], at(500))
    assert [(line.begins_at, line.held) for line in ended.lines] == [(at(5), True), (None, False)]


def _extend(site: Site, workshop: Workshop, to_come: timedelta) -> None:
    """Let the open step last until then."""
    with site.writing() as db:
        step = db.get_one(Step, current(site, workshop).id)
        step.closes_at = now() + to_come
        db.add(step)


def test_lateness_is_told_to_the_crew_alone(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    _extend(site, workshop, timedelta(minutes=90))
    assert "En retard de" in said(console(amina, workshop))
    for who in (site.visitor(), seated(site, workshop), site.signed_in("resident")):
        for path in (
            f"/a/{workshop.code}",
            f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}",
            f"/ateliers/{workshop.id}",
        ):
            assert "En retard" not in who.get(path).text, path


def test_the_console_costs_a_fixed_number_of_queries(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    amina.get(f"/ateliers/{workshop.id}/regie")
    with site.counting() as seen:
        amina.get(f"/ateliers/{workshop.id}/regie")
    with site.writing() as db:
        db.add_all(
            Option(step_id=current(site, workshop).id or 0, position=50 + n, title=f"Choix {n}") for n in range(5)
        )
    with site.counting() as more:
        amina.get(f"/ateliers/{workshop.id}/regie")
    assert len(more) == len(seen) <= 30, seen


def test_a_long_lateness_is_said_in_hours(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    _extend(site, workshop, timedelta(days=1))
    assert re.search(r"En retard de \d+ h \d\d\.", said(console(amina, workshop)))
    step = Step(id=1, workshop_id=1, position=1, kind="presentation", title="Une", minutes=60, status="waiting")
    begins = datetime(2030, 3, 14, 18, tzinfo=UTC)
    held = Workshop(starts_at=begins, minutes=60, status="running")
    late = [forecast(held, [step], begins + timedelta(minutes=gap)).gap.replace("\u00a0", " ") for gap in (12, 246)]
    assert late == ["12 min", "4 h 06"]


def test_a_closed_room_shows_no_way_in(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    assert console(amina, workshop).select(".console-door__qr svg")
    act(site, amina, workshop, "fin")
    page = console(amina, workshop)
    assert "Entrer dans la salle" not in said(page) and not page.select(".console-door__qr")


def test_objections_are_read_on_the_console_by_who_leads_and_nowhere_else(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    text = add(site, workshop, "agreement", "Le texte de la charte")
    press(site, amina, workshop, text, "ouverture")
    with site.writing() as db:
        option = Option(step_id=text.id or 0, position=1, title="La charte")
        db.add(option)
        db.flush()
        ballot = Ballot(
            step_id=text.id or 0, college="jeunes", channel="phone", marks={str(option.id): 1}, words="Trop vite",
            cast_at=now(),
        )  # fmt: skip
        db.add(ballot)
        db.flush()
        ballot_id = ballot.id
    part = console(amina, workshop).select_one(f"#objections-{text.id}")
    assert "Objections écrites (1)" in said(part) and "Trop vite" in said(part) and "Jeunes" not in said(part)
    assert "Trop vite" not in str(console(colleague(site), workshop))
    address = f"/ateliers/{workshop.id}/objections/{ballot_id}"
    back = amina.post(address, {"shown": "true", "console": "true"})
    assert back.url.path == f"/ateliers/{workshop.id}/regie"
    press(site, amina, workshop, text, "cloture")
    part = console(amina, workshop).select_one(f"#objections-{text.id}")
    assert "Dans le compte rendu" in said(part) and "Retirer du compte rendu" in said(part)
    press(site, amina, workshop, text, "resultats")
    press(site, amina, workshop, add(site, workshop, "pause", "Un café"), "ouverture")
    later = console(amina, workshop).select_one(f".run__step #objections-{text.id}")
    assert "Trop vite" in said(later), "the room goes on, the words stay in the row of their vote"
    assert "Trop vite" not in str(console(colleague(site), workshop))
    for path in (f"/a/{workshop.code}", f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}"):
        assert "Trop vite" not in site.visitor().get(path).text, path
