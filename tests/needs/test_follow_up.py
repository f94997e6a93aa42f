"""Attached and answered by a technician: the fil, the tracking page, the board and the author follow."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.accords.models import Priority
from app.board.queries import cards, counted, recounted
from app.core.i18n import today
from app.identity.models import Body, Person
from app.needs.models import Need, NeedAnswer
from app.places.queries import reference
from tests.site import Site

ANSWER = {
    "outcome": "partly",
    "text": "Un passage de plus le vendredi soir, dès la rentrée.",
    "answered_on": today().isoformat(),
}


def _morlaix(site: Site) -> int:
    with site.reading() as db:
        return reference(db).by_slug["morlaix-communaute"].territory_id


def _need(site: Site, *, elsewhere: bool = False, status: str = "published") -> Need:
    home = _morlaix(site)
    with site.reading() as db:
        where = Need.territory_id != home if elsewhere else Need.territory_id == home
        return db.exec(
            select(Need).where(where, Need.status == status, Need.outcome.is_(None), Need.priority_id.is_(None))  # type: ignore[union-attr]
        ).first() or pytest.fail("the demonstration has no such need")


def _priority(site: Site, need: Need) -> Priority:
    with site.reading() as db:
        statement = select(Priority).where(Priority.accord_id == need.accord_id, Priority.status != "withdrawn")
        return db.exec(statement).first() or pytest.fail("no priority")


def _body(site: Site, territory_id: int) -> int:
    with site.reading() as db:
        return db.exec(select(Body.id).where(Body.territory_id == territory_id)).first() or 0


def test_attaching_shows_on_the_fil_and_counts_on_the_board(site: Site) -> None:
    need = _need(site)
    priority = _priority(site, need)
    with site.reading() as db:
        before = cards(db, [priority])[0].needs
    clerk = site.signed_in("technician")
    response = clerk.post(f"/besoins/{need.id}/rattachement", {"priority_id": str(priority.id)})
    assert priority.title in response.text
    with site.reading() as db:
        assert cards(db, [priority])[0].needs == before + 1
        assert counted(db) == recounted(db)
    assert clerk.post(f"/besoins/{need.id}/rattachement", {"priority_id": str(priority.id)}).status_code == 409
    clerk.post(f"/besoins/{need.id}/rattachement", {"priority_id": ""})
    with site.reading() as db:
        assert cards(db, [priority])[0].needs == before
        assert counted(db) == recounted(db)


def test_answering_is_public_dated_and_told_to_the_author(site: Site) -> None:
    with site.reading() as db:
        need = db.exec(
            select(Need).where(
                Need.territory_id == _morlaix(site), Need.status == "published",
                Need.outcome.is_(None), Need.author_id.is_not(None),  # type: ignore[union-attr]
            )
        ).first()  # fmt: skip
        assert need
        author = db.get(Person, need.author_id)
        assert author
    clerk = site.signed_in("technician")
    sent = ANSWER | {"body_id": str(_body(site, need.territory_id))}
    response = clerk.post(f"/besoins/{need.id}/reponses", sent)
    assert "Retenu en partie" in response.text and ANSWER["text"] in response.text
    assert "Retenu en partie" in site.mails(author.email)[-1].body
    assert str(need.id) in site.visitor().get("/besoins?etat=en-partie&territoire=morlaix-communaute").text


def test_an_answer_can_be_corrected_without_erasing_the_first(site: Site) -> None:
    need, clerk = _need(site), site.signed_in("technician")
    sent = ANSWER | {"body_id": str(_body(site, need.territory_id))}
    clerk.post(f"/besoins/{need.id}/reponses", sent)
    clerk.post(
        f"/besoins/{need.id}/reponses", sent | {"outcome": "retained", "text": "Finalement, deux passages de plus."}
    )
    page = site.visitor().get(f"/besoins/{need.id}").text
    assert ANSWER["text"] in page and "Finalement" in page
    with site.reading() as db:
        assert len(db.exec(select(NeedAnswer).where(NeedAnswer.need_id == need.id)).all()) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outcome": "redirected"}, "vers quel service"), ({"outcome": "peut-être"}, "Choisissez"), ({"text": "Oui."}, "Trop court"),
        ({"body_id": "999999"}, "Choisissez"), ({"answered_on": "demain"}, "date"),
        ({"answered_on": (today() + timedelta(days=2)).isoformat()}, "à venir"),
    ],
)  # fmt: skip
def test_a_bad_answer_is_refused_beside_its_field_and_kept(site: Site, changes: dict[str, str], words: str) -> None:
    need = _need(site)
    sent = ANSWER | {"body_id": str(_body(site, need.territory_id))} | changes
    response = site.signed_in("technician").post(f"/besoins/{need.id}/reponses", sent)
    assert response.status_code == 422 and words in response.text
    assert sent["text"] in response.text


@pytest.mark.parametrize("act", ["rattachement", "reponses"])
@pytest.mark.parametrize(
    "persona", ["resident", "association", "youth", "facilitator", "moderator", "elected", "data_manager"]
)
def test_only_a_technician_may(site: Site, persona: str, act: str) -> None:
    need = _need(site)
    assert site.signed_in(persona).post(f"/besoins/{need.id}/{act}", ANSWER).status_code == 403
    assert site.visitor().post(f"/besoins/{need.id}/{act}", ANSWER).status_code == 403


def test_a_technician_of_elsewhere_may_not(site: Site) -> None:
    need = _need(site, elsewhere=True)
    clerk = site.signed_in("technician")
    assert clerk.get(f"/besoins/{need.id}/suite").status_code == 403
    assert clerk.post(f"/besoins/{need.id}/reponses", ANSWER).status_code == 403


def test_a_priority_of_elsewhere_is_refused(site: Site) -> None:
    need, other = _need(site), _need(site, elsewhere=True)
    priority = _priority(site, other)
    response = site.signed_in("technician").post(f"/besoins/{need.id}/rattachement", {"priority_id": str(priority.id)})
    assert response.status_code == 403
    assert (
        site.signed_in("technician").post(f"/besoins/{need.id}/rattachement", {"priority_id": "987654"}).status_code
        == 422
    )


def test_a_need_not_published_cannot_be_answered(site: Site) -> None:
    need = _need(site, status="pending")
    assert site.signed_in("technician").post(f"/besoins/{need.id}/reponses", ANSWER).status_code == 403


def test_a_late_answer_is_said_in_public(site: Site) -> None:
    need = _need(site)
    with site.writing() as db:
        kept = db.get_one(Need, need.id)
        kept.answer_due_on = today() - timedelta(days=12)
        db.add(kept)
    assert "en retard de 12 j" in site.visitor().get(f"/besoins/{need.id}").text
    assert str(need.id) in site.visitor().get("/besoins?etat=retard&territoire=morlaix-communaute").text
