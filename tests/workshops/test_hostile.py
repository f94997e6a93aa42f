"""What a hostile visitor, or a hurried facilitator, may send to a workshop, and what it must never open."""

from typing import Any

import pytest
from sqlmodel import col, select
from structlog.testing import capture_logs

from app.actions import queries as sheets
from app.core.security import redact
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.workshops.models import Option, Seat, Step, Workshop
from tests.actions.cast import a_sheet, some_needs
from tests.site import Site
from tests.workshops.acts import (
    MORLAIX,
    act,
    ballots,
    current,
    options,
    prepared,
    room,
    seated,
    seats,
    shown,
    steps,
    vote,
)

HUGE = ["2147483648", str(2**63), "9" * 30]
NASTY = "<script>alert(1)</script> \u202e\u0000👩‍👩‍👧 &amp; שלום \"'"
WORKSHOP = {
    "title": "Atelier de Garlan",
    "place": "Salle du bourg",
    "day": "2030-03-14",
    "hour": "18:30",
    "minutes": 90,
}
QUESTION = {"kind": "dots", "title": "Par quoi commencer ?", "minutes": 8, "dots": 5, "cap": 2}


def _edited(site: Site, workshop: Workshop) -> int:
    with site.reading() as db:
        return db.get_one(Workshop, workshop.id).edited


@pytest.mark.parametrize("number", HUGE)
def test_a_number_no_engine_can_keep_is_not_found(site: Site, number: str) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    for path in (f"/ateliers/{number}", f"/ateliers/{number}-atelier", f"/ateliers/{number}/regie", f"/ateliers/{number}/compte-rendu",
                 f"/ateliers/{number}/ecran/x", f"/direct/ateliers/{number}/x", f"/ateliers/{workshop.id}/sequences/{number}"):  # fmt: skip
        assert amina.get(path).status_code == 404, path
    for path in ("ouverture", "cloture", "reouverture", "prolongation", "resultats", "retrait", "ordre"):
        assert act(site, amina, workshop, f"sequences/{number}/{path}", direction="up").status_code == 404, path
    phone, step = seated(site, workshop), current(site, workshop)
    before = len(ballots(site, step))
    for sent in ({"step": number}, {"step": step.id, "choice": number}, {"step": step.id, "dots": f"{number}:1"}, {"step": "x"},
                 {"step": step.id, "dots": "1:1.5"}, {"step": step.id, "dots": "1:-1"}, {"step": step.id, "dots": "１:１"}, {}):  # fmt: skip
        assert phone.post(f"/a/{workshop.code}/bulletin", sent).status_code in (400, 422), sent
    assert len(ballots(site, step)) == before
    assert phone.get(f"/a/{workshop.code}?modifier={number}").status_code in (200, 400, 422)


@pytest.mark.parametrize("edited", ["-1", "9" * 40, "x", ""])
def test_an_act_on_a_room_never_seen_does_nothing(site: Site, edited: str) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    step = current(site, workshop)
    amina.post(f"/ateliers/{workshop.id}/sequences/{step.id}/cloture", {"edited": edited})
    assert current(site, workshop).status == "open"


@pytest.mark.parametrize("code", ["\x00\x01", "é" * 300, "𝔸𝔹ℂ", "%", "<b>", "A" * 4000, "../../x", "١٢٣٤٥٦"])
def test_a_code_that_is_no_code_is_not_found_in_words(site: Site, code: str) -> None:
    answer = site.visitor().get("/a", params={"code": code})
    assert answer.status_code == 404 and "six caractères" in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1900-01-01", "-5", "2030-02-30"])
def test_a_day_that_nobody_can_meet_is_explained(site: Site, day: str) -> None:
    answer = site.signed_in("facilitator").post(f"/territoires/{MORLAIX}/ateliers", WORKSHOP | {"day": day})
    assert answer.status_code == 422 and "date" in answer.text and "Salle du bourg" in answer.text


