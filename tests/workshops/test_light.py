"""A ballot sent by the page's form and by its script: the same rights, limits, words, on both ways."""

import asyncio
import json
from collections import Counter
from datetime import timedelta

import httpx
import pytest
from limits import parse
from sqlmodel import select

from app.accords.models import Phase
from app.core.batch import Writer
from app.core.db import now
from app.core.errors import UnavailableError
from app.workshops.models import Seat, Step, Workshop
from app.workshops.routes import light
from tests.site import Site
from tests.workshops.acts import act, ballots, current, options, prepared, room, seated, steps
from tests.workshops.ways import Way, opened


@pytest.fixture(params=["form", "script"])
def way(request: pytest.FixtureRequest) -> Way:
    """Both ways."""
    return Way(request.param)


def test_a_ballot_is_kept_and_may_be_changed(site: Site, way: Way) -> None:
    workshop, step, (a, b, _c) = opened(site)
    phone = seated(site, workshop, "habitants")
    assert way.vote(phone, workshop, step, {a: 2, b: 1}).status == 200
    assert way.vote(phone, workshop, step, {b: 2}).status == 200
    (kept,) = ballots(site, step)
    assert (kept.marks, kept.late, kept.college, kept.channel) == ({str(b): 2}, False, "habitants", "phone")


def test_the_script_is_told_what_is_kept(site: Site) -> None:
    workshop, step, (a, b, c) = opened(site)
    sent = {"step": step.id, "dots": [f"{a}:2", f"{b}:0", f"{c}:1"]}
    answer = seated(site, workshop).post(f"/direct/a/{workshop.code}/bulletin", sent)
    assert answer.json() == {"state": "recorded", "late": False, "marks": {str(a): 2, str(c): 1}}
    assert answer.headers["content-type"].startswith("application/json")
    assert "no-store" in answer.headers["cache-control"]
    for name in ("content-security-policy", "x-content-type-options", "x-request-id", "referrer-policy"):
        assert answer.headers[name], name


@pytest.mark.parametrize(
    ("marks", "status", "words"),
    [
        ({0: 3}, 422, "Trop de gommettes sur un même choix"),
        ({0: 2, 1: 2, 2: 2}, 422, "Trop de gommettes"),
        ({9_999_999: 1}, 422, "n’est pas dans ce vote"),
        ({0: -1}, 422, "pas la forme attendue"),
    ],
    ids=["over the cap", "over the total", "unknown option", "negative"],
)
def test_what_is_no_ballot_is_refused_in_words(
    site: Site, way: Way, marks: dict[int, int], status: int, words: str
) -> None:
    workshop, step, known = opened(site)
    phone = seated(site, workshop)
    said = way.vote(phone, workshop, step, {known[o] if o < 3 else o: n for o, n in marks.items()})
    assert said.status == status and words in said.words
    assert not ballots(site, step)


@pytest.mark.parametrize(
    "data",
    [{}, {"step": "x"}, {"step": "0"}, {"step": "9" * 30}, {"step": "1", "choice": "un"}, {"step": "1", "place": "0"}],
)
def test_what_cannot_be_read_is_refused(site: Site, way: Way, data: dict[str, str]) -> None:
    workshop, step, _options = opened(site)
    said = way.send(seated(site, workshop), workshop.code, data)
    assert said.status == 422 and said.words
    assert not ballots(site, step)


def test_without_a_seat_or_with_that_of_another_room_nothing_is_counted(site: Site, way: Way) -> None:
    workshop, step, (a, *_others) = opened(site)
    elsewhere = room(site)
    assert elsewhere.id != workshop.id
    stranger, guest = site.visitor(), seated(site, elsewhere)
    guest.http.cookies.set(
        f"emglev-place-{workshop.id}", guest.http.cookies[f"emglev-place-{elsewhere.id}"], domain="localhost.local"
    )
    for phone in (stranger, guest):
        said = way.vote(phone, workshop, step, {a: 1})
        assert said.status == 403 and "Prenez d’abord une place" in said.words
    assert not ballots(site, step)


