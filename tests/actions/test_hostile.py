"""What a hostile visitor, or two hurried technicians, may send to a fiche-action, and what it must never open."""

from typing import Any

import pytest
from sqlmodel import func, select

from app.actions import queries, service
from app.actions.forms import SheetFilter
from app.actions.models import ActionSheet
from app.actions.queries import listing
from app.actions.states import SheetStep
from app.board.queries import orphans
from app.identity.models import EmailProof
from app.needs.models import Need
from app.policy.actor import ANONYMOUS, Actor
from app.threads import queries as threads
from app.threads.models import Mention, Voice
from tests.actions.cast import (
    CONTENT,
    HOME,
    WORDS,
    a_body,
    a_sheet,
    candidate,
    close_everything,
    get,
    persona,
    sign_in_elsewhere,
    some_needs,
    theme_code,
    typed,
)
from tests.site import Site
from tests.workshops.acts import act, options, prepared, seated, steps, vote

QUESTION: dict[str, Any] = {"kind": "dots", "title": "Par quoi commencer ?", "minutes": 8, "dots": 5, "cap": 2}
HUGE = ["2147483648", str(2**63), "9" * 30]
NASTY = "<script>alert(1)</script> \u202e\u0000👩‍👩‍👧 &amp; שלום \"'"
REASON = "Ce n’est pas à l’accord de le faire."


@pytest.mark.parametrize("number", [*HUGE, "0", "-1", "1e3", "²", "١"])
def test_a_number_no_engine_can_keep_is_not_found(site: Site, number: str) -> None:
    clerk, ref = site.signed_in("technician"), candidate(site)
    for path in (
        f"/fiches-actions/FA-{number}",
        f"/fiches-actions/FA-{number}/redaction",
        f"/fiches-actions/{ref}/versions/{number}",
    ):
        assert clerk.get(path).status_code == 404, path
    for query in (f"versions?de={number}&a={number}", f"?lu={number}"):
        assert clerk.get(f"/fiches-actions/{ref}/{query}".replace("/?", "?")).status_code == 200, query
    for query in (f"priorite={number}", f"besoin={number}", f"apres={number}~{number}", f"avant=1~{number}&tri=titre"):
        assert clerk.get(f"/fiches-actions?{query}").status_code == 200, query
    assert clerk.get(f"/fiches-actions/nouvelle?besoin={number}&priorite={number}").status_code == 200
    answer = {"text": "Arrêt ajouté à la prochaine version.", "body_id": number}
    for path, sent in ((f"commentaires/{number}/reponse", answer), (f"besoins/{number}/retrait", {})):
        assert clerk.post(f"/fiches-actions/{ref}/{path}", sent).status_code in (200, 404), path
    for changes in ({"priorities": [number]}, {"edited": number}, {"amount": [number + "0" * 12]}):
        assert clerk.post(f"/fiches-actions/{ref}/redaction", typed(site, ref, **changes)).status_code in (409, 422), (
            changes
        )


def test_html_emoji_and_right_to_left_are_shown_as_written(site: Site) -> None:
    ref, clerk, resident = candidate(site), site.signed_in("technician"), site.signed_in("resident")
    words = dict.fromkeys(WORDS, NASTY)
    assert (
        clerk.post(
            f"/fiches-actions/{ref}/redaction", typed(site, ref, **words, funder=[NASTY, ""], amount=["1", ""])
        ).status_code
        == 200
    )
    assert clerk.post(f"/fiches-actions/{ref}/versions", {"note": NASTY}).status_code == 200
    resident.post(f"/fiches-actions/{ref}/commentaires", {"kind": "remarque", "text": NASTY, "version": "2"})
    clerk.post(f"/fiches-actions/{ref}/etapes", {"verb": "redirect", "note": NASTY, "addressee": NASTY})
    for path in (f"/{ref}", f"/{ref}/versions", f"/{ref}/versions/2", "", f"?q={NASTY[:8]}"):
        text = resident.get(f"/fiches-actions{path}").text
        assert "<script>alert" not in text and "\u202e" not in text, path
    assert "👩‍👩‍👧" in resident.get(f"/fiches-actions/{ref}").text


@pytest.mark.parametrize(("way", "sent"), [
    ("redaction", {}), ("versions", {"note": ""}), ("etapes", {"verb": "propose"}), ("besoins", {"references": "ML-AAAA"}),
])  # fmt: skip
def test_a_technician_of_elsewhere_may_not(site: Site, way: str, sent: dict[str, str]) -> None:
    ref, idea = candidate(site), a_sheet(site, published=False)
    for who in (sign_in_elsewhere(site), site.signed_in("resident"), site.signed_in("facilitator")):
        assert who.post(f"/fiches-actions/{ref}/{way}", sent or typed(site, ref)).status_code == 403
        assert who.get(f"/fiches-actions/{idea}").status_code == 404
        assert who.post(f"/fiches-actions/{idea}/{way}", sent or typed(site, idea)).status_code == 404
    assert get(site, ref).status == "candidate"


