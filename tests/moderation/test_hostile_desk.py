"""A desk that somebody tries to turn: judging oneself, undoing over others, answering for who stepped back."""

import pytest
from sqlmodel import col, select

from app.moderation.models import Appeal, Claim
from app.needs.models import Need
from app.portal.service import contributions
from app.threads.models import ProfileText
from tests.moderation import desk
from tests.moderation.disputes import (
    SEEN,
    WHY,
    answer,
    decided,
    fresh,
    last_report,
    moderates,
    person_of,
    report,
)
from tests.portal.test_pseudonyms import SECOND, choose, reads_first, shown, texts
from tests.site import Site

pytestmark = pytest.mark.usefixtures("sound")
HIDE = {"decision": "hide", "reason": "personne_visee", "note": SEEN}
MASK = {"decision": "mask", "reason": "donnee_privee", "note": SEEN}


def _masked(site: Site, by: str = "second_moderator") -> tuple[Need, str]:
    """A need published by Nolwenn, in which this person masked a passage."""
    need, code = decided(site, "publish")
    assert site.signed_in(by).post(f"/moderation/besoin/{need.id}", {**MASK, "passages": "84 ans"}).status_code == 200
    return fresh(site, need), code


def _contest(site: Site, need: Need, code: str) -> Appeal:
    assert site.visitor().post(f"/suivi/{code}/contestation", {"text": WHY}).status_code == 200
    with site.reading() as db:
        mine = select(Appeal).where(Appeal.subject_kind == "need", Appeal.subject_id == need.id)
        return db.exec(mine.order_by(col(Appeal.id).desc())).first() or Appeal()


def test_a_decision_undone_by_a_colleague_does_not_let_one_judge_oneself(site: Site) -> None:
    need, code = _masked(site, "second_moderator")
    moderator = site.signed_in("moderator")
    moderator.post(f"/moderation/besoin/{need.id}", HIDE)
    desk.undo(moderator, desk.batch(site))
    appeal = _contest(site, need, code)
    assert answer(site, appeal, "uphold", by="second_moderator").status_code == 403
    assert fresh(site, appeal).status == "open"


def test_of_two_who_masked_the_same_words_neither_judges(site: Site) -> None:
    need, code = _masked(site, "moderator")
    more = {**MASK, "passages": "boulangerie"}
    assert site.signed_in("second_moderator").post(f"/moderation/besoin/{need.id}", more).status_code == 200
    appeal = _contest(site, need, code)
    for one in ("moderator", "second_moderator"):
        assert answer(site, appeal, "uphold", by=one).status_code == 403
    assert f"/moderation/recours/{appeal.id}" not in site.signed_in("moderator").get("/moderation").text


def test_who_stepped_back_from_the_words_decides_neither_their_appeal_nor_their_report(site: Site) -> None:
    need, code = decided(site, "publish")
    second = site.signed_in("second_moderator")
    second.post(f"/moderation/besoin/{need.id}/deport")
    report(site.visitor(), "besoin", need.id)
    reported = last_report(site)
    path = f"/moderation/signalement/{reported.id}"
    sent = {"outcome": "hidden", "reason": "personne_visee", "text": "Le texte vise une personne."}
    assert second.post(path, sent).status_code == 403
    assert path not in second.get("/moderation?nature=signalement").text
    assert fresh(site, need).status == "published"
    site.signed_in("moderator").post(f"/moderation/besoin/{need.id}", HIDE)
    appeal = _contest(site, need, code)
    assert answer(site, appeal, "uphold", by="second_moderator").status_code == 403


def test_stepping_back_from_a_report_leaves_it_in_the_hands_of_who_has_it(site: Site) -> None:
    need, _code = decided(site, "publish")
    report(site.visitor(), "besoin", need.id)
    path = f"/moderation/signalement/{last_report(site).id}"
    site.signed_in("moderator").post(f"{path}/prise")
    site.signed_in("second_moderator").post(f"{path}/deport")
    assert last_report(site).status == "claimed"
    with site.reading() as db:
        assert db.exec(select(Claim).where(Claim.subject_kind == "report")).one()


def test_an_undo_does_not_wipe_an_answer_given_meanwhile(site: Site) -> None:
    need = desk.public_need(site)
    moderator = site.signed_in("moderator")
    desk.decide(moderator, "besoin", need.id or 0, "keep")
    name = desk.batch(site)
    with site.writing() as db:
        held = db.get_one(Need, need.id)
        held.outcome = "retained"
        db.add(held)
    desk.undo(moderator, name)
    assert fresh(site, need).outcome == "retained"


