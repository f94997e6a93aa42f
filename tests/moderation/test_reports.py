"""Anybody reports, keeps a code, and reads what became of it; a moderator decides, never on their own words."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlmodel import col, func, select

from app.moderation.models import LogEntry, Report
from app.needs.models import Need
from app.threads.models import Comment
from tests.moderation.disputes import SEEN, a_comment, decided, fresh, last_report, person_of, report, said
from tests.site import Site

KEPT = "Le texte parle d’un lieu, personne n’y est nommé."


def decide(site: Site, one: Report, outcome: str, by: str = "moderator", **changes: str) -> tuple[int, str]:
    sent = {"outcome": outcome, "text": KEPT, "reason": "personne_visee", "passage": "84 ans", **changes}
    answer = site.signed_in(by).post(f"/moderation/signalement/{one.id}", sent)
    return answer.status_code, answer.text


def how_many(site: Site) -> int:
    with site.reading() as db:
        return db.exec(select(func.count()).select_from(Report)).one()


def receipt_path(answer: object) -> str:
    found = re.search(r"/signalement/[0-9A-Z-]+", str(getattr(answer, "url", "")))
    assert found
    return found[0]


def test_a_report_says_what_why_where_and_gives_a_receipt(site: Site) -> None:
    need, _code = decided(site, "publish")
    visitor = site.visitor()
    assert f"/signaler/besoin/{need.id}" in visitor.get(f"/besoins/{need.id}").text
    form = visitor.get(f"/signaler/besoin/{need.id}").text
    assert f"http://localhost:8000/besoins/{need.id}" in form and need.title in form
    answer = report(visitor, "besoin", need.id, name="Anne", email="Anne@Exemple.fr")
    path = receipt_path(answer)
    assert "Votre signalement est reçu" in answer.text and path.rsplit("/", 1)[1] in answer.text
    assert answer.headers["x-robots-tag"].startswith("noindex") and answer.headers["cache-control"] == "no-store"
    one = last_report(site)
    assert (one.subject_kind, one.subject_id, one.status, one.email) == ("need", need.id, "open", "anne@exemple.fr")
    assert path.rsplit("/", 1)[1].replace("-", "") not in repr(one.model_dump())
    mail = site.mails("anne@exemple.fr")[-1]
    assert path in mail.body and one.text not in mail.body  # an address not proved is no way to write to anybody


def test_without_a_name_nor_an_address_it_is_received_the_same(site: Site) -> None:
    comment = a_comment(site)
    before = len(site.mails())
    answer = report(site.visitor(), "commentaire", comment.id)
    assert answer.status_code == 200 and last_report(site).name is None
    assert len(site.mails()) == before


@pytest.mark.parametrize(
    "wrong",
    [{"reason": ""}, {"reason": "retrait"}, {"text": "Non."}, {"good_faith": ""}, {"email": "pas une adresse"},
     {"text": "x" * 2001}, {"once": "court"}],
)  # fmt: skip
def test_what_is_missing_is_said_and_what_was_typed_stays(site: Site, wrong: dict[str, str]) -> None:
    comment, before = a_comment(site), how_many(site)
    answer = report(site.visitor(), "commentaire", comment.id, **{"name": "Anne du bourg", **wrong})
    assert answer.status_code == 422 and "Anne du bourg" in answer.text
    assert how_many(site) == before


def test_sent_twice_it_is_one_report_and_the_same_code(site: Site) -> None:
    comment, before, visitor = a_comment(site), how_many(site), site.visitor()
    first = report(visitor, "commentaire", comment.id, once="k" * 30)
    second = report(visitor, "commentaire", comment.id, once="k" * 30)
    assert receipt_path(first) == receipt_path(second) and how_many(site) == before + 1


def test_the_same_person_reporting_the_same_thing_again_is_led_to_the_first(site: Site) -> None:
    comment, before, resident = a_comment(site), how_many(site), site.signed_in("resident")
    report(resident, "commentaire", comment.id)
    again = report(resident, "commentaire", comment.id, text="Encore une fois, avec d’autres mots.")
    assert again.url.path == "/mon-espace" and "déjà signalé" in again.text and 'id="signalements"' in again.text
    assert how_many(site) == before + 1


@pytest.mark.parametrize("path", ["besoin/999999", "commentaire/999999", "profil/1", "rien/1", "signalement/1"])
def test_what_is_not_public_cannot_be_reported(site: Site, path: str) -> None:
    assert site.visitor().get(f"/signaler/{path}").status_code == 404
    need, _code = said(site)
    assert site.visitor().get(f"/signaler/besoin/{need.id}").status_code == 404
    assert site.visitor().post(f"/signaler/besoin/{need.id}", {}).status_code == 404


def test_too_many_reports_say_when_to_come_back(site: Site) -> None:
    comment, visitor = a_comment(site), site.visitor()
    answers = [report(visitor, "commentaire", comment.id) for _n in range(11)]
    assert answers[-1].status_code == 429 and int(answers[-1].headers["retry-after"]) > 0
    assert "deuxième phrase" in answers[-1].text


def test_an_address_is_not_flooded(site: Site) -> None:
    comment = a_comment(site)
    answers = [report(site.visitor(), "commentaire", comment.id, email="victime@exemple.fr") for _n in range(6)]
    assert [a.status_code for a in answers] == [200] * 5 + [429]
    assert len(site.mails("victime@exemple.fr")) == 5


def test_a_code_of_nothing_opens_nothing(site: Site) -> None:
    assert site.visitor().get("/signalement/AAAA-BBBB-CCCC").status_code == 404
    assert site.visitor().get(f"/signalement/{'A' * 80}").status_code == 404


def test_kept_online_whoever_reported_is_told_and_the_author_is_not(site: Site) -> None:
    need, _code = decided(site, "publish", by="resident")
    path = receipt_path(report(site.visitor(), "besoin", need.id, email="anne@exemple.fr"))
    with site.reading() as db:
        author = person_of(db, "resident").email
    before = len(site.mails(author))
    assert decide(site, last_report(site), "kept")[0] == 200
    assert fresh(site, need).status == "published"
    page = site.visitor().get(path).text
    assert "Laissé en ligne" in page and KEPT in page
    assert KEPT in site.mails("anne@exemple.fr")[-1].body and len(site.mails(author)) == before


@pytest.mark.parametrize(("outcome", "after"), [("masked", "masked"), ("hidden", "hidden")])
def test_a_measure_tells_its_author_why_and_how_to_contest(site: Site, outcome: str, after: str) -> None:
    need, code = decided(site, "publish", by="resident")
    path = receipt_path(report(site.visitor(), "besoin", need.id, email="anne@exemple.fr"))
    status, text = decide(site, last_report(site), outcome)
    assert status == 200, text
    now_is = fresh(site, need)
    assert now_is.status == after and (outcome == "hidden" or "84 ans" not in now_is.text)
    with site.reading() as db:
        author = person_of(db, "resident").email
    body = site.mails(author)[-1].body
    assert KEPT in body and "contester" in body and "article 4" in body
    assert "Contester la décision" in site.visitor().get(f"/suivi/{code}").text
    assert KEPT in site.visitor().get(path).text


def test_taken_out_of_view_every_report_about_it_is_answered(site: Site) -> None:
    need, _code = decided(site, "publish")
    paths = [receipt_path(report(site.visitor(), "besoin", need.id)) for _n in range(3)]
    with site.reading() as db:
        first = db.exec(select(Report).where(Report.subject_kind == "need").order_by(col(Report.id))).first()
    assert first and decide(site, first, "hidden")[0] == 200
    for path in paths:
        assert "Retiré de la vue" in site.visitor().get(path).text


@pytest.mark.parametrize(
    "bad", [{"text": "Non"}, {"outcome": "hidden", "reason": ""}, {"outcome": "masked", "passage": ""},
            {"outcome": "masked", "passage": "rien de tel"}, {"outcome": ""}]
)  # fmt: skip
def test_a_decision_without_its_grounds_is_refused(site: Site, bad: dict[str, str]) -> None:
    need, _code = decided(site, "publish")
    report(site.visitor(), "besoin", need.id)
    outcome = bad.pop("outcome", "kept")
    status, _text = decide(site, last_report(site), outcome, **bad)
    assert status == 422 and last_report(site).status == "open"


def test_nobody_decides_on_a_report_about_their_own_words_nor_on_their_own_report(site: Site) -> None:
    need, _code = decided(site, "publish", by="second_moderator")
    report(site.visitor(), "besoin", need.id)
    one = last_report(site)
    assert decide(site, one, "kept", by="second_moderator")[0] == 403
    comment = a_comment(site)
    report(site.signed_in("second_moderator"), "commentaire", comment.id)
    assert decide(site, last_report(site), "kept", by="second_moderator")[0] == 403
    assert f"/moderation/signalement/{one.id}" not in site.signed_in("second_moderator").get("/moderation").text


def test_another_territorys_report_does_not_exist_here(site: Site) -> None:
    with site.reading() as db:
        home = person_of(db, "moderator")
        other = db.exec(
            select(Need).where(Need.territory_id != last_report(site).territory_id, Need.status == "published")
        )
        need = other.first()
        assert home and need
    report(site.visitor(), "besoin", need.id)
    assert decide(site, last_report(site), "kept")[0] == 404
    assert site.signed_in("resident").get(f"/moderation/signalement/{last_report(site).id}").status_code == 403


def test_a_report_about_words_taken_back_since_is_still_answered(site: Site) -> None:
    need, _code = decided(site, "publish")
    report(site.visitor(), "besoin", need.id)
    with site.writing() as db:
        held = db.get_one(Need, need.id)
        held.status = "withdrawn"
        db.add(held)
    assert decide(site, last_report(site), "hidden")[0] == 409
    assert decide(site, last_report(site), "kept", text="Son auteur l’a retiré depuis.")[0] == 200


def test_decided_twice_the_second_is_told(site: Site) -> None:
    comment = a_comment(site)
    report(site.visitor(), "commentaire", comment.id)
    one = last_report(site)
    assert decide(site, one, "kept")[0] == 200
    assert decide(site, one, "kept", by="second_moderator")[0] == 409


def test_a_decision_on_a_report_is_taken_back_whole(site: Site) -> None:
    need, _code = decided(site, "publish")
    report(site.visitor(), "besoin", need.id, email="anne@exemple.fr")
    one, moderator = last_report(site), site.signed_in("moderator")
    before = len(site.mails("anne@exemple.fr"))
    sent = {"outcome": "hidden", "text": KEPT, "reason": "personne_visee"}
    moderator.post(f"/moderation/signalement/{one.id}", sent)
    with site.reading() as db:
        batch = db.exec(select(LogEntry.batch).where(LogEntry.subject_kind == "report")).one()
    assert moderator.post(f"/moderation/annulation/{batch}").status_code == 200
    assert fresh(site, need).status == "published" and fresh(site, one).status == "open"
    assert fresh(site, one).outcome is None and len(site.mails("anne@exemple.fr")) == before
    with site.reading() as db:
        verbs = list(db.exec(select(LogEntry.verb).where(LogEntry.subject_kind == "report").order_by(col(LogEntry.id))))
    assert verbs == ["decide", "undo"]


def test_html_in_a_report_is_shown_as_written(site: Site) -> None:
    comment = a_comment(site)
    words = "<script>alert(1)</script> sur ma voisine"
    answer = report(site.visitor(), "commentaire", comment.id, text=words, name="<b>Anne</b>")
    assert "<script>alert" not in answer.text
    page = site.signed_in("moderator").get(f"/moderation/signalement/{last_report(site).id}").text
    assert "<script>alert" not in page and words in BeautifulSoup(page, "html.parser").get_text()


def test_the_code_of_a_receipt_is_not_written_in_logs(site: Site) -> None:
    from app.core.security import redact

    assert redact("/signalement/AAAA-BBBB-CCCC") == "/signalement/…"
    assert "Disallow: /signalement/" in site.visitor().get("/robots.txt").text


def test_a_reported_comment_is_hidden_from_where_it_stood(site: Site) -> None:
    comment = a_comment(site)
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.thread_id == comment.thread_id)).one()
    assert f"/signaler/commentaire/{comment.id}" in site.visitor().get(f"/besoins/{need.id}").text
    report(site.visitor(), "commentaire", comment.id)
    decide(site, last_report(site), "hidden", text=SEEN)
    assert comment.text not in site.visitor().get(f"/besoins/{need.id}").text
    with site.reading() as db:
        assert db.get_one(Comment, comment.id).reason_note == SEEN
