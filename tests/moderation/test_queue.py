"""A moderator reads what waits on their territory, decides with a reason, and the author is told."""

import pytest
from sqlmodel import col, select

from app.core.machine import Event
from app.identity.models import Person
from app.moderation.models import Report
from app.moderation.states import REPORT
from app.needs.models import Need
from app.places.queries import reference
from app.threads.models import Comment, File, ProfileText
from app.threads.states import MODERATION
from tests.needs.test_say import say
from tests.site import Site


def _pending(site: Site, *, slug: str = "morlaix-communaute", authored: bool = False) -> Need:
    say(site.visitor() if not authored else site.signed_in("resident"))
    with site.reading() as db:
        territory = reference(db).by_slug[slug]
        return db.exec(
            select(Need)
            .where(Need.territory_id == territory.id, Need.status == "pending")
            .order_by(col(Need.id).desc())
        ).first() or pytest.fail("nothing waits")


def _elsewhere(site: Site) -> Need:
    with site.reading() as db:
        territory = reference(db).by_slug["brest-metropole"]
        return db.exec(
            select(Need).where(Need.territory_id == territory.id, Need.status == "pending")
        ).first() or pytest.fail("none")


def test_publishing_lets_everyone_read_and_starts_the_clock(site: Site) -> None:
    need, moderator = _pending(site, authored=True), site.signed_in("moderator")
    response = moderator.post(f"/moderation/besoin/{need.id}", {"decision": "publish"})
    assert response.status_code == 200 and "Publié" in response.text
    assert need.title in site.visitor().get(f"/besoins/{need.id}").text
    with site.reading() as db:
        published = db.get_one(Need, need.id)
        assert published.answer_due_on and published.published_at
        author = db.get_one(Person, need.author_id)
        event = db.exec(
            select(Event).where(Event.subject_kind == "need", Event.subject_id == need.id, Event.verb == "publish")
        ).one()
        assert event.actor_id and event.before == "pending"
    assert "publié" in site.mails(author.email)[-1].subject


def test_refusing_needs_a_reason_from_the_charter_and_tells_the_author(site: Site) -> None:
    need, moderator = _pending(site, authored=True), site.signed_in("moderator")
    bare = moderator.post(f"/moderation/besoin/{need.id}", {"decision": "refuse", "note": "Parce que."})
    assert bare.status_code == 422 and "toujours motivé" in bare.text and "Parce que." in bare.text
    moderator.post(
        f"/moderation/besoin/{need.id}",
        {"decision": "refuse", "reason": "donnee_privee", "note": "Un numéro de téléphone y figure."},
    )
    with site.reading() as db:
        author = db.get_one(Person, need.author_id)
    mail = site.mails(author.email)[-1].body
    assert "article 6" in mail and "Un numéro de téléphone y figure." in mail and "contester" in mail
    page = site.signed_in("resident").get(f"/besoins/{need.id}")
    assert "Non publié" in page.text
    assert site.visitor().get(f"/besoins/{need.id}").status_code == 404


def test_the_tracking_page_tells_the_refusal_too(site: Site) -> None:
    from tests.needs.test_say import code_of

    code = code_of(say(site.visitor()))
    need = _need_titled(site)
    site.signed_in("moderator").post(
        f"/moderation/besoin/{need.id}",
        {"decision": "refuse", "reason": "hors_sujet", "note": "Cela relève de l’État."},
    )
    page = site.visitor().get(f"/suivi/{code}").text
    assert "Cela relève de l’État." in page and "article 8" in page


def _need_titled(site: Site) -> Need:
    with site.reading() as db:
        return db.exec(select(Need).where(Need.title == "Un banc devant la boulangerie")).one()


def test_two_moderators_on_one_item_the_second_is_told(site: Site) -> None:
    need, first, second = _pending(site), site.signed_in("moderator"), site.signed_in("moderator")
    first.post(f"/moderation/besoin/{need.id}", {"decision": "publish"})
    late = second.post(f"/moderation/besoin/{need.id}", {"decision": "refuse", "reason": "hors_sujet"})
    assert late.status_code == 409 and "changé" in late.text
    with site.reading() as db:
        assert db.get_one(Need, need.id).status == "published"


def test_comments_are_decided_the_same_way(site: Site) -> None:
    with site.reading() as db:
        territory = reference(db).by_slug["morlaix-communaute"]
        need = db.exec(select(Need).where(Need.territory_id == territory.id, Need.status == "published")).first()
        assert need
    site.signed_in("resident").post(
        f"/besoins/{need.id}/commentaires", {"kind": "remarque", "text": "Un commentaire à relire"}
    )
    with site.reading() as db:
        comment = db.exec(select(Comment).where(Comment.text == "Un commentaire à relire")).one()
    moderator = site.signed_in("moderator")
    assert "Un commentaire à relire" in moderator.get(f"/moderation/commentaire/{comment.id}").text
    moderator.post(f"/moderation/commentaire/{comment.id}", {"decision": "publish"})
    assert "Un commentaire à relire" in site.visitor().get(f"/besoins/{need.id}").text
    assert moderator.post(f"/moderation/commentaire/{comment.id}", {"decision": "publish"}).status_code == 409


@pytest.mark.parametrize(
    "persona", ["resident", "association", "youth", "facilitator", "elected", "technician", "data_manager"]
)
def test_nobody_else_opens_the_queue(site: Site, persona: str) -> None:
    visitor, need = site.signed_in(persona), _pending(site)
    assert visitor.get("/moderation").status_code == 403
    assert visitor.post(f"/moderation/besoin/{need.id}", {"decision": "publish"}).status_code == 403


def test_a_visitor_is_led_to_sign_in_and_back(site: Site) -> None:
    response = site.visitor().get("/moderation")
    assert response.url.path == "/connexion" and "/moderation" in response.text


def test_anothers_territory_does_not_exist_here(site: Site) -> None:
    other, moderator = _elsewhere(site), site.signed_in("moderator")
    assert moderator.get(f"/moderation/besoin/{other.id}").status_code == 404
    assert moderator.post(f"/moderation/besoin/{other.id}", {"decision": "publish"}).status_code == 404
    assert other.title not in moderator.get("/moderation").text


def test_ones_own_words_are_for_somebody_else(site: Site) -> None:
    moderator = site.signed_in("moderator")
    say(moderator)
    need = _need_titled(site)
    assert need.title not in moderator.get("/moderation").text
    assert moderator.post(f"/moderation/besoin/{need.id}", {"decision": "publish"}).status_code == 403


def test_an_empty_queue_says_so(site: Site) -> None:
    moderator = site.signed_in("moderator")
    with site.writing() as db:
        for table in (Need, Comment, File, ProfileText):
            for waiting in db.exec(select(table).where(table.status == "pending")):
                MODERATION.move(db, waiting, "refuse", by=None)
        for report in db.exec(select(Report).where(Report.status == "open")):
            REPORT.move(db, report, "decide", by=None)
    assert "Tout est relu" in moderator.get("/moderation").text