def test_a_step_of_another_room_and_an_unknown_room_are_not_found(site: Site, way: Way) -> None:
    workshop, step, (a, *_others) = opened(site)
    other = current(site, room(site))
    phone = seated(site, workshop)
    assert way.vote(phone, workshop, other, {options(site, other)[0]: 1}).status == 404
    assert way.send(phone, "ZZZZZZ", {"step": step.id, "dots": f"{a}:1"}).status == 404
    draft = room(site, status="draft")
    assert way.send(phone, draft.code, {"step": step.id, "dots": f"{a}:1"}).status == 404


def test_a_vote_that_has_not_begun_or_is_over_says_so(site: Site, way: Way) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    step = steps(site, workshop)[1]
    phone, option = seated(site, workshop), options(site, step)[0]
    said = way.vote(phone, workshop, step, {option: 1})
    assert said.status == 409 and "pas encore ouvert" in said.words
    act(site, amina, workshop, f"sequences/{step.id}/ouverture")
    act(site, amina, workshop, f"sequences/{step.id}/cloture")
    assert way.vote(phone, workshop, step, {option: 1}).status == 200
    assert [ballot.late for ballot in ballots(site, step)] == [True]
    with site.writing() as db:
        closed = db.get_one(Step, step.id)
        closed.closed_at = now() - timedelta(seconds=6)
        db.add(closed)
    said = way.vote(phone, workshop, step, {option: 2})
    assert said.status == 409 and "trop tard" in said.words
    assert ballots(site, step)[0].marks == {str(option): 1}


def test_a_room_that_the_calendar_closed_takes_no_ballot(site: Site, way: Way) -> None:
    workshop, step, (a, *_others) = opened(site)
    phone = seated(site, workshop)
    with site.writing() as db:
        for phase in db.exec(select(Phase).where(Phase.accord_id == workshop.accord_id)):
            phase.opens = []
            db.add(phase)
    said = way.vote(phone, workshop, step, {a: 1})
    assert said.status == 403 and "pas ouvert en ce moment" in said.words
    assert not ballots(site, step)


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": None},
     {"sec-fetch-site": None, "origin": "https://ailleurs.example"}],
)  # fmt: skip
def test_another_site_cannot_vote_with_a_seat(site: Site, way: Way, headers: dict[str, str | None]) -> None:
    workshop, step, (a, *_others) = opened(site)
    phone = seated(site, workshop)
    said = way.send(phone, workshop.code, {"step": step.id, "dots": f"{a}:1"}, headers=headers)
    assert said.status == 403 and "vient d’un autre site" in said.words
    assert not ballots(site, step)


def test_a_huge_body_is_refused(site: Site, way: Way) -> None:
    workshop, step, (a, *_others) = opened(site)
    phone = seated(site, workshop)
    said = way.send(phone, workshop.code, {"step": step.id, "dots": f"{a}:1", "words": "x" * 300_000})
    assert said.status == 413 and "trop lourd" in said.words
    many = {"step": step.id, "dots": [f"{a}:1"] * 300}
    assert way.send(phone, workshop.code, many).status == 400
    assert not ballots(site, step)


def test_a_body_of_another_kind_is_refused(site: Site) -> None:
    workshop, step, (a, *_others) = opened(site)
    phone, path = seated(site, workshop), f"/direct/a/{workshop.code}/bulletin"
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
        answer = phone.request("POST", path, content=b"step=1", headers={"content-type": kind})
        assert answer.status_code == 400 and answer.json()["state"] == "refused"
    sent = f"step={step.id}&dots={a}%3A1".encode()
    answer = phone.request(
        "POST", path, content=sent, headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    )
    assert answer.status_code == 200


