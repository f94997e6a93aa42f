"""A room: seats, ballots, the console, results on the board. Wrong moments and wrong hands included."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.core.db import now
from app.workshops import queries
from app.workshops.models import Seat, Step, Workshop, WorkshopRate
from app.workshops.service.preparing import CODE_LETTERS
from tests.site import Site
from tests.workshops.acts import (
    act,
    ballots,
    current,
    options,
    prepared,
    room,
    seated,
    seats,
    shown,
    soup,
    steps,
    vote,
)


def test_a_whole_workshop_from_its_preparation_to_its_report(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    first, question = steps(site, workshop)
    phones = [seated(site, workshop, college) for college in ("jeunes", "habitants", "habitants")]
    act(site, amina, workshop, f"sequences/{first.id}/ouverture")
    act(site, amina, workshop, f"sequences/{question.id}/ouverture")
    assert [s.status for s in steps(site, workshop)] == ["closed", "open"]
    a, b, c = options(site, question)
    for phone, marks in zip(phones, ({a: 2, b: 1}, {a: 1}, {b: 2, c: 2}), strict=True):
        assert "Enregistré" in shown(vote(phone, workshop, question, marks))
    act(site, amina, workshop, f"sequences/{question.id}/cloture")
    act(site, amina, workshop, f"sequences/{question.id}/resultats")
    assert act(site, amina, workshop, "fin").status_code == 200
    amina.post(
        f"/ateliers/{workshop.id}/compte-rendu",
        {"conclusion": "La salle demande un car du soir.", "next_steps": "Comité en mai.", "sure": "true"},
    )
    report = site.visitor().get(f"/ateliers/{workshop.id}/compte-rendu")
    assert report.status_code == 200
    for words in ("La salle demande un car du soir.", "Comité en mai.", "Car du soir", "3 bulletins"):
        assert words in report.text.replace("\u00a0", " "), words
    with site.reading() as db:
        result = queries.results(db, [question], queries.present_by(db, workshop.id or 0))[question.id or 0]
    assert [(line.option, line.points, line.supporters) for line in result.lines] == [(a, 3, 2), (b, 3, 2), (c, 2, 1)]


def test_sending_again_replaces_the_ballot(site: Site) -> None:
    workshop = room(site)
    step, phone = current(site, workshop), seated(site, workshop)
    first, second = options(site, step)[:2]
    before = len(ballots(site, step))
    vote(phone, workshop, step, {first: 1})
    vote(phone, workshop, step, {first: 1})
    vote(phone, workshop, step, {second: 1})
    assert len(ballots(site, step)) == before + 1
    assert ballots(site, step)[-1].marks == {str(second): 1}


@pytest.mark.parametrize(
    "marks", [{0: 3}, {0: 2, 1: 2, 2: 2}, {0: -1}, {9_999_999: 1}], ids=["cap", "total", "negative", "unknown"]
)
def test_a_vote_too_many_is_refused_and_kept_on_the_page(site: Site, marks: dict[int, int]) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    question = steps(site, workshop)[1]
    phone = seated(site, workshop)
    act(site, amina, workshop, f"sequences/{question.id}/ouverture")
    known = options(site, question)
    sent = {known[k] if k < 3 else k: n for k, n in marks.items()}
    response = vote(phone, workshop, question, sent)
    assert response.status_code in (400, 422)
    assert "Trop de gommettes" in response.text or "bulletin" in response.text
    assert not ballots(site, question)
    assert vote(phone, workshop, question, {known[0]: 2}).status_code == 200


def test_after_the_close_a_few_seconds_of_grace_then_no(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step, phone = current(site, workshop), seated(site, workshop)
    option = options(site, step)[0]
    act(site, amina, workshop, f"sequences/{step.id}/cloture")
    assert vote(phone, workshop, step, {option: 1}).status_code == 200
    assert ballots(site, step)[-1].late
    with site.writing() as db:
        closed = db.get_one(Step, step.id)
        closed.closed_at = now() - timedelta(seconds=6)
        db.add(closed)
    response = vote(phone, workshop, step, {option: 1})
    assert response.status_code == 409
    assert "trop tard" in response.text
    act(site, amina, workshop, f"sequences/{step.id}/resultats", anyway="true")
    assert vote(phone, workshop, step, {option: 1}).status_code == 409
    room_page = shown(phone.get(f"/a/{workshop.code}"))
    act(site, amina, workshop, "fin")
    for page in (room_page, shown(amina.get(f"/ateliers/{workshop.id}/compte-rendu"))):
        assert "dont 1 tardif" in page, "a ballot of the grace is marked wherever the result is read"


def test_without_a_seat_or_from_another_room_nothing_is_counted(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    other = prepared(site, amina)
    step, option = current(site, workshop), options(site, current(site, workshop))[0]
    before = len(ballots(site, step))
    assert vote(site.visitor(), workshop, step, {option: 1}).status_code == 403
    stranger = seated(site, other)
    assert vote(stranger, workshop, step, {option: 1}).status_code == 403
    assert vote(stranger, other, step, {option: 1}).status_code == 404
    assert len(ballots(site, step)) == before


def test_a_wrong_code_and_a_room_that_is_not_open_say_so(site: Site) -> None:
    visitor = site.visitor()
    assert "Aucun atelier ne porte ce code" in visitor.get("/a/ZZZZZZ").text
    assert visitor.get("/a", params={"code": "zzz zzz"}).status_code == 404
    coming = room(site, status="scheduled")
    assert visitor.get("/a", params={"code": f" {coming.code[:3].lower()}-{coming.code[3:]} "}).status_code == 200
    assert visitor.post(f"/a/{coming.code}/place", {"college": "jeunes"}).status_code == 403
    done = room(site, status="published")
    assert visitor.post(f"/a/{done.code}/place", {"college": "jeunes"}).status_code == 403
    assert visitor.get(f"/a/{room(site, status='draft').code}").status_code == 404


def test_no_two_signs_of_a_code_look_alike(site: Site) -> None:
    for alike in ("0OQ", "1IL", "2Z", "5S", "8B"):
        assert len(set(alike) & set(CODE_LETTERS)) <= 1, alike
    codes = [prepared(site, site.signed_in("facilitator")).code for _n in range(3)]
    assert all(len(code) == 6 and set(code) <= set(CODE_LETTERS) for code in codes) and len(set(codes)) == 3


def test_a_phone_takes_one_seat_and_finds_it_again(site: Site) -> None:
    workshop = room(site)
    before = seats(site, workshop)
    phone = seated(site, workshop)
    phone.post(f"/a/{workshop.code}/place", {"college": "entreprises"})
    assert seats(site, workshop) == before + 1
    assert phone.get(f"/a/{workshop.code}").status_code == 200
    with site.reading() as db:
        assert db.exec(select(Seat).where(Seat.workshop_id == workshop.id)).all()[-1].college == "jeunes"


def test_a_phone_that_was_switched_off_comes_back_to_its_seat_and_its_ballot(site: Site) -> None:
    workshop = room(site)
    step, phone = current(site, workshop), site.visitor()
    answer = phone.post(f"/a/{workshop.code}/place", {"college": "jeunes"}).history[0]
    (given,) = (kept for kept in answer.headers.get_list("set-cookie") if kept.startswith("emglev-place"))
    first = options(site, step)[0]
    vote(phone, workshop, step, {first: 1})
    parts = dict(part.partition("=")[::2] for part in given.split("; "))
    assert int(parts["Max-Age"]) >= 86400 and "HttpOnly" in parts and parts["SameSite"].lower() == "lax", given
    name, _is, secret = given.partition(";")[0].partition("=")
    woken = site.visitor()  # only what a browser keeps on its disk is left
    woken.http.cookies.set(name, secret, domain="localhost.local")
    before = seats(site, workshop), len(ballots(site, step))
    page = shown(woken.get(f"/a/{workshop.code}"))
    assert "Enregistré" in page and "Modifier mon vote" in page and "Au nom de qui" not in page
    assert vote(woken, workshop, step, {first: 1}).status_code == 200
    assert (seats(site, workshop), len(ballots(site, step))) == before


def test_two_facilitators_at_once_the_second_is_told(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step = current(site, workshop)
    with site.reading() as db:
        seen = db.get_one(Workshop, workshop.id).edited
    amina.post(f"/ateliers/{workshop.id}/sequences/{step.id}/prolongation", {"edited": seen})
    late = amina.post(f"/ateliers/{workshop.id}/sequences/{step.id}/cloture", {"edited": seen})
    assert "vient d’agir" in late.text
    assert current(site, workshop).status == "open"


def test_only_its_facilitators_lead_a_workshop(site: Site) -> None:
    workshop = room(site)
    step = current(site, workshop)
    for who in (site.visitor(), site.signed_in("resident"), site.signed_in("technician")):
        for path in ("regie", "preparation"):
            assert who.get(f"/ateliers/{workshop.id}/{path}").status_code in (200, 403)
        assert act(site, who, workshop, f"sequences/{step.id}/cloture").status_code == 403
    assert current(site, workshop).status == "open"
    with site.reading() as db:
        elsewhere = db.exec(select(Workshop).where(Workshop.territory_id != workshop.territory_id)).first()
    assert elsewhere
    assert site.signed_in("facilitator").get(f"/ateliers/{elsewhere.id}/regie").status_code == 403


def test_the_screen_needs_its_key_and_hides_what_is_hidden(site: Site) -> None:
    workshop = room(site)
    assert site.visitor().get(f"/ateliers/{workshop.id}/ecran/nimporte").status_code == 404
    shown = site.visitor().get(f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}")
    assert shown.status_code == 200
    assert workshop.code in shown.text.replace(" ", "")
    assert not soup(shown).select(".screen-bar")
    asked = site.visitor().get(f"/a/{workshop.code}/etat").json()
    assert set(asked) == {"room", "step", "status", "closes_at", "now"}


def test_a_revealed_step_feeds_the_board_with_its_base(site: Site) -> None:
    with site.reading() as db:
        rate = db.exec(select(WorkshopRate).where(WorkshopRate.kind == "priority")).first()
        assert rate
        pooled = queries.rates(db, "priority", [rate.subject_id])[rate.subject_id]
        rows = db.exec(
            select(WorkshopRate).where(WorkshopRate.kind == "priority", WorkshopRate.subject_id == rate.subject_id)
        ).all()
        for college, (supporters, given) in pooled.by.items():
            mine = [r for r in rows if r.college == college]
            assert (supporters, given) == (sum(r.supporters for r in mine), sum(r.ballots for r in mine))
            assert supporters <= given
        for step_id in {r.step_id for r in rows}:
            casts = queries.casts(db, [step_id])[step_id]
            wanted = queries.subjects(db, step_id)["priority", rate.subject_id]
            for row in rows:
                if row.step_id == step_id:
                    own = [c for c in casts if c.college == row.college]
                    assert row.ballots == len(own)
                    assert row.supporters == sum(any(c.marks.get(o) for o in wanted) for c in own)
    page = site.visitor().get(f"/priorites/{rate.subject_id}").text
    assert "En atelier" in page


def test_the_order_of_options_is_drawn_once_a_seat(site: Site) -> None:
    workshop = room(site)
    step = current(site, workshop)
    with site.reading() as db:
        views = queries.options(db, [step.id or 0])[step.id or 0]
    orders = {tuple(v.id for v in queries.shuffled(step, views, seat)) for seat in range(40)}
    assert len(orders) > 3
    assert queries.shuffled(step, views, 7) == queries.shuffled(step, list(reversed(views)), 7)


def test_lists_cost_a_fixed_number_of_queries(site: Site) -> None:
    workshop, visitor = room(site), site.visitor()
    for path, most in (("/ateliers", 8), (f"/ateliers/{workshop.id}-{workshop.slug}", 10), (f"/a/{workshop.code}", 10)):
        visitor.get(path)
        with site.counting() as seen:
            visitor.get(path)
        assert len(seen) <= most, (path, seen)
