"""The queue, its filters and its promises; the words it watches; how each territory reads; two at once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from app.accords.models import Accord
from app.core.db import now
from app.core.errors import ConflictError
from app.core.machine import Event
from app.moderation.models import WatchWord
from app.moderation.queries import log as reads
from app.moderation.service.decisions import Verdict, decide
from app.moderation.states import SUGGESTED_WORDS, Verb
from app.needs.models import Need
from app.needs.queries import one
from app.threads.models import Comment
from app.threads.states import RefusalReason
from tests.moderation import desk
from tests.moderation.desk import HOME, REASON
from tests.needs.test_say import say
from tests.site import Site

REGLAGES = "/moderation/reglages/morlaix-communaute"


def _many(site: Site, number: int, **values: Any) -> None:
    thread = desk.public_need(site).thread_id
    fields = {
        "thread_id": thread, "territory_id": HOME, "college": "habitants", "signature": "Voix", "kind": "remarque",
        "status": "pending", "created_at": now(), **values,
    }  # fmt: skip
    with site.writing() as db:
        db.add_all(Comment(text=f"Un mot de plus, le {n}e.", **fields) for n in range(number))


def test_the_queue_costs_the_same_whatever_its_length(site: Site) -> None:
    moderator = site.signed_in("moderator")
    costs = []
    for number in (0, 150, 600):
        _many(site, number)
        for path in ("/moderation/file", "/moderation"):
            moderator.get(path)
            with site.counting() as seen:
                moderator.get(path)
            costs.append(len(seen))
    alone, whole = costs[::2], costs[1::2]
    assert max(alone) <= 15 and max(alone) == min(alone), costs
    assert max(whole) == min(whole) <= 32, costs


def test_beyond_a_hundred_the_queue_has_pages(site: Site) -> None:
    _many(site, 130)
    moderator = site.signed_in("moderator")
    first, second = (moderator.get(f"/moderation/file?page={n}").text for n in (1, 2))
    assert first.count("queue__title") == 100 and "Plus récentes" in first
    assert 30 <= second.count("queue__title") < 100 and "Plus anciennes" in second


def test_the_queue_narrows_by_kind_and_counts_each(site: Site) -> None:
    item, comment = desk.need(site), desk.comment(site)
    moderator = site.signed_in("moderator")
    only = moderator.get("/moderation/file?nature=commentaire").text
    assert f"/moderation/commentaire/{comment}" in only and f"/moderation/besoin/{item}" not in only
    for nature in ("besoin", "photo", "profil", "signalement"):
        assert f"/moderation/{nature}/" in moderator.get(f"/moderation/file?nature={nature}").text
    assert (
        moderator.get("/moderation?nature=rien&page=0&etat=zut&territoire=ailleurs&suite=besoin-x").status_code == 200
    )


def test_an_appeal_waits_for_who_did_not_decide(site: Site) -> None:
    nolwenn, goulven = site.signed_in("moderator"), site.signed_in("second_moderator")
    assert "/moderation/recours/" in goulven.get("/moderation/file?nature=recours").text
    assert "/moderation/recours/" not in nolwenn.get("/moderation/file").text


def test_the_filter_goes_on_from_one_item_to_the_next(site: Site) -> None:
    desk.comment(site)
    moderator = site.signed_in("moderator")
    page = moderator.get("/moderation?nature=commentaire")
    path = page.text.split('id="trancher" method="post" action="')[1].split('"')[0].replace("&amp;", "&")
    assert "nature=commentaire" in path and "suite=commentaire-" in path
    after = moderator.post(path, {"decision": "publish"})
    assert after.url.path == "/moderation" and "nature=commentaire" in str(after.url)
    following = path.split("suite=commentaire-")[1].split("&")[0]
    assert f'action="/moderation/commentaire/{following}?' in after.text


def test_late_is_what_each_territory_promised(site: Site) -> None:
    item = desk.need(site, title="Depuis trois heures")
    with site.writing() as db:
        need = db.get_one(Need, item)
        need.created_at = now() - timedelta(hours=3)
        db.add(need)
    moderator = site.signed_in("moderator")
    row = moderator.get("/moderation/file?nature=besoin").text.split("Depuis trois heures")[-1]
    assert "délai dépassé" not in row
    site.signed_in("technician").post(REGLAGES, {"reading_hours": "2"})
    row = moderator.get("/moderation/file?nature=besoin").text.split("Depuis trois heures")[-1]
    assert "délai dépassé" in row


def test_what_looks_like_a_machine_is_marked(site: Site) -> None:
    _many(site, 1, held_for="cadence")
    assert "écrit plus vite qu’une personne" in site.signed_in("moderator").get("/moderation/file").text


def test_a_territory_sets_what_shows_before_it_is_read(site: Site) -> None:
    technician = site.signed_in("technician")
    assert "Réglages de la relecture" in technician.get(REGLAGES).text
    technician.post(REGLAGES, {"after": ["need", "comment"], "reading_hours": "24"})
    with site.reading() as db:
        accord = db.exec(select(Accord).where(Accord.territory_id == HOME)).one()
        kinds = [kind for kind in ("need", "comment", "file", "profile") if accord.reads_after(kind)]
        note = db.exec(select(Event.note).where(Event.verb == "set_reading")).one()
    assert kinds == ["need", "comment"] and accord.reading_hours == 24
    assert note and "a_posteriori = True" in note and "reading_hours = 24" in note
    assert "Rien n’a changé" in technician.post(REGLAGES, {"after": ["need", "comment"], "reading_hours": "24"}).text
    for wrong in ({"reading_hours": "0"}, {"reading_hours": "x"}, {"reading_hours": "2", "after": "tout"}, {}):
        assert technician.post(REGLAGES, wrong).status_code == 422


@pytest.mark.parametrize("persona", ["resident", "moderator", "facilitator", "elected"])
def test_nobody_else_sets_it(site: Site, persona: str) -> None:
    visitor = site.signed_in(persona)
    assert (
        visitor.get(REGLAGES).status_code == 403 and visitor.post(REGLAGES, {"reading_hours": "2"}).status_code == 403
    )
    elsewhere = site.signed_in("technician").post("/moderation/reglages/brest-metropole", {"reading_hours": "2"})
    assert elsewhere.status_code == 403


def test_what_was_published_before_being_read_is_read_again(site: Site) -> None:
    site.signed_in("technician").post(REGLAGES, {"after": ["need"], "reading_hours": "48"})
    say(site.signed_in("resident"), title="Publié sans attendre", neighbours_seen="1")
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.title == "Publié sans attendre")).one()
    assert need.status == "published"
    moderator = site.signed_in("moderator")
    assert "Publiés, à relire" in moderator.get("/moderation/file").text
    assert "Publié sans attendre" not in moderator.get("/moderation/file").text
    assert "Publié sans attendre" in moderator.get("/moderation/file?etat=publies").text
    page = moderator.get(f"/moderation/besoin/{need.id}?etat=publies").text
    assert "Laisser en ligne" in page and "Retirer de la vue" in page
    desk.decide(moderator, "besoin", need.id or 0, "keep")
    assert "Publié sans attendre" not in moderator.get("/moderation/file?etat=publies").text
    assert desk.state(site, "besoin", need.id or 0).status == "published"


def test_the_words_to_watch_are_the_moderators_to_edit(site: Site) -> None:
    moderator = site.signed_in("moderator")
    assert "La liste est vide" in moderator.get("/moderation/mots").text
    assert "2 mots ajoutés" in moderator.post("/moderation/mots", {"words": "Abruti\nzouave, abruti"}).text
    assert "déjà dans la liste" in moderator.post("/moderation/mots", {"words": "abruti"}).text
    for wrong in ("", "deux mots", "a", "x" * 61):
        assert moderator.post("/moderation/mots", {"words": wrong}).status_code == 422
    with site.reading() as db:
        word = db.exec(select(WatchWord).where(WatchWord.word == "zouave")).one()
    assert "retiré" in moderator.post(f"/moderation/mots/{word.id}/retrait").text
    assert moderator.post(f"/moderation/mots/{word.id}/retrait").status_code == 404
    added = len(set(SUGGESTED_WORDS) - {"abruti"})
    assert f"{added} mots ajoutés" in moderator.post("/moderation/mots/proposes").text
    assert site.signed_in("technician").get("/moderation/mots").status_code == 403


@pytest.mark.parametrize("item", ["besoin/2147483648", "besoin/0", "recit/1", "besoin/abc", "photo/999999"])
def test_what_does_not_exist_does_not_exist(site: Site, item: str) -> None:
    moderator = site.signed_in("moderator")
    assert moderator.get(f"/moderation/{item}").status_code == 404
    assert moderator.post(f"/moderation/{item}", {"decision": "publish"}).status_code in (404, 405)


def test_strange_words_are_shown_as_they_are(site: Site) -> None:
    item = desk.need(site, "<img src=x onerror=alert(1)> \u05d0\u05d1 🏠 " + "à" * 500, title="« Titre » & <b>gras</b>")
    page = site.signed_in("moderator").get(f"/moderation/besoin/{item}").text
    assert "&lt;img src=x" in page and "<img src=x" not in page and "&lt;b&gt;gras" in page and "\u05d0\u05d1" in page


def test_two_decisions_at_once_leave_one_and_one_refusal(site: Site) -> None:
    item = desk.need(site)
    people = [desk.person(site, name).id or 0 for name in ("moderator", "second_moderator")]
    verdicts = [Verdict(Verb.PUBLISH), Verdict(Verb.REFUSE, RefusalReason.OFF_TOPIC, "Hors sujet.")]
    outcomes: list[str] = []

    def act(person: int, verdict: Verdict) -> None:
        try:
            with site.writing() as db:
                need = one(db, item)
                assert need
                decide(db, need, verdict, by=person)
            outcomes.append("done")
        except ConflictError:
            outcomes.append("told")

    threads = [threading.Thread(target=act, args=pair) for pair in zip(people, verdicts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["done", "told"]
    assert len(desk.log(site, "besoin", item)) == 1
    with site.reading() as db:
        assert reads.check(db).broken is None


def test_supports_and_decisions_at_once_never_wait_for_each_other(site: Site) -> None:
    known = desk.public_need(site)
    moderator = desk.person(site, "moderator").id or 0
    visitor = site.signed_in("youth")
    failures: list[str] = []

    def act() -> None:
        for verdict in (Verdict(Verb.HIDE, RefusalReason.OFF_TOPIC, "Essai."), Verdict(Verb.RESTORE)) * 4:
            try:
                with site.writing() as db:
                    need = one(db, known.id or 0)
                    assert need
                    decide(db, need, verdict, by=moderator)
            except Exception as failure:  # looked at below
                failures.append(repr(failure))

    thread = threading.Thread(target=act)
    thread.start()
    for _n in range(12):
        assert visitor.post(f"/besoins/{known.id}/soutiens").status_code in (200, 403, 404, 409)
    thread.join(60)
    assert not failures


def test_a_refusal_is_contested_by_another_reading(site: Site) -> None:
    item = desk.need(site)
    desk.decide(site.signed_in("moderator"), "besoin", item, "refuse", **REASON)
    page = site.signed_in("second_moderator").get(f"/moderation/besoin/{item}").text
    assert "Déjà décidé" in page and "quelqu’un qui n’a pas pris la décision relira" in page
    with site.reading() as db:
        assert (
            db.exec(
                select(Event.verb)
                .where(Event.subject_kind == "need", Event.subject_id == item)
                .order_by(col(Event.id).desc())
            ).first()
            == "refuse"
        )
