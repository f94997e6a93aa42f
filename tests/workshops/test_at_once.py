"""Two people at once: in a room, on a fiche, on a need. Each finds the counts right, and nobody waits for ever."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlmodel import Session, col, func, select

from app.actions import queries as sheets
from app.actions import service as sheet_verbs
from app.actions.models import ActionSheet, SheetNeed
from app.identity import service as identity
from app.needs import queries as needs
from app.needs import service as need_verbs
from app.needs.models import Need
from app.threads.models import Comment, Mention, Position
from app.workshops import queries, service
from app.workshops.models import Seat, Step, Workshop, WorkshopRate
from app.workshops.service import casting as voting
from tests.actions.cast import HOME, a_body, a_sheet, candidate, get, some_needs, theme_code, typed
from tests.site import ORIGIN, Site, Visitor
from tests.workshops.acts import act, ballots, current, options, prepared, room, seated, steps

PATIENCE = 60.0  # seconds
HELD = 0.6  # seconds after which somebody who has not come through is taken to be waiting


def together(site: Site, *acts: Callable[[Session], Any]) -> list[BaseException]:
    """Do all of these at the same moment, each in its own transaction; what went wrong."""
    wrong: list[BaseException] = []
    ready = threading.Barrier(len(acts))

    def run(do: Callable[[Session], Any]) -> None:
        ready.wait(PATIENCE)
        try:
            with site.writing() as db:
                do(db)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(do,), daemon=True) for do in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "somebody waits for ever"
    return wrong


def storm(site: Site, who: Visitor, requests: list[tuple[str, dict[str, Any]]]) -> Counter[int]:
    """The same visitor sends these forms at the same moment."""
    site.app.state.limiter.hit = lambda *_args: None

    async def send() -> list[httpx.Response]:
        transport = httpx.ASGITransport(site.app, raise_app_exceptions=False)
        headers = {"sec-fetch-site": "same-origin"}
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=who.http.cookies) as client:
            calls = [client.post(path, data=data, headers=headers) for path, data in requests]
            return await asyncio.wait_for(asyncio.gather(*calls), PATIENCE)

    return Counter(answer.status_code for answer in site.run(send()))


def recount(site: Site) -> None:
    """Every need counts the fiches that its thread mentions, which are the published ones that name it."""
    with site.reading() as db:
        mentioned: dict[int, set[int]] = {}
        for thread_id, sheet_id in db.execute(
            select(col(Mention.thread_id), col(Mention.subject_id)).where(Mention.kind == "sheet")
        ):
            mentioned.setdefault(thread_id, set()).add(sheet_id)
        named: dict[int, set[int]] = {}
        for link in db.exec(select(SheetNeed)):
            sheet = sheets.one(db, link.sheet_id)
            if sheet and sheet.version:
                named.setdefault(link.need_id, set()).add(link.sheet_id)
        for need in db.exec(select(Need)):
            said = mentioned.get(need.thread_id, set())
            assert need.sheets == len(said), (need.reference, need.sheets, said)
            assert said == named.get(need.id or 0, set()), need.reference


def _linking(reference: str, ids: list[int], *, unlink: bool = False) -> Callable[[Session], None]:
    verb = sheet_verbs.unlink_need if unlink else sheet_verbs.link_need

    def do(db: Session) -> None:
        sheet = sheets.by_ref(db, reference)
        assert sheet
        found = [needs.one(db, need_id) for need_id in ids]  # all read before any changes: whatever others do is missed
        for need in found:
            assert need
            verb(db, sheet, need, by=None)

    return do


def _publishing(reference: str) -> Callable[[Session], None]:
    def do(db: Session) -> None:
        sheet = sheets.by_ref(db, reference)
        assert sheet
        sheet_verbs.publish_version(db, sheet, by=None)

    return do


def _supporting(number: int, ids: list[int]) -> Callable[[Session], None]:
    def do(db: Session) -> None:
        for need_id in ids:
            need = needs.one(db, need_id)
            assert need
            person = identity.person_for(db, f"voix{number}@exemple.fr", college="jeunes")
            need_verbs.support(db, need, person, "jeunes")

    return do


def test_the_demonstration_counts_its_fiches_right(site: Site) -> None:
    recount(site)


def test_needs_taken_up_by_many_fiches_at_once_are_counted_once_each(site: Site) -> None:
    ids = [need.id or 0 for need in some_needs(site, 4)]
    refs = [a_sheet(site, needs=0) for _n in range(5)]
    linking = [_linking(ref, ids if n % 2 else ids[::-1]) for n, ref in enumerate(refs)]
    supporting = [_supporting(n, ids if n % 2 else ids[::-1]) for n in range(3)]
    assert together(site, *linking, *supporting) == []
    recount(site)
    unlinking = [_linking(ref, ids[::-1] if n % 2 else ids, unlink=True) for n, ref in enumerate(refs)]
    assert together(site, *unlinking) == []
    recount(site)


def test_a_need_linked_while_its_fiche_is_published_knows_it(site: Site) -> None:
    ids = [need.id or 0 for need in some_needs(site, 3)]
    for need_id in ids:
        ref = a_sheet(site, needs=0, published=False)
        assert together(site, _linking(ref, [need_id]), _publishing(ref)) == []
    recount(site)


def test_a_need_detached_while_its_fiche_moves_is_detached(site: Site) -> None:
    for need in some_needs(site, 3):
        ref = a_sheet(site, needs=0)
        assert together(site, _linking(ref, [need.id or 0])) == []

        def move(db: Session, ref: str = ref) -> None:
            sheet = sheets.by_ref(db, ref)
            assert sheet
            sheet_verbs.move(db, sheet, "make_project", by=None)

        assert together(site, move, _linking(ref, [need.id or 0], unlink=True)) == []
    recount(site)


def test_a_ballot_sent_while_results_are_shown_is_in_both_or_in_neither(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = room(site)
    step, phone = current(site, workshop), seated(site, workshop)
    option = options(site, step)[0]
    assert phone.http.cookies
    with site.reading() as db:
        seat = db.exec(select(Seat).where(Seat.workshop_id == workshop.id).order_by(col(Seat.id).desc())).first()
        assert seat
    checked, shown, check = threading.Event(), threading.Event(), voting._check_marks

    def slowly(*given: Any) -> None:
        checked.set()
        shown.wait(HELD)  # the facilitator shows the results meanwhile, or is made to wait for this ballot
        check(*given)

    monkeypatch.setattr(voting, "_check_marks", slowly)

    def cast(db: Session) -> None:
        here, mine = queries.one(db, workshop.id or 0), db.get_one(Step, step.id)
        assert here
        service.cast_ballot(db, here, mine, db.get_one(Seat, seat.id), {option: 1})

    voter = threading.Thread(target=lambda: together(site, cast), daemon=True)
    voter.start()
    assert checked.wait(PATIENCE)
    for verb in (service.close_step, service.reveal_step):
        with site.writing() as db:
            here = db.get_one(Workshop, workshop.id)
            verb(db, here, db.get_one(Step, step.id), edited=here.edited, by=1)
    shown.set()
    voter.join(PATIENCE)
    with site.reading() as db:
        casts = queries.casts(db, [step.id or 0])[step.id or 0]
        given = Counter(cast.college for cast in casts)
        rates = db.exec(select(WorkshopRate).where(WorkshopRate.step_id == step.id)).all()
        assert rates
        for rate in rates:
            assert rate.ballots == given[rate.college], rate.college


def test_one_phone_that_sends_eight_times_at_once_has_one_ballot(site: Site) -> None:
    workshop = room(site)
    step, phone = current(site, workshop), seated(site, workshop)
    before, option = len(ballots(site, step)), options(site, step)[0]
    sent = {"step": step.id, "dots": f"{option}:1", "choice": str(option)}
    sent.pop("choice" if step.kind == "dots" else "dots")
    assert storm(site, phone, [(f"/a/{workshop.code}/bulletin", sent)] * 8) == Counter({303: 8})
    assert len(ballots(site, step)) == before + 1


def test_of_facilitators_at_once_one_acts(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = current(site, workshop)
    with site.reading() as db:
        edited = db.get_one(Workshop, workshop.id).edited
    path = f"/ateliers/{workshop.id}/sequences/{step.id}"
    acts = [(f"{path}/prolongation", {"edited": edited})] * 3 + [(f"{path}/cloture", {"edited": edited})] * 3
    assert storm(site, amina, acts) == Counter({303: 6})
    with site.reading() as db:
        assert db.get_one(Workshop, workshop.id).edited == edited + 1


def test_a_step_taken_out_while_it_opens_is_one_or_the_other(site: Site) -> None:
    amina = site.signed_in("facilitator")
    for _round in range(4):
        workshop = prepared(site, amina)
        first, question = steps(site, workshop)
        act(site, amina, workshop, f"sequences/{first.id}/ouverture")
        with site.reading() as db:
            edited = db.get_one(Workshop, workshop.id).edited
        path = f"/ateliers/{workshop.id}/sequences/{question.id}"
        storm(site, amina, [(f"{path}/ouverture", {"edited": edited}), (f"{path}/retrait", {})])
        with site.reading() as db:
            now = db.get_one(Workshop, workshop.id)
            looked_at = db.get(Step, now.step_id or 0)
            assert looked_at is not None, "the room looks at a step that is gone"
            assert now.edited > edited


def test_the_same_words_sent_twice_at_once_under_a_fiche_are_one(site: Site) -> None:
    ref, resident, clerk = candidate(site), site.signed_in("resident"), site.signed_in("technician")
    words = {"kind": "question", "text": "Et le dimanche, un car passera-t-il ?", "version": "1"}
    storm(site, resident, [(f"/fiches-actions/{ref}/commentaires", words)] * 6)
    with site.writing() as db:
        written = db.exec(select(Comment).where(Comment.text == words["text"])).all()
        assert len(written) == 1
        written[0].status = "published"
        db.add(written[0])
    answer = {"text": "Oui, dès le mois de septembre.", "body_id": str(a_body(site, ref))}
    storm(site, clerk, [(f"/fiches-actions/{ref}/commentaires/{written[0].id}/reponse", answer)] * 6)
    with site.reading() as db:
        assert db.exec(select(func.count()).select_from(Comment).where(Comment.text == answer["text"])).one() == 1


def test_a_position_taken_many_times_at_once_is_one(site: Site) -> None:
    ref, resident = candidate(site), site.signed_in("resident")
    sent = [(f"/fiches-actions/{ref}/positions", {"stance": s}) for s in ("pour", "contre", "nuance") * 3]
    assert storm(site, resident, sent) == Counter({303: 9})
    with site.reading() as db:
        assert db.exec(select(func.count()).where(Position.thread_id == get(site, ref).thread_id)).one() == 1


def test_what_is_begun_with_a_double_click_is_begun_once(site: Site) -> None:
    clerk, amina = site.signed_in("technician"), site.signed_in("facilitator")
    theme = theme_code(site, get(site, a_sheet(site)))
    fiche = {"territoire": HOME, "title": "Une fiche commencée deux fois", "theme": theme}
    storm(site, clerk, [("/fiches-actions", fiche)] * 6)
    workshop = {
        "title": "Un atelier créé deux fois", "place": "Salle du bourg", "day": "2030-03-14", "hour": "18:30", "minutes": 90,
    }  # fmt: skip
    storm(site, amina, [(f"/territoires/{HOME}/ateliers", workshop)] * 6)
    with site.reading() as db:
        assert db.exec(select(func.count()).where(ActionSheet.title == fiche["title"])).one() == 1
        assert db.exec(select(func.count()).where(Workshop.title == workshop["title"])).one() == 1


def test_of_two_who_save_a_fiche_at_once_one_is_told(site: Site) -> None:
    ref, clerk = candidate(site), site.signed_in("technician")
    forms = [(f"/fiches-actions/{ref}/redaction", typed(site, ref, context=f"Version de {n}")) for n in range(4)]
    assert storm(site, clerk, forms) == Counter({409: 3, 303: 1})