def test_html_emoji_and_right_to_left_are_shown_as_written(site: Site) -> None:
    amina = site.signed_in("facilitator")
    typed = f"{NASTY} un\n{NASTY} deux"
    workshop = prepared(site, amina, title=NASTY, text=NASTY, typed=typed)
    changed = WORKSHOP | {"title": NASTY, "place": NASTY, "text": NASTY, "edited": _edited(site, workshop)}
    assert amina.post(f"/ateliers/{workshop.id}/preparation", changed).status_code == 200
    question, phone = steps(site, workshop)[1], seated(site, workshop)
    act(site, amina, workshop, f"sequences/{question.id}/ouverture")
    vote(phone, workshop, question, {options(site, question)[0]: 1})
    pages = ["regie", "preparation", f"ecran/{workshop.screen_key}", "compte-rendu", ""]
    for _state in range(2):
        for path in pages:
            text = amina.get(f"/ateliers/{workshop.id}/{path}".rstrip("/")).text
            assert "<script>alert" not in text and "\u202e" not in text, path
        assert "<script>alert" not in phone.get(f"/a/{workshop.code}").text
        act(site, amina, workshop, f"sequences/{question.id}/cloture")
        act(site, amina, workshop, f"sequences/{question.id}/resultats")
    act(site, amina, workshop, "fin")
    amina.post(f"/ateliers/{workshop.id}/compte-rendu", {"conclusion": NASTY * 2, "next_steps": NASTY, "sure": "true"})
    shown = site.visitor().get(f"/ateliers/{workshop.id}/compte-rendu").text
    assert "👩‍👩‍👧" in shown and "<script>alert" not in shown


def test_a_seat_alone_is_a_session_for_writes_that_hide_where_they_come_from(site: Site) -> None:
    workshop = room(site)
    step, phone = current(site, workshop), seated(site, workshop)
    before, sent = len(ballots(site, step)), {"step": step.id, "dots": f"{options(site, step)[0]}:1"}
    for headers in (
        {"sec-fetch-site": None},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": None, "origin": "https://x.fr"},
    ):
        assert phone.post(f"/a/{workshop.code}/bulletin", sent, headers=headers).status_code == 403
    assert len(ballots(site, step)) == before


def test_neither_codes_nor_keys_of_rooms_are_in_the_logs(site: Site) -> None:
    workshop, visitor = room(site), site.visitor()
    paths = [f"/a/{workshop.code}", f"/a/{workshop.code}/etat", f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}"]
    with capture_logs() as logs:
        for path in paths:
            assert visitor.get(path).status_code == 200
    written = repr(logs)
    assert workshop.code not in written and workshop.screen_key not in written and "/etat" in written
    assert redact(f"/direct/ateliers/{workshop.id}/{workshop.screen_key}").endswith(f"/{workshop.id}/…")
    assert redact(f"/direct/a/{workshop.code}") == "/direct/a/…"
    assert redact("/ateliers/3-atelier") == "/ateliers/3-atelier"


def test_what_belongs_to_a_phone_is_kept_by_nobody(site: Site) -> None:
    workshop = room(site)
    phone = seated(site, workshop)
    for path in (
        f"/a/{workshop.code}",
        f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}",
        f"/a/{workshop.code}/etat",
    ):
        kept = phone.get(path).headers["cache-control"]
        assert "no-store" in kept or "no-cache" in kept, path
    cookie = next(c for c in phone.http.cookies.jar if "place" in c.name)
    assert cookie.has_nonstandard_attr("HttpOnly") and str(cookie._rest.get("SameSite")).lower() == "lax"  # type: ignore[attr-defined]
    with site.reading() as db:
        assert db.exec(select(Seat).where(Seat.digest == cookie.value)).first() is None


