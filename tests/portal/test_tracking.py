"""The tracking page says where one's words stand, in sentences; the code lets its author correct, withdraw, contest."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlmodel import Session, col, select

from app.core.db import now
from app.core.machine import Event
from app.identity.models import Person
from app.needs.models import Need, NeedWording
from app.threads.states import Moderation
from tests.moderation.disputes import SEEN, appealed, decided, fresh, person_of, said
from tests.needs.test_say import WORDS, code_of, say
from tests.site import Site, Visitor

BETTER = {
    "title": "Un banc à l’ombre devant la boulangerie",
    "text": "Ma mère attend debout chaque matin, en plein soleil.",
}


def sentences(visitor: Visitor, code: str) -> str:
    page = BeautifulSoup(visitor.get(f"/suivi/{code}").text, "html.parser")
    section = page.find("section", {"aria-labelledby": "ou-en-est"})
    assert section
    return section.get_text(" ", strip=True)


def correct(visitor: Visitor, code: str, **changes: str) -> object:
    page = BeautifulSoup(visitor.get(f"/suivi/{code}").text, "html.parser")
    seen = page.find("input", {"name": "seen"})
    return visitor.post(f"/suivi/{code}/correction", {**BETTER, "seen": seen["value"] if seen else "", **changes})


def test_each_state_is_said_in_a_sentence(site: Site) -> None:
    need, code = said(site)
    said_of = {
        "awaiting_email": "Il attend que vous confirmiez votre adresse", "pending": "le relit le",
        "published": "Votre besoin est publié.", "masked": "sauf un passage", "refused": "n’est pas publié",
        "hidden": "n’est plus visible", "appealed": "Une autre personne examine", "upheld": "confirme la décision",
        "withdrawn": "Vous avez retiré ce besoin", "draft": "est enregistré",
    }  # fmt: skip
    assert set(said_of) == {str(state) for state in Moderation}
    for state, words in said_of.items():
        with site.writing() as db:
            held = db.get_one(Need, need.id)
            held.status, held.reason, held.reason_note = state, "personne_visee", SEEN
            db.add(held)
        page = sentences(site.visitor(), code)
        assert words in page, (state, page)
        assert (SEEN in page) == (state in ("masked", "refused", "hidden")), state


def test_a_reading_or_an_answer_that_is_late_is_said_to_be(site: Site) -> None:
    need, code = said(site)
    with site.writing() as db:
        held = db.get_one(Need, need.id)
        held.created_at = now() - timedelta(days=5)
        db.add(held)
    assert "la relecture est en retard" in sentences(site.visitor(), code)
    published, second = decided(site, "publish", title="Un deuxième besoin à suivre")
    assert "Une réponse vous est due le" in sentences(site.visitor(), second)
    with site.writing() as db:
        held = db.get_one(Need, published.id)
        held.answer_due_on = (now() - timedelta(days=3)).date()
        db.add(held)
    assert "elle est en retard" in sentences(site.visitor(), second)


@pytest.mark.parametrize("awaiting", [False, True])
def test_its_author_corrects_it_while_nobody_has_read_it(site: Site, awaiting: bool) -> None:
    need, code = said(site, **({"email": "lena@exemple.fr"} if awaiting else {}))
    answer = correct(site.visitor(), code)
    assert "C’est corrigé" in answer.text and BETTER["text"] in answer.text  # type: ignore[attr-defined]
    now_is = fresh(site, need)
    assert (now_is.title, now_is.text, now_is.status) == (*BETTER.values(), need.status)
    with site.reading() as db:
        kept = db.exec(select(NeedWording).where(NeedWording.need_id == need.id)).one()
        assert (kept.title, kept.text, kept.why) == (WORDS["title"], WORDS["text"], "corrected_by_author")
        event = db.exec(
            select(Event).where(Event.subject_kind == "need", Event.subject_id == need.id, Event.verb == "correct")
        )
        assert event.one().actor_id is None
    page = BeautifulSoup(site.visitor().get(f"/suivi/{code}").text, "html.parser")
    mine = page.find("blockquote", {"class": "words"})
    assert mine and BETTER["text"] in mine.text and WORDS["text"] not in mine.text


def test_a_moderator_sees_that_its_author_corrected_it(site: Site) -> None:
    need, code = said(site)
    correct(site.visitor(), code)
    page = site.signed_in("moderator").get(f"/moderation/besoin/{need.id}").text
    assert "corrigé par son auteur" in page.lower() and WORDS["text"] in page and BETTER["text"] in page


def test_words_corrected_while_a_moderator_read_are_not_published_unread(site: Site) -> None:
    need, code = said(site)
    moderator, path = site.signed_in("moderator"), f"/moderation/besoin/{need.id}"
    seen = BeautifulSoup(moderator.get(path).text, "html.parser").find("input", {"name": "seen"})
    assert seen
    correct(site.visitor(), code)
    late = moderator.post(path, {"decision": "publish", "seen": seen["value"]})
    assert late.status_code == 409 and "vient de corriger" in late.text and BETTER["text"] in late.text
    assert fresh(site, need).status == "pending"
    seen = BeautifulSoup(late.text, "html.parser").find("input", {"name": "seen"})
    assert seen and moderator.post(path, {"decision": "publish", "seen": seen["value"]}).status_code == 200
    assert fresh(site, need).status == "published"


def test_corrected_twice_in_the_same_words_it_is_once(site: Site) -> None:
    need, code = said(site)
    sent = {**BETTER, "seen": ""}
    visitor = site.visitor()
    correct(visitor, code)
    assert "Rien n’a changé" in visitor.post(f"/suivi/{code}/correction", sent).text
    with site.reading() as db:
        assert len(db.exec(select(NeedWording).where(NeedWording.need_id == need.id)).all()) == 1


def test_corrected_from_two_windows_the_second_keeps_what_it_typed(site: Site) -> None:
    need, code = said(site)
    page = BeautifulSoup(site.visitor().get(f"/suivi/{code}").text, "html.parser")
    seen = page.find("input", {"name": "seen"})
    assert seen
    correct(site.visitor(), code)
    mine = {
        "title": "Un autre titre pour ce besoin",
        "text": "D’autres mots, tapés dans une autre fenêtre.",
        "seen": seen["value"],
    }
    late = site.visitor().post(f"/suivi/{code}/correction", mine)
    assert late.status_code == 409 and mine["text"] in late.text and BETTER["text"] in late.text
    assert fresh(site, need).text == BETTER["text"]
    again = BeautifulSoup(late.text, "html.parser").find("input", {"name": "seen"})
    assert again
    assert site.visitor().post(f"/suivi/{code}/correction", {**mine, "seen": again["value"]}).status_code == 200
    assert fresh(site, need).text == mine["text"]


@pytest.mark.parametrize("wrong", [{"title": "Court"}, {"text": "Trop court"}, {"text": "x" * 3001}])
def test_a_bad_correction_changes_nothing_and_keeps_what_was_typed(site: Site, wrong: dict[str, str]) -> None:
    need, code = said(site)
    answer = correct(site.visitor(), code, **wrong)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert next(iter(wrong.values()))[:40] in answer.text  # type: ignore[attr-defined]
    assert fresh(site, need).text == WORDS["text"]


@pytest.mark.parametrize("verb", ["publish", "refuse"])
def test_once_read_it_is_corrected_no_more(site: Site, verb: str) -> None:
    need, code = decided(site, verb)
    assert "Corriger mes mots" not in site.visitor().get(f"/suivi/{code}").text
    assert site.visitor().post(f"/suivi/{code}/correction", {**BETTER, "seen": ""}).status_code == 409
    assert fresh(site, need).text == WORDS["text"]


def test_html_in_a_correction_is_shown_as_written(site: Site) -> None:
    _need, code = said(site)
    answer = correct(site.visitor(), code, text="<img src=x onerror=alert(1)> un banc, s’il vous plaît")
    assert "<img src=x" not in answer.text and "&lt;img src=x" in answer.text  # type: ignore[attr-defined]


@pytest.mark.parametrize("act", ["correction", "retrait", "demande-de-retrait", "contestation"])
def test_anothers_code_or_none_does_nothing(site: Site, act: str) -> None:
    said(site)
    assert site.visitor().post(f"/suivi/AAAA-BBBB-CCCC/{act}", BETTER).status_code == 404
    assert site.visitor().post(f"/suivi/{'A' * 60}/{act}", BETTER).status_code == 404


@pytest.mark.parametrize("act", ["correction", "demande-de-retrait", "contestation"])
def test_the_address_of_a_form_opened_again_leads_to_its_page(site: Site, act: str) -> None:
    _need, code = said(site)
    assert site.visitor().get(f"/suivi/{code}/{act}").url.path == f"/suivi/{code}"


def test_what_an_organisation_said_is_only_for_who_speaks_for_it(site: Site) -> None:
    from tests.needs.test_in_whose_name import organisation

    name = str(organisation(site).id)
    code = code_of(say(site.signed_in("association"), in_name_of=name, college=""))
    assert "Corriger mes mots" not in site.visitor().get(f"/suivi/{code}").text
    for act in ("correction", "demande-de-retrait", "contestation"):
        sent = {**BETTER, "seen": ""}
        assert site.visitor().post(f"/suivi/{code}/{act}", sent).status_code == 403
        assert site.signed_in("resident").post(f"/suivi/{code}/{act}", sent).status_code == 403
    assert "C’est corrigé" in correct(site.signed_in("association"), code).text  # type: ignore[attr-defined]


def test_withdrawn_with_its_account_it_says_so(site: Site) -> None:
    need, code = decided(site, "publish", by="resident")
    site.signed_in("resident").post("/mon-espace/fermeture", {"contributions": "erase", "sure": "true"})
    if fresh(site, need).status != "withdrawn":
        from app.portal.service import closing

        with site.writing() as db:
            closing.close(db, person_of(db, "resident").id or 0, erases=True)
    assert fresh(site, need).status == "withdrawn"
    page = site.visitor().get(f"/suivi/{code}").text
    assert "Le compte qui avait dit ce besoin est fermé" in page and "Vous avez retiré" not in page
    assert "son auteur a fermé son compte" in page


def test_the_appeal_is_a_step_of_the_fil(site: Site) -> None:
    _need, _appeal, code = appealed(site)
    page = site.visitor().get(f"/suivi/{code}").text
    assert "Nouvel examen" in page and "Réponse due le" in page


def test_the_page_prints_and_keeps_out_of_search_engines_and_caches(site: Site) -> None:
    _need, code = said(site)
    page = site.visitor().get(f"/suivi/{code}")
    assert "data-print" in page.text
    assert page.headers["x-robots-tag"].startswith("noindex") and page.headers["cache-control"] == "no-store"


def _persons(db: Session) -> int:
    return len(db.exec(select(Person).order_by(col(Person.id))).all())


def test_nothing_typed_with_a_code_makes_a_person(site: Site) -> None:
    _need, code = said(site)
    with site.reading() as db:
        before = _persons(db)
    correct(site.visitor(), code)
    with site.reading() as db:
        assert _persons(db) == before