def test_unpublished_words_are_on_no_page_and_not_found(site: Site) -> None:
    ref = candidate(site)
    with site.writing() as db:
        sheet = queries.by_ref(db, ref)
        assert sheet
        hidden = CONTENT | {"title": "Un intitulé zygomatique", "context": "Mot zygomatique"}
        service.save(db, sheet, hidden, edited=sheet.edited, theme_id=sheet.theme_id, by=None)
    idea = a_sheet(site, published=False, title="Autre zygomatique", context="zygomatique")
    visitor = site.visitor()
    for path in (f"/fiches-actions/{ref}", "/fiches-actions", "/fiches-actions?q=zygomatique", f"/fiches-actions/{ref}/versions",
                 f"/territoires/{HOME}", f"/territoires/{HOME}/priorites", f"/besoins/{some_needs(site)[0].id}"):  # fmt: skip
        page = visitor.get(path).text.replace('value="zygomatique"', "")
        assert "intitulé zygo" not in page and "Mot zygo" not in page and idea not in page, path


def test_of_two_who_move_a_fiche_the_second_keeps_the_words(site: Site) -> None:
    ref, clerk = candidate(site), site.signed_in("technician")
    assert clerk.post(f"/fiches-actions/{ref}/etapes", {"verb": "withdraw", "note": REASON}).status_code == 200
    late = clerk.post(f"/fiches-actions/{ref}/etapes", {"verb": "abandon", "note": "Une autre raison, plus longue."})
    assert (
        late.status_code == 409
        and "la situation a changé" in late.text
        and "Une autre raison, plus longue." in late.text
    )
    assert get(site, ref).exit_reason == REASON


def test_a_link_opened_after_the_debate_counts_nothing(site: Site) -> None:
    ref, visitor = candidate(site), site.visitor()
    sent = {"college": "jeunes", "email": "tard@exemple.fr"}
    visitor.post(f"/fiches-actions/{ref}/positions", sent | {"stance": "pour"})
    position = site.link("tard@exemple.fr")
    comment = {"kind": "remarque", "text": "Un mot venu trop tard.", "version": "1"}
    visitor.post(f"/fiches-actions/{ref}/commentaires", sent | comment)
    said = site.link("tard@exemple.fr")
    close_everything(site, ref)
    for link in (position, said):
        answer = visitor.post(link)
        assert answer.status_code == 403 and "ne reçoit plus" in answer.text
    with site.reading() as db:
        assert threads.positions_by_college(db, get(site, ref).thread_id)[0] == {}
        assert (
            db.exec(select(func.count()).select_from(EmailProof).where(EmailProof.email == "tard@exemple.fr")).one()
            == 2
        )
    assert "Un mot venu trop tard" not in site.signed_in("moderator").get("/moderation").text


def test_one_person_is_one_voice_whatever_collège_is_said(site: Site) -> None:
    ref, other, visitor = candidate(site), candidate(site, needs=0), site.visitor()
    for fiche, college, stance in (
        (ref, "jeunes", "pour"),
        (ref, "entreprises", "contre"),
        (other, "habitants", "pour"),
    ):
        sent = {"stance": stance, "college": college, "email": "lou@exemple.fr"}
        visitor.post(f"/fiches-actions/{fiche}/positions", sent)
        assert visitor.post(site.link("lou@exemple.fr")).status_code == 200
    with site.reading() as db:
        assert threads.positions_by_college(db, get(site, ref).thread_id)[0] == {"jeunes": {"contre": 1}}
        assert threads.positions_by_college(db, get(site, other).thread_id)[0] == {"jeunes": {"pour": 1}}
        mine = persona(site, "resident").id
        assert db.exec(select(func.count()).select_from(Voice).where(Voice.person_id == mine)).one() <= 1


def test_a_position_is_nobody_elses_to_take_back(site: Site) -> None:
    ref = candidate(site)
    site.signed_in("resident").post(f"/fiches-actions/{ref}/positions", {"stance": "pour"})
    for who in (site.visitor(), site.signed_in("moderator")):
        who.post(f"/fiches-actions/{ref}/positions/retrait")
    with site.reading() as db:
        assert threads.positions_by_college(db, get(site, ref).thread_id)[0] == {"habitants": {"pour": 1}}