@pytest.mark.parametrize("reveal", ["hidden", "after_vote", "live"])
def test_hidden_results_are_on_no_page_before_they_are_shown(site: Site, reveal: str) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina, reveal=reveal, dots=19, cap=17)
    question = steps(site, workshop)[1]
    act(site, amina, workshop, f"sequences/{question.id}/ouverture")
    voter, other = seated(site, workshop), seated(site, workshop, "habitants")
    first = options(site, question)[0]
    vote(voter, workshop, question, {first: 17})
    paths = [f"/ateliers/{workshop.id}", f"/a/{workshop.code}", "/ateliers", f"/territoires/{MORLAIX}/priorites"]
    screen = f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}"
    for closed in (False, True):
        for path in [*paths, *([screen] if reveal != "live" else [])]:
            page = other.get(path).text
            assert "data-points" not in page and "room-bars" not in page and "screen__figure" not in page, (
                path,
                closed,
            )
        assert "Compte rendu d’atelier" not in other.get(f"/ateliers/{workshop.id}/compte-rendu").text
        act(site, amina, workshop, f"sequences/{question.id}/cloture")
    act(site, amina, workshop, "fin")
    assert "room-bars" not in other.get(f"/ateliers/{workshop.id}").text
    assert site.signed_in("technician").get(f"/ateliers/{workshop.id}/compte-rendu").status_code == 403


