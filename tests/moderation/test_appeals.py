"""A decision is contested once, by its author; another person answers with words, from another Conseil if none is left."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.core.db import now
from app.identity.queries import actor_of
from app.moderation.models import Appeal, LogEntry, Original
from app.moderation.queries import appeals
from app.needs.models import Need
from app.places.queries import reference
from app.threads.models import Comment
from tests.moderation.disputes import (
    ANSWER,
    SEEN,
    WHY,
    a_comment,
    answer,
    appealed,
    decided,
    end_role,
    fresh,
    moderates,
    person_of,
)
from tests.needs.test_say import WORDS
from tests.site import Site


@pytest.mark.parametrize("verb", ["refuse", "hide", "mask"])
def test_a_decision_is_contested_with_the_code_alone_and_a_due_date_is_said(site: Site, verb: str) -> None:
    need, code = decided(site, verb)
    page = site.visitor().get(f"/suivi/{code}").text
    assert "Contester la décision" in page and "dans les 15 jours" in page and SEEN in page
    sent = site.visitor().post(f"/suivi/{code}/contestation", {"text": WHY})
    assert "Votre contestation est reçue" in sent.text and "au plus tard" in sent.text
    with site.reading() as db:
        appeal = db.exec(select(Appeal).where(Appeal.subject_id == need.id, Appeal.subject_kind == "need")).one()
        assert appeal.contested_by == person_of(db, "moderator").id and appeal.text == WHY
        assert timedelta(days=14) < appeal.due_at - now() <= timedelta(days=15)
    assert fresh(site, need).status == ("masked" if verb == "mask" else "appealed")
    assert "Contester la décision" not in site.visitor().get(f"/suivi/{code}").text


@pytest.mark.parametrize("verb", ["refuse", "mask"])
def test_sent_twice_it_is_one_appeal(site: Site, verb: str) -> None:
    need, _appeal, code = appealed(site, verb)
    assert site.visitor().post(f"/suivi/{code}/contestation", {"text": WHY}).status_code == 200
    with site.reading() as db:
        assert (
            len(db.exec(select(Appeal).where(Appeal.subject_id == need.id, Appeal.subject_kind == "need")).all()) == 1
        )


@pytest.mark.parametrize(("verb", "after"), [("refuse", "published"), ("hide", "published"), ("mask", "published")])
def test_reversed_everyone_reads_the_first_words_and_finds_them(site: Site, verb: str, after: str) -> None:
    need, appeal, code = appealed(site, verb, by="resident")
    assert answer(site, appeal, "reverse").status_code == 200
    now_is = fresh(site, need)
    assert now_is.status == after and now_is.text == WORDS["text"] and now_is.answer_due_on and now_is.reason is None
    assert WORDS["text"] in site.visitor().get(f"/besoins/{need.id}").text
    assert f'href="/besoins/{need.id}"' in site.visitor().get("/besoins?q=boulangerie banc").text
    with site.reading() as db:
        assert not db.exec(select(Original).where(Original.subject_id == need.id)).all()
        mail = person_of(db, "resident").email or ""
    assert ANSWER in site.mails(mail)[-1].body
    assert "La décision est annulée" in site.mails(mail)[-1].subject
    page = site.visitor().get(f"/suivi/{code}").text
    assert ANSWER in page and "Décision annulée" in page and "Publié après un nouvel examen" in page


@pytest.mark.parametrize(("verb", "after"), [("refuse", "upheld"), ("hide", "upheld"), ("mask", "masked")])
def test_upheld_it_stays_as_it_was_and_cannot_be_contested_again(site: Site, verb: str, after: str) -> None:
    need, appeal, code = appealed(site, verb)
    assert answer(site, appeal, "uphold").status_code == 200
    assert fresh(site, need).status == after and fresh(site, appeal).status == "upheld"
    page = site.visitor().get(f"/suivi/{code}").text
    assert ANSWER in page and "Contester la décision" not in page
    assert site.visitor().post(f"/suivi/{code}/contestation", {"text": WHY}).status_code == 409


def test_who_decided_does_not_answer_and_is_not_offered_it(site: Site) -> None:
    _need, appeal, _code = appealed(site)
    first = site.signed_in("moderator")
    assert first.get(f"/moderation/recours/{appeal.id}").status_code == 403
    assert answer(site, appeal, "reverse", by="moderator").status_code == 403
    with site.reading() as db:
        mine = appeals.waiting(db, actor_of(db, person_of(db, "moderator")))
        theirs = appeals.waiting(db, actor_of(db, person_of(db, "second_moderator")))
    assert appeal.id not in [a.id for a in mine] and appeal.id in [a.id for a in theirs]


def test_its_author_does_not_answer_even_as_a_moderator(site: Site) -> None:
    _need, appeal, _code = appealed(site, by="second_moderator")
    assert answer(site, appeal, "reverse").status_code == 403
    assert fresh(site, appeal).status == "open"


def _elsewhere(site: Site) -> int:
    with site.reading() as db:
        return reference(db).by_slug["brest-metropole"].territory_id


def test_another_conseil_answers_when_nobody_is_left_and_only_then(site: Site) -> None:
    moderates(site, "relay", _elsewhere(site))
    need, appeal, _code = appealed(site)
    other = site.signed_in("relay")
    assert other.get(f"/moderation/recours/{appeal.id}").status_code == 404
    end_role(site, "second_moderator")
    page = other.get(f"/moderation/recours/{appeal.id}")
    assert page.status_code == 200 and "un autre Conseil répond" in page.text
    assert WHY in page.text and WORDS["text"] in page.text and SEEN in page.text
    assert f"/moderation/recours/{appeal.id}" in other.get("/moderation").text
    assert other.get(f"/moderation/besoin/{need.id}").status_code == 404  # this appeal, nothing else
    assert answer(site, appeal, "reverse", by="relay").status_code == 200
    assert fresh(site, need).status == "published"


def test_who_steps_back_leaves_it_to_another_conseil(site: Site) -> None:
    moderates(site, "relay", _elsewhere(site))
    _need, appeal, _code = appealed(site)
    second = site.signed_in("second_moderator")
    assert second.get(f"/moderation/recours/{appeal.id}").status_code == 200
    assert second.post(f"/moderation/recours/{appeal.id}/deport").status_code in (200, 404)
    with site.writing() as db:
        from app.moderation.service import sharing

        held = db.get_one(Appeal, appeal.id)
        sharing.recuse(db, held, by=person_of(db, "second_moderator").id or 0)
    assert second.get(f"/moderation/recours/{appeal.id}").status_code == 403
    assert site.signed_in("relay").get(f"/moderation/recours/{appeal.id}").status_code == 200


def test_two_answers_at_once_the_second_is_told(site: Site) -> None:
    _need, appeal, _code = appealed(site)
    assert answer(site, appeal, "uphold").status_code == 200
    assert answer(site, appeal, "reverse").status_code == 409
    assert fresh(site, appeal).status == "upheld"


def test_a_bare_answer_is_refused_and_what_was_typed_stays(site: Site) -> None:
    _need, appeal, _code = appealed(site)
    short = answer(site, appeal, "reverse", text="Non mais alors")
    assert short.status_code == 422 and "Non mais alors" in short.text
    assert answer(site, appeal, "").status_code == 422


def test_an_answer_is_logged_without_words_and_taken_back_within_seconds(site: Site) -> None:
    need, appeal, _code = appealed(site, by="resident")
    second = site.signed_in("second_moderator")
    second.post(f"/moderation/recours/{appeal.id}", {"decision": "reverse", "text": ANSWER})
    with site.reading() as db:
        entries = db.exec(select(LogEntry).where(LogEntry.subject_kind == "appeal")).all()
        assert [e.verb for e in entries] == ["reverse"] and entries[0].batch
        assert ANSWER not in repr([e.model_dump() for e in entries])
        before = len(site.mails(person_of(db, "resident").email))
    undone = second.post(f"/moderation/annulation/{entries[0].batch}")
    assert undone.status_code == 200 and "annulée" in undone.text
    assert fresh(site, need).status == "appealed" and fresh(site, need).published_at is None
    assert fresh(site, appeal).status == "open" and fresh(site, appeal).outcome_text is None
    assert f'href="/besoins/{need.id}"' not in site.visitor().get("/besoins?q=boulangerie banc").text
    with site.reading() as db:
        assert len(site.mails(person_of(db, "resident").email)) < before + 1
    assert answer(site, appeal, "uphold").status_code == 200


def test_a_masking_gone_back_on_can_be_taken_back_too(site: Site) -> None:
    need, appeal, _code = appealed(site, "mask")
    masked = fresh(site, need).text
    assert "84 ans" not in masked
    second = site.signed_in("second_moderator")
    second.post(f"/moderation/recours/{appeal.id}", {"decision": "reverse", "text": ANSWER})
    assert "84 ans" in fresh(site, need).text
    with site.reading() as db:
        batch = db.exec(select(LogEntry.batch).where(LogEntry.subject_kind == "appeal")).one()
    assert second.post(f"/moderation/annulation/{batch}").status_code == 200
    assert fresh(site, need).text == masked and fresh(site, need).status == "masked"
    with site.reading() as db:
        assert db.exec(select(Original).where(Original.subject_id == need.id)).one().text == WORDS["text"]


def test_from_mon_espace_its_author_contests_and_nobody_else_sees_it(site: Site) -> None:
    need, _code = decided(site, "refuse", by="resident")
    resident, path = site.signed_in("resident"), f"/mon-espace/recours/besoin/{need.id}"
    assert path in resident.get("/mon-espace").text
    assert SEEN in resident.get(path).text
    for other in ("association", "moderator"):
        assert site.signed_in(other).get(path).status_code == 404
        assert site.signed_in(other).post(path, {"text": WHY}).status_code == 404
    assert resident.post(path, {"text": "Non"}).status_code == 422
    assert "Votre contestation est reçue" in resident.post(path, {"text": WHY}).text
    assert fresh(site, need).status == "appealed"
    assert site.visitor().get(path).url.path == "/connexion"


def test_a_comment_is_contested_from_mon_espace(site: Site) -> None:
    comment = a_comment(site)
    with site.writing() as db:
        held = db.get_one(Comment, comment.id)
        held.author_id = person_of(db, "resident").id
        db.add(held)
    hidden = {"decision": "hide", "reason": "personne_visee", "note": SEEN}
    assert site.signed_in("moderator").post(f"/moderation/commentaire/{comment.id}", hidden).status_code == 200
    resident, path = site.signed_in("resident"), f"/mon-espace/recours/commentaire/{comment.id}"
    page = resident.get("/mon-espace").text
    assert path in page and SEEN in page
    resident.post(path, {"text": WHY})
    with site.reading() as db:
        appeal = db.exec(select(Appeal).where(Appeal.subject_kind == "comment")).one()
    assert comment.text in site.signed_in("second_moderator").get(f"/moderation/recours/{appeal.id}").text
    answer(site, appeal, "reverse")
    assert fresh(site, comment).status == "published"
    assert ANSWER in resident.get(path).text


def test_after_six_months_a_decision_stands(site: Site) -> None:
    from app.core.machine import Event

    need, code = decided(site, "refuse")
    with site.writing() as db:
        event = db.exec(
            select(Event).where(Event.subject_kind == "need", Event.subject_id == need.id, Event.verb == "refuse")
        ).one()
        event.at = now() - timedelta(days=190)
        db.add(event)
    assert "Contester la décision" not in site.visitor().get(f"/suivi/{code}").text
    assert site.visitor().post(f"/suivi/{code}/contestation", {"text": WHY}).status_code == 409


def test_a_late_answer_is_said_to_be_late(site: Site) -> None:
    _need, appeal, code = appealed(site)
    with site.writing() as db:
        held = db.get_one(Appeal, appeal.id)
        held.due_at = now() - timedelta(days=1)
        db.add(held)
    assert "en retard" in site.visitor().get(f"/suivi/{code}").text
    assert "deadline--late" in site.signed_in("second_moderator").get(f"/moderation/recours/{appeal.id}").text


def test_an_author_gone_meanwhile_still_gets_an_end(site: Site) -> None:
    need, appeal, _code = appealed(site, by="resident")
    with site.writing() as db:
        held = db.get_one(Need, need.id)
        held.status = "withdrawn"
        db.add(held)
    assert answer(site, appeal, "uphold").status_code == 200
    assert fresh(site, need).status == "withdrawn" and fresh(site, appeal).status == "upheld"


def test_html_in_an_appeal_and_its_answer_is_shown_as_written(site: Site) -> None:
    need, code = decided(site, "refuse")
    site.visitor().post(f"/suivi/{code}/contestation", {"text": "<script>alert(1)</script> je ne vise que le lieu"})
    with site.reading() as db:
        appeal = db.exec(select(Appeal).where(Appeal.subject_id == need.id, Appeal.subject_kind == "need")).one()
    page = site.signed_in("second_moderator").get(f"/moderation/recours/{appeal.id}").text
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    answer(site, appeal, "uphold", text="<b onclick=x>Non</b>, la règle s’applique.")
    page = site.visitor().get(f"/suivi/{code}").text
    assert "<b onclick" not in page and "&lt;b onclick" in page


def test_the_list_of_appeals_costs_a_fixed_number_of_queries(site: Site) -> None:
    for _n in range(3):
        appealed(site)
    with site.reading() as db:
        me = actor_of(db, person_of(db, "second_moderator"))
        with site.counting() as seen:
            assert len(appeals.waiting(db, me)) >= 3
    assert len(seen) <= 5, seen
