"""Two people, or two windows, at the same moment: one appeal, one answer, one demand, and no words published unread."""

from bs4 import BeautifulSoup
from sqlmodel import select

from app.moderation.models import Appeal, Report
from app.needs.models import NeedWording
from tests.identity.test_hostile_at_once import race
from tests.moderation.disputes import ANSWER, WHY, a_comment, appealed, decided, fresh, said
from tests.needs.test_say import WORDS
from tests.site import Site


def test_two_contestations_at_once_are_one_appeal(site: Site) -> None:
    need, code = decided(site, "refuse")
    path = f"/suivi/{code}/contestation"
    assert race(site, [(site.visitor(), path, {"text": WHY}) for _n in range(3)]) == [303, 303, 303]
    with site.reading() as db:
        db.exec(select(Appeal).where(Appeal.subject_kind == "need", Appeal.subject_id == need.id)).one()


def test_two_answers_at_once_are_one_answer(site: Site) -> None:
    need, appeal, _code = appealed(site)
    judge, path = site.signed_in("second_moderator"), f"/moderation/recours/{appeal.id}"
    sent = [(judge, path, {"decision": each, "text": ANSWER}) for each in ("uphold", "reverse")]
    assert race(site, sent) == [303, 409]
    assert (fresh(site, need).status, fresh(site, appeal).status) in (("upheld", "upheld"), ("published", "reversed"))


def test_a_withdrawal_asked_twice_at_once_is_one_demand(site: Site) -> None:
    need, code = decided(site, "publish")
    path = f"/suivi/{code}/demande-de-retrait"
    assert race(site, [(site.visitor(), path, {"text": ""}) for _n in range(3)]) == [303, 303, 303]
    with site.reading() as db:
        db.exec(select(Report).where(Report.subject_kind == "need", Report.subject_id == need.id)).one()


def test_a_report_sent_twice_at_once_is_one_report(site: Site) -> None:
    comment = a_comment(site)
    sent = {"reason": "autre", "text": "Ce texte n’a rien à faire ici.", "good_faith": "true", "once": "z" * 30}
    path = f"/signaler/commentaire/{comment.id}"
    assert race(site, [(site.visitor(), path, sent) for _n in range(3)]) == [303, 303, 303]
    with site.reading() as db:
        db.exec(select(Report).where(Report.text == sent["text"])).one()


def test_two_reports_decided_at_once_are_one_decision(site: Site) -> None:
    need, code = decided(site, "publish")
    site.visitor().post(f"/suivi/{code}/demande-de-retrait", {"text": ""})
    with site.reading() as db:
        asked = db.exec(select(Report).where(Report.subject_kind == "need", Report.subject_id == need.id)).one()
    path, words = f"/moderation/signalement/{asked.id}", "La demande a été lue en entier."
    sent = [
        (site.signed_in("moderator"), path, {"outcome": "withdrawn", "text": words}),
        (site.signed_in("second_moderator"), path, {"outcome": "kept", "text": words}),
    ]
    assert race(site, sent) == [303, 409]
    outcome, status = fresh(site, asked).outcome, fresh(site, need).status
    assert (outcome, status) in (("withdrawn", "withdrawn"), ("kept", "published"))


def test_words_corrected_while_they_are_published_are_those_that_were_read(site: Site) -> None:
    need, code = said(site)
    moderator, path = site.signed_in("moderator"), f"/moderation/besoin/{need.id}"
    mark = BeautifulSoup(moderator.get(path).text, "html.parser").find("input", {"name": "seen"})
    assert mark
    better = {"title": "Un banc à l’ombre, s’il vous plaît", "text": "D’autres mots, que personne n’a relus encore."}
    publish = (moderator, path, {"decision": "publish", "seen": str(mark["value"])})
    correct = (site.visitor(), f"/suivi/{code}/correction", {**better, "seen": str(mark["value"])})
    assert race(site, [publish, correct]) == [303, 409]
    now_is = fresh(site, need)
    assert (now_is.status, now_is.text) in (("published", WORDS["text"]), ("pending", better["text"]))
    with site.reading() as db:
        kept = db.exec(select(NeedWording).where(NeedWording.need_id == need.id)).all()
    assert len(kept) == (now_is.status == "pending")