def test_a_ballot_of_another_step_says_so_without_filling_this_one(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    other = {"kind": "dots", "title": "Et ensuite ?", "minutes": 5, "dots": 3, "cap": 3, "typed": "Ceci\nCela"}
    act(site, amina, workshop, "sequences", **other)
    _hello, first, second = steps(site, workshop)
    phone = seated(site, workshop)
    act(site, amina, workshop, f"sequences/{first.id}/ouverture")
    vote(phone, workshop, first, {options(site, first)[0]: 1})
    act(site, amina, workshop, f"sequences/{first.id}/cloture")
    act(site, amina, workshop, f"sequences/{first.id}/resultats")
    act(site, amina, workshop, f"sequences/{second.id}/ouverture")
    late = vote(phone, workshop, first, {options(site, first)[1]: 2})
    assert late.status_code == 409 and "trop tard" in late.text
    assert "Il vous reste 3 gommettes" in late.text.replace("\u00a0", " ")
    vote(phone, workshop, second, {options(site, second)[0]: 1})
    late = vote(phone, workshop, first, {options(site, first)[1]: 2})
    assert late.status_code == 409 and 'name="dots"' not in shown(late)  # the vote already sent stays sent


def test_a_vote_is_not_reopened_over_another_nor_once_the_room_is_closed(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    act(site, amina, workshop, "sequences", **QUESTION, typed="Ceci\nCela")
    hello, first, second = steps(site, workshop)
    act(site, amina, workshop, f"sequences/{hello.id}/ouverture")
    act(site, amina, workshop, f"sequences/{first.id}/ouverture")
    act(site, amina, workshop, f"sequences/{first.id}/cloture")
    act(site, amina, workshop, f"sequences/{second.id}/ouverture")
    answer = act(site, amina, workshop, f"sequences/{first.id}/reouverture")
    assert "Un vote est en cours" in answer.text
    assert [s.status for s in steps(site, workshop)] == ["closed", "closed", "open"]
    act(site, amina, workshop, "fin")
    act(site, amina, workshop, f"sequences/{hello.id}/reouverture")
    assert [s.status for s in steps(site, workshop)] == ["closed", "revealed", "revealed"]


def test_a_run_sheet_that_is_over_does_not_change(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    act(site, amina, workshop, "fin")
    hello, question = steps(site, workshop)
    sent = QUESTION | {"title": "Autre chose", "typed": "Ceci\nCela"}
    for path, more in (("", sent), ("/retrait", {}), ("/ordre", {"direction": "down"})):
        assert act(site, amina, workshop, f"sequences/{hello.id}{path}", **more).status_code == 409, path
    assert act(site, amina, workshop, "sequences", **sent).status_code == 409
    assert [s.id for s in steps(site, workshop)] == [hello.id, question.id]
    words = {"conclusion": "La salle demande un car du soir.", "next_steps": "", "sure": "true"}
    amina.post(f"/ateliers/{workshop.id}/compte-rendu", words)
    again = amina.post(
        f"/ateliers/{workshop.id}/compte-rendu", {"conclusion": "La salle n’a rien demandé du tout.", "sure": "true"}
    )
    assert again.status_code == 409
    changed = WORKSHOP | {"title": "Un tout autre titre", "edited": _edited(site, workshop)}
    assert amina.post(f"/ateliers/{workshop.id}/preparation", changed).status_code == 409
    report = site.visitor().get(f"/ateliers/{workshop.id}/compte-rendu").text
    assert "demande un car du soir" in report and "tout autre titre" not in report


def test_after_a_refused_date_the_same_form_is_sent_again(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    stale = WORKSHOP | {"edited": _edited(site, workshop), "day": "2031-01-01"}
    refused = amina.post(f"/ateliers/{workshop.id}/preparation", stale)
    assert refused.status_code == 409 and f'name="edited" value="{_edited(site, workshop)}"' in refused.text


@pytest.mark.parametrize("field", ["priorities", "sheets", "needs_typed"])
def test_the_same_choice_is_not_offered_twice(site: Site, field: str) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    need, ref = some_needs(site)[0], a_sheet(site)
    with site.reading() as db:
        sheet = sheets.by_ref(db, ref)
        mine = db.exec(select(Option.priority_id).where(col(Option.priority_id).is_not(None))).first()
    twice: dict[str, Any] = {
        "sheets": [sheet.id, sheet.id] if sheet else [], "needs_typed": f"{need.reference} {str(need.reference).lower()}",
        "priorities": [mine, mine],
    }  # fmt: skip
    answer = act(site, amina, workshop, "sequences", **QUESTION, **{field: twice[field]})
    assert answer.status_code == 422 and "de 2 à 12" in answer.text


def test_what_is_of_elsewhere_or_gone_is_not_put_to_the_vote(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    left, idea = a_sheet(site, verbs=("withdraw",)), a_sheet(site, published=False)
    with site.reading() as db:
        gone, unread = sheets.by_ref(db, left), sheets.by_ref(db, idea)
        assert gone and unread
        home = workshop.territory_id
        foreign = db.exec(select(Need.reference).where(Need.territory_id != home, col(Need.status).in_(PUBLIC))).first()
        pending = db.exec(select(Need.reference).where(Need.territory_id == home, Need.status == "pending")).first()
    wrong: list[dict[str, Any]] = [{"sheets": [gone.id]}, {"sheets": [unread.id]}, {"needs_typed": foreign}, {"needs_typed": pending},
             {"priorities": [999999]}, {"sheets": [2**31 - 1]}]  # fmt: skip
    for chosen in wrong:
        answer = act(site, amina, workshop, "sequences", **QUESTION, typed="Ceci", **chosen)
        assert answer.status_code == 403 and "Ceci" in answer.text, chosen
    assert len(steps(site, workshop)) == 2


def test_seats_are_not_taken_for_another_room_nor_with_a_made_up_college(site: Site) -> None:
    workshop = room(site)
    phone, before = site.visitor(), seats(site, workshop)
    for college in ("", "rois", "jeunes\x00x", "JEUNES", "x" * 5000):
        assert phone.post(f"/a/{workshop.code}/place", {"college": college}).status_code == 422
    phone.http.cookies.set(f"emglev-place-{workshop.id}", "inventé".encode().hex())
    assert (
        "gommettes" not in phone.get(f"/a/{workshop.code}").text
        or 'name="college"' in phone.get(f"/a/{workshop.code}").text
    )
    assert seats(site, workshop) == before


def test_a_step_of_another_workshop_is_not_led_from_here(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    other, step = prepared(site, amina), current(site, workshop)
    for path in ("cloture", "resultats", "retrait", "ouverture", "prolongation"):
        assert act(site, amina, other, f"sequences/{step.id}/{path}").status_code == 404
    assert act(site, amina, other, f"sequences/{step.id}", **QUESTION, typed="a\nb").status_code == 404
    with site.reading() as db:
        assert db.get_one(Step, step.id).status == "open"
