"""Closing an account: at once, with or without one's words, and back within 30 days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import Session, col, select, update

from app.board.queries import counted, recounted
from app.core.db import now
from app.core.errors import ConflictError
from app.core.machine import Event
from app.identity.models import Delegate, Organisation, Person, Role, WebSession
from app.identity.states import DelegateStatus
from app.needs.models import Need
from app.portal.queries.closing import last_administrator
from app.portal.service import closing
from app.threads.models import Comment
from tests.portal.cast import close, enter, neighbour, voices, written
from tests.site import Site

NEED_STATUSES = ["pending", "published", "masked", "refused", "hidden", "appealed", "upheld", "withdrawn"]
SEEN_BY_OTHERS = {"pending", "published", "masked", "appealed"}


def _person(db: Session, person_id: int) -> Person:
    return db.get_one(Person, person_id)


def test_nothing_closes_without_a_choice_and_a_confirmation(site: Site) -> None:
    resident = site.signed_in("resident")
    for sent, words in (({}, "À remplir"), ({"contributions": "keep"}, "Cochez cette case")):
        page = resident.post("/mon-espace/fermeture", sent)
        assert page.status_code == 422 and words in page.text
    assert resident.get("/mon-espace").url.path == "/mon-espace"


@pytest.mark.parametrize("contributions", ["keep", "erase"])
def test_closing_ends_every_session_at_once_and_says_how_to_come_back(site: Site, contributions: str) -> None:
    who = neighbour(site)
    here, elsewhere = enter(site, who.email), enter(site, who.email)
    page = close(here, contributions)
    assert page.url.path == "/" and "Votre compte est fermé" in page.text
    for visitor in (here, elsewhere):
        assert visitor.get("/mon-espace").url.path == "/connexion"
    with site.reading() as db:
        assert not db.exec(select(WebSession).where(WebSession.person_id == who.id)).all()
    mail = site.mails(who.email)[-1]
    assert "/connexion" in mail.body and "rouvrez" in mail.body


def test_kept_words_stay_where_they_are(site: Site) -> None:
    who = neighbour(site)
    with site.reading() as db:
        before, counts = written(db, who.id), voices(db, who.id)
    close(enter(site, who.email), "keep")
    with site.reading() as db:
        assert written(db, who.id) == before and voices(db, who.id) == counts


def test_erased_words_leave_public_view_at_once_and_counters_follow(site: Site) -> None:
    who = neighbour(site)
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.author_id == who.id, Need.status == "published")).first()
        assert need
    close(enter(site, who.email), "erase")
    visitor = site.visitor()
    assert visitor.get(f"/besoins/{need.id}").status_code in (403, 404)
    assert f"/besoins/{need.id}" not in visitor.get("/besoins", params={"q": need.title}).text
    with site.reading() as db:
        assert not {status for _kind, _id, status in written(db, who.id)} & SEEN_BY_OTHERS
        assert counted(db) == recounted(db)


def _need_in(site: Site, person_id: int, status: str) -> int:
    with site.writing() as db:
        need = db.exec(select(Need).where(Need.author_id == person_id, Need.status == "published")).first()
        assert need
        db.execute(update(Need).where(col(Need.id) == need.id).values(status=status))
        return need.id or 0


@pytest.mark.parametrize("status", NEED_STATUSES)
def test_reopening_puts_each_text_back_where_it_was(site: Site, status: str) -> None:
    who = neighbour(site)
    need_id = _need_in(site, who.id, status)
    with site.reading() as db:
        before = written(db, who.id)
    close(enter(site, who.email), "erase")
    with site.reading() as db:
        hidden = db.get_one(Need, need_id).status
        assert hidden == ("withdrawn" if status in SEEN_BY_OTHERS else status)
    page = enter(site, who.email).post("/mon-espace/reouverture")
    assert page.url.path == "/mon-espace" and "rouvert" in page.text
    with site.reading() as db:
        assert written(db, who.id) == before and counted(db) == recounted(db)
        assert _person(db, who.id).closing_at is None and not _person(db, who.id).closing_erases


def test_a_text_withdrawn_by_hand_before_is_not_brought_back(site: Site) -> None:
    who = neighbour(site)
    need_id = _need_in(site, who.id, "withdrawn")
    visitor = enter(site, who.email)
    close(visitor, "erase")
    enter(site, who.email).post("/mon-espace/reouverture")
    with site.reading() as db:
        assert db.get_one(Need, need_id).status == "withdrawn"


def test_a_need_put_back_is_found_again(site: Site) -> None:
    who = neighbour(site)
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.author_id == who.id, Need.status == "published")).first()
        assert need
    close(enter(site, who.email), "erase")
    enter(site, who.email).post("/mon-espace/reouverture")
    assert f"/besoins/{need.id}" in site.visitor().get("/besoins", params={"q": need.title}).text


def test_while_it_is_closed_an_account_may_only_be_reopened(site: Site) -> None:
    who = neighbour(site)
    close(enter(site, who.email), "keep")
    back = enter(site, who.email)
    page = back.get("/mon-espace/reouverture")
    assert "Rouvrir mon compte" in page.text and "Le laisser fermé" in page.text
    assert back.get("/mon-espace").url.path == "/connexion" or "Connectez-vous" in back.get("/mon-espace").text
    assert back.post("/mon-espace/donnees/copie").status_code == 403
    assert site.signed_in("resident").get("/mon-espace/reouverture").status_code == 403
    assert site.visitor().post("/mon-espace/reouverture").status_code == 403


def test_the_browser_that_reopens_gets_a_new_secret(site: Site) -> None:
    who = neighbour(site)
    close(enter(site, who.email), "keep")
    back = enter(site, who.email)
    before = dict(back.http.cookies)
    back.post("/mon-espace/reouverture")
    assert dict(back.http.cookies)["emglev"] != before["emglev"]
    assert back.get("/mon-espace").status_code == 200


def test_roles_and_mandates_end_and_do_not_come_back(site: Site) -> None:
    with site.writing() as db:
        moderator = db.exec(select(Person).where(Person.demo_persona == "moderator")).one()
        organisation = db.exec(select(Organisation)).first()
        assert organisation
        db.add(
            Delegate(
                organisation_id=organisation.id or 0, person_id=moderator.id, email=moderator.email or "",
                status=DelegateStatus.ACCEPTED.value, created_at=now(), accepted_at=now(),
            )
        )  # fmt: skip
    close(site.signed_in("moderator"), "keep")
    site.signed_in("moderator").post("/mon-espace/reouverture")
    with site.reading() as db:
        assert all(r.ended_at for r in db.exec(select(Role).where(Role.person_id == moderator.id)))
        mandate = db.exec(select(Delegate).where(Delegate.person_id == moderator.id)).one()
        assert mandate.status == DelegateStatus.ENDED and mandate.ended_at
    assert site.signed_in("moderator").get("/moderation").status_code == 403


def test_the_last_administrator_is_told_to_name_another(site: Site) -> None:
    administrator = site.signed_in("administrator")
    assert "seule personne qui administre" in administrator.get("/mon-espace/fermeture").text
    refused = close(administrator, "keep")
    assert refused.status_code == 409 and "Confiez d’abord ce rôle" in refused.text
    assert administrator.get("/mon-espace").status_code == 200


def test_of_two_administrators_only_one_may_leave(site: Site) -> None:
    with site.writing() as db:
        known = db.exec(select(Role).where(Role.kind == "administrator")).one()
        second = db.exec(select(Person).where(Person.demo_persona == "resident")).one()
        db.add(Role(person_id=second.id or 0, kind="administrator", starts_on=known.starts_on))
    assert close(site.signed_in("administrator"), "keep").url.path == "/"
    with site.reading() as db:
        assert last_administrator(db, second.id or 0)
    assert close(site.signed_in("resident"), "keep").status_code == 409


def test_two_administrators_who_leave_at_the_same_moment_do_not_both_leave(site: Site) -> None:
    with site.writing() as db:
        known = db.exec(select(Role).where(Role.kind == "administrator")).one()
        second = db.exec(select(Person).where(Person.demo_persona == "resident")).one()
        db.add(Role(person_id=second.id or 0, kind="administrator", starts_on=known.starts_on))
    together = Barrier(2)

    def leave(person_id: int) -> bool:
        together.wait(timeout=30)
        try:
            with site.database.writing() as db:
                closing.close(db, person_id, erases=False)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        left = list(pool.map(leave, [known.person_id, second.id or 0]))
    assert sorted(left) == [False, True]


def test_the_last_delegate_of_an_organisation_is_told_to_name_another(site: Site) -> None:
    association = site.signed_in("association")
    page = association.get("/mon-espace/fermeture").text
    assert "Trégor à vélo" in page and "Nommez une autre personne" in page
    assert close(association, "keep").status_code == 409


def test_what_was_said_for_an_organisation_is_its_own_and_stays(site: Site) -> None:
    who = neighbour(site)
    with site.writing() as db:
        organisation = db.exec(select(Organisation)).first()
        need = db.exec(select(Need).where(Need.author_id == who.id, Need.status == "published")).first()
        comment = db.exec(select(Comment).where(Comment.author_id == who.id, Comment.status == "published")).first()
        assert organisation and need and comment
        for row in (need, comment):
            row.organisation_id = organisation.id
            db.add(row)
    close(enter(site, who.email), "erase")
    with site.writing() as db:
        db.execute(update(Person).where(col(Person.id) == who.id).values(closing_at=now() - timedelta(days=31)))
        assert closing.anonymise(db, who.id, before=now())
    with site.reading() as db:
        assert db.get_one(Need, need.id).text == need.text and db.get_one(Need, need.id).status == "published"
        assert db.get_one(Comment, comment.id).signature == comment.signature


def test_a_double_click_closes_once(site: Site) -> None:
    who = neighbour(site)
    with site.writing() as db:
        first = closing.close(db, who.id, erases=True).closing_at
    with site.writing() as db:
        assert closing.close(db, who.id, erases=False).closing_at == first
        said = select(Event).where(Event.subject_kind == "person", Event.subject_id == who.id)
        assert [e.verb for e in db.exec(said)] == ["close_account"]
        assert db.get_one(Person, who.id).closing_erases


def test_once_forgotten_an_account_does_not_come_back(site: Site) -> None:
    who = neighbour(site)
    close(enter(site, who.email), "keep")
    back = enter(site, who.email)
    with site.writing() as db:
        db.execute(update(Person).where(col(Person.id) == who.id).values(closing_at=now() - timedelta(days=31)))
        closing.anonymise(db, who.id, before=now())
    assert back.post("/mon-espace/reouverture").status_code == 403
    with site.reading() as db:
        assert _person(db, who.id).email is None and _person(db, who.id).pseudonym == "Compte fermé"