def test_a_need_taken_back_is_detached_and_counted_right(site: Site) -> None:
    need, ref = some_needs(site)[0], candidate(site)
    with site.writing() as db:
        gone = db.get_one(Need, need.id)
        assert gone.sheets == 1
        gone.status = "withdrawn"
        db.add(gone)
    with site.reading() as db:
        alone = orphans(db, get(site, ref).territory_id).sheets
        find = SheetFilter(territoire=HOME, etat=SheetStep.ORPHANS)
        assert listing.count(db, ANONYMOUS, find, get(site, ref).territory_id) == alone
    clerk = site.signed_in("technician")
    assert clerk.post(f"/fiches-actions/{ref}/etapes", {"verb": "propose"}).status_code == 200
    for _twice in range(2):
        assert clerk.post(f"/fiches-actions/{ref}/besoins/{need.id}/retrait").status_code == 200
    with site.reading() as db:
        back = db.get_one(Need, need.id)
        mentions = (
            select(func.count())
            .select_from(Mention)
            .where(Mention.thread_id == back.thread_id, Mention.kind == "sheet")
        )
        assert back.sheets == 0 == db.exec(mentions).one()
    assert clerk.post(f"/fiches-actions/{ref}/besoins", {"references": need.reference}).status_code == 422


def test_a_fiche_begun_twice_at_the_same_moment_is_one(site: Site) -> None:
    clerk, need = site.signed_in("technician"), some_needs(site)[0]
    sheet = get(site, a_sheet(site))
    sent: dict[str, Any] = {
        "territoire": HOME, "title": "Une fiche commencée d’un double clic", "theme": theme_code(site, sheet), "besoin": [str(need.id)],
    }  # fmt: skip
    addresses = {str(clerk.post("/fiches-actions", sent).url) for _twice in range(2)}
    assert len(addresses) == 1
    with site.reading() as db:
        assert (
            db.exec(select(func.count()).select_from(ActionSheet).where(ActionSheet.title == sent["title"])).one() == 1
        )


def test_a_comment_of_another_fiche_is_not_answered_from_here(site: Site) -> None:
    ref, other = candidate(site), candidate(site, needs=0)
    clerk, body = site.signed_in("technician"), a_body(site, ref)
    site.signed_in("resident").post(
        f"/fiches-actions/{other}/commentaires", {"kind": "remarque", "text": "Sous une autre fiche.", "version": "1"}
    )
    with site.reading() as db:
        said = queries.discussion(db, Actor(person_id=persona(site, "resident").id), get(site, other).thread_id)
    sent = {"text": "Une réponse déplacée, ici.", "body_id": str(body)}
    assert clerk.post(f"/fiches-actions/{ref}/commentaires/{said.comments[0].id}/reponse", sent).status_code == 404
    assert clerk.post(f"/fiches-actions/{other}/commentaires/{said.comments[0].id}/reponse", sent).status_code == 409


def test_a_fiche_costs_a_fixed_number_of_queries(site: Site) -> None:
    small, large, visitor = candidate(site, needs=1), candidate(site, needs=6), site.visitor()
    costs = []
    for ref in (small, large):
        visitor.get(f"/fiches-actions/{ref}")
        with site.counting() as seen:
            visitor.get(f"/fiches-actions/{ref}")
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_a_need_taken_back_by_its_author_loses_its_words_everywhere(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop, need = prepared(site, amina), some_needs(site)[0]
    assert (
        act(site, amina, workshop, "sequences", **QUESTION, typed="Ceci", needs_typed=need.reference).status_code == 200
    )
    ref = a_sheet(site)
    question = steps(site, workshop)[2]
    act(site, amina, workshop, f"sequences/{question.id}/ouverture")
    paths = [f"/ateliers/{workshop.id}", f"/a/{workshop.code}", f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}",
             f"/fiches-actions/{ref}"]  # fmt: skip
    phone = seated(site, workshop)
    assert any(need.title in phone.get(path).text for path in paths)
    with site.writing() as db:
        gone = db.get_one(Need, need.id)
        gone.status = "withdrawn"
        db.add(gone)
    for path in paths:
        page = phone.get(path)
        assert page.status_code == 200 and need.title not in page.text, path


def test_a_fiche_that_leaves_the_accord_keeps_its_votes(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop, ref = prepared(site, amina), a_sheet(site)
    with site.reading() as db:
        sheet = queries.by_ref(db, ref)
        assert sheet
    act(site, amina, workshop, "sequences", **QUESTION, typed="Ceci", sheets=[sheet.id])
    question = steps(site, workshop)[2]
    act(site, amina, workshop, f"sequences/{question.id}/ouverture")
    phone = seated(site, workshop)
    vote(phone, workshop, question, {options(site, question)[0]: 2})
    with site.writing() as db:
        leaving = queries.by_ref(db, ref)
        assert leaving
        service.move(db, leaving, "withdraw", by=None, note="Une raison assez longue")
    act(site, amina, workshop, f"sequences/{question.id}/cloture")
    act(site, amina, workshop, f"sequences/{question.id}/resultats")
    for path in (f"/fiches-actions/{ref}", f"/ateliers/{workshop.id}", f"/a/{workshop.code}"):
        assert phone.get(path).status_code == 200