def test_a_seat_that_sends_too_often_is_told_when_to_come_back(
    site: Site, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(light, "BALLOTS_A_SEAT", parse("3/minute"))
    workshop, step, (a, b, _c) = opened(site)
    phone, neighbour = seated(site, workshop), seated(site, workshop)
    for _n in range(3):
        assert way.vote(phone, workshop, step, {a: 1}).status == 200
    said = way.vote(phone, workshop, step, {b: 1})
    assert said.status == 429 and 1 <= int(said.retry_after or 0) <= 60
    assert way.vote(neighbour, workshop, step, {b: 1}).status == 200
    assert Counter(tuple(ballot.marks) for ballot in ballots(site, step)) == {(str(a),): 1, (str(b),): 1}


def test_a_room_that_sends_too_much_is_told_so(site: Site, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(light, "BALLOTS_A_ROOM", parse("2/minute"))
    workshop, step, (a, *_others) = opened(site)
    phones = [seated(site, workshop) for _n in range(3)]
    assert [way.vote(phone, workshop, step, {a: 1}).status for phone in phones] == [200, 200, 429]


def test_a_writer_that_is_full_says_when_to_come_back(site: Site, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop, step, (a, *_others) = opened(site)
    phone = seated(site, workshop)

    def full(_self: object, _item: object) -> None:
        raise UnavailableError("Le site est très sollicité.", retry_after=2)

    monkeypatch.setattr(Writer, "submit", full)
    said = way.vote(phone, workshop, step, {a: 1})
    assert said.status == 503 and said.retry_after == "2" and "très sollicité" in said.words


def test_a_place_of_a_shared_device_has_its_own_ballot(site: Site, way: Way) -> None:
    workshop, step, (a, b, _c) = opened(site)
    phone = seated(site, workshop)
    first = ballots_by_place(site, workshop)
    secret = phone.http.cookies[f"emglev-place-{workshop.id}"]
    from app.workshops import queries

    with site.writing() as db:
        db.add(
            Seat(workshop_id=workshop.id or 0, digest=queries.seat_digest(secret, 2), place=2, college="jeunes",
                 channel="phone", created_at=now())
        )  # fmt: skip
    assert way.vote(phone, workshop, step, {a: 1}).status == 200
    assert way.vote(phone, workshop, step, {b: 2}, place="2").status == 200
    assert way.vote(phone, workshop, step, {b: 1}, place="3").status == 403
    assert ballots_by_place(site, workshop) == first | {1: {str(a): 1}, 2: {str(b): 2}}


def ballots_by_place(site: Site, workshop: Workshop) -> dict[int, dict[str, int]]:
    """The marks of each place of the room's devices."""
    found = {}
    with site.reading() as db:
        for step in steps(site, workshop):
            for ballot in ballots(site, step):
                found[db.get_one(Seat, ballot.seat_id).place] = ballot.marks
    return found


def test_a_hundred_phones_at_once_are_a_few_commits(site: Site) -> None:
    workshop, step, (a, b, _c) = opened(site)
    phones = [seated(site, workshop) for _n in range(20)]
    sizes: list[int] = []
    site.app.state.ballots.measured = lambda items, _seconds: sizes.append(items)

    async def storm() -> list[httpx.Response]:
        calls = [
            phone.http.post(
                f"/direct/a/{workshop.code}/bulletin",
                data={"step": step.id, "dots": f"{a if n % 2 else b}:{1 + n % 2}"},
                headers={"sec-fetch-site": "same-origin"},
            )
            for _again in range(5)
            for n, phone in enumerate(phones)
        ]
        return await asyncio.gather(*calls)

    with site.counting() as seen:
        answers = site.run(storm())
    assert Counter(answer.status_code for answer in answers) == {200: 100}
    assert sum(sizes) == 100 and len(sizes) < 30
    assert len([statement for statement in seen if statement.startswith("INSERT INTO ballot")]) == len(sizes)
    assert Counter(json.dumps(ballot.marks) for ballot in ballots(site, step)) == {
        json.dumps({str(b): 1}): 10, json.dumps({str(a): 2}): 10,
    }  # fmt: skip


def test_get_is_not_how_one_votes(site: Site) -> None:
    workshop = room(site)
    assert site.visitor().get(f"/direct/a/{workshop.code}/bulletin").status_code == 405