def test_a_pseudonym_chosen_since_stays_whatever_is_undone(site: Site) -> None:
    reads_first(site)
    choose(site.signed_in("resident"))
    moderator = site.signed_in("moderator")
    sent = {"decision": "refuse", "reason": "personne_visee", "note": "Ce nom vise une personne."}
    moderator.post(f"/moderation/profil/{texts(site)[-1].id}", sent)
    name = desk.batch(site)
    reads_first(site, first=False)
    choose(site.signed_in("resident"), SECOND)
    desk.undo(moderator, name)
    assert shown(site) == SECOND
    with site.reading() as db:
        waiting = select(ProfileText).where(
            ProfileText.author_id == person_of(db, "resident").id, ProfileText.status == "pending"
        )
        assert not db.exec(waiting).all()


def test_words_that_come_back_with_a_reopened_account_follow_the_answer_of_their_appeal(site: Site) -> None:
    for decision, after in (("reverse", "published"), ("uphold", "upheld")):
        need, _code = decided(site, "refuse", by="resident", title=f"Un banc pour la réponse {after}")
        site.signed_in("resident").post(f"/mon-espace/recours/besoin/{need.id}", {"text": WHY})
        with site.reading() as db:
            appeal = db.exec(select(Appeal).where(Appeal.subject_id == need.id, Appeal.subject_kind == "need")).one()
        with site.writing() as db:
            contributions.withdraw(db, need.author_id or 0)
        assert answer(site, appeal, decision).status_code == 200
        with site.writing() as db:
            contributions.put_back(db, need.author_id or 0)
        assert fresh(site, need).status == after


def test_a_mask_that_an_appeal_lifted_is_lifted_when_its_account_comes_back(site: Site) -> None:
    need, _code = decided(site, "mask", by="resident")
    site.signed_in("resident").post(f"/mon-espace/recours/besoin/{need.id}", {"text": WHY})
    with site.reading() as db:
        appeal = db.exec(select(Appeal).where(Appeal.subject_id == need.id, Appeal.subject_kind == "need")).one()
    with site.writing() as db:
        contributions.withdraw(db, need.author_id or 0)
    answer(site, appeal, "reverse")
    with site.writing() as db:
        contributions.put_back(db, need.author_id or 0)
    assert fresh(site, need).status == "published" and "84 ans" in fresh(site, need).text


def test_an_appeal_is_not_given_to_who_decided(site: Site) -> None:
    need, code = _masked(site, "moderator")
    site.signed_in("second_moderator").post(f"/moderation/besoin/{need.id}", {**MASK, "passages": "boulangerie"})
    with site.writing() as db:
        third = person_of(db, "facilitator").id or 0
    moderates(site, "facilitator", need.territory_id)
    appeal = _contest(site, need, code)
    with site.reading() as db:
        nolwenn = person_of(db, "moderator").id
    path = f"/moderation/recours/{appeal.id}/confiee"
    assert site.signed_in("facilitator").post(path, {"to": nolwenn}).status_code == 403
    assert answer(site, appeal, "reverse", by="facilitator").status_code == 200
    assert fresh(site, appeal).decided_by == third


def test_a_mask_undone_after_its_contestation_leaves_the_appeal_answerable(site: Site) -> None:
    need, code = decided(site, "publish")
    moderator = site.signed_in("moderator")
    moderator.post(f"/moderation/besoin/{need.id}", {**MASK, "passages": "84 ans"})
    name = desk.batch(site)
    appeal = _contest(site, need, code)
    desk.undo(moderator, name)
    assert "84 ans" in fresh(site, need).text
    assert answer(site, appeal, "uphold").status_code == 200
    assert fresh(site, need).status == "published"


def test_one_undoes_neither_the_decision_of_another_nor_ones_own_twice(site: Site) -> None:
    item, moderator = desk.need(site), site.signed_in("moderator")
    desk.decide(moderator, "besoin", item, "publish")
    name = desk.batch(site)
    desk.undo(site.signed_in("second_moderator"), name)
    assert desk.state(site, "besoin", item).status == "published"
    desk.undo(moderator, name)
    desk.decide(site.signed_in("second_moderator"), "besoin", item, "publish")
    desk.undo(moderator, name)
    assert desk.state(site, "besoin", item).status == "published"
    assert [entry.verb for entry in desk.log(site, "besoin", item)] == ["publish", "undo", "publish"]
