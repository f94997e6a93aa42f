"""Positions counted once a person, by collège; comments on the version read; official answers."""

from typing import Any

import pytest
from sqlmodel import select

from app.actions import queries, service
from app.actions.forms import SheetCommentForm
from app.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from app.identity import service as identity
from app.identity.models import Body, EmailProof
from app.policy.actor import Actor
from app.threads import queries as threads
from app.threads.models import Comment
from app.threads.states import CommentKind, Stance
from tests.actions.cast import CONTENT, a_body, a_sheet, candidate, close_everything, get, persona
from tests.site import Site

TEXT = "Et le retour de 21 h, pour celles et ceux qui embauchent tard ?"


def _positions(site: Site, ref: str) -> dict[str, dict[str, int]]:
    with site.reading() as db:
        return threads.positions_by_college(db, get(site, ref).thread_id)[0]


def _comment(site: Site, ref: str, text: str = TEXT, **changes: Any) -> Comment:
    """A published comment of the resident."""
    resident = persona(site, "resident")
    with site.writing() as db:
        sheet = queries.by_ref(db, ref)
        assert sheet
        me = Actor(person_id=resident.id, name=resident.pseudonym, college=resident.college)
        form = SheetCommentForm(kind=CommentKind.QUESTION, text=text, version=sheet.version)
        written = service.comment(db, sheet, form, me)
        written.status = "published"
        written.sqlmodel_update(changes)
        db.add(written)
    return written


def test_a_position_counts_once_changes_and_is_taken_back(site: Site) -> None:
    ref, resident = candidate(site), site.signed_in("resident")
    assert "Votre position est comptée" in resident.post(f"/fiches-actions/{ref}/positions", {"stance": "pour"}).text
    assert _positions(site, ref) == {"habitants": {"pour": 1}}
    assert "déjà celle-ci" in resident.post(f"/fiches-actions/{ref}/positions", {"stance": "pour"}).text
    assert "changée" in resident.post(f"/fiches-actions/{ref}/positions", {"stance": "nuance"}).text
    assert _positions(site, ref) == {"habitants": {"nuance": 1}}
    assert "Votre position : nuancé" in resident.get(f"/fiches-actions/{ref}").text.replace("\u00a0", " ")
    resident.post(f"/fiches-actions/{ref}/positions/retrait")
    assert _positions(site, ref) == {}


def test_without_an_account_a_position_counts_only_once_confirmed(site: Site) -> None:
    ref, visitor = candidate(site), site.visitor()
    sent = {"stance": "contre", "college": "jeunes", "email": "nina@exemple.fr"}
    assert "Un message vous attend" in visitor.post(f"/fiches-actions/{ref}/positions", sent).text
    assert _positions(site, ref) == {}
    assert site.link("nina@exemple.fr").startswith("/confirmation/")
    with site.writing() as db:
        proof = db.exec(select(EmailProof).where(EmailProof.purpose == service.CONFIRM_POSITION)).one()
        sheet = queries.one(db, proof.data["sheet"])
        assert sheet and proof.data == {"sheet": sheet.id, "college": "jeunes", "stance": "contre"}
        person = identity.person_for(db, proof.email, college="jeunes")
        assert service.confirm_position(db, sheet, person, "jeunes", Stance.AGAINST) == "new"
        assert service.confirm_position(db, sheet, person, "entreprises", Stance.FOR) == "changed"
    assert _positions(site, ref) == {"jeunes": {"pour": 1}}


@pytest.mark.parametrize(("sent", "words"), [
    ({"college": "jeunes", "email": "a@b.fr"}, "À remplir"), ({"stance": "pour", "college": "jeunes"}, "adresse est nécessaire"),
    ({"stance": "pour", "email": "a@b.fr"}, "collège"), ({"stance": "oui", "college": "jeunes", "email": "a@b.fr"}, "Choisissez"),
    ({"stance": "pour", "college": "jeunes", "email": "oups"}, "adresse complète"),
])  # fmt: skip
def test_what_is_missing_of_a_position_is_said(site: Site, sent: dict[str, str], words: str) -> None:
    response = site.visitor().post(f"/fiches-actions/{candidate(site)}/positions", sent)
    assert response.status_code == 422 and words in response.text


def test_nobody_takes_position_when_the_calendar_or_the_fiche_does_not_open_it(site: Site) -> None:
    idea, ref, resident = a_sheet(site), candidate(site), site.signed_in("resident")
    response = resident.post(f"/fiches-actions/{idea}/positions", {"stance": "pour"})
    assert response.status_code == 403 and "candidate" in response.text
    close_everything(site, ref)
    assert "Les positions sont fermées" in resident.get(f"/fiches-actions/{ref}").text
    for act, words in (("positions", "positions sont fermées"), ("commentaires", "commentaires sont fermés")):
        response = resident.post(f"/fiches-actions/{ref}/{act}", {"stance": "pour", "kind": "remarque", "text": TEXT})
        assert response.status_code == 403 and words in response.text
    with site.writing() as db:
        sheet, person = queries.by_ref(db, ref), persona(site, "resident")
        assert sheet
        with pytest.raises(ForbiddenError):
            service.confirm_position(db, sheet, person, "habitants", Stance.FOR)


def test_a_share_is_given_from_five_voices_on(site: Site) -> None:
    ref = candidate(site)
    with site.writing() as db:
        sheet = queries.by_ref(db, ref)
        assert sheet
        for number in range(5):
            person = identity.person_for(db, f"p{number}@exemple.fr", college="jeunes")
            service.take_position(db, sheet, person, "jeunes", Stance.FOR if number else Stance.AGAINST)
        service.take_position(db, sheet, persona(site, "resident"), "habitants", Stance.FOR)
    page = site.visitor().get(f"/fiches-actions/{ref}").text
    assert (
        "80\u00a0%" in page
        and "moins de 5\u00a0voix" in page.replace("5 voix", "5\u00a0voix")
        and "6 voix indicatives" in page
    )


def test_a_comment_keeps_the_version_that_was_read(site: Site) -> None:
    ref, resident = candidate(site), site.signed_in("resident")
    with site.writing() as db:  # meanwhile, a second version
        sheet = queries.by_ref(db, ref)
        assert sheet
        service.save(
            db,
            sheet,
            CONTENT | {"context": "Le dernier car part à 19 h."},
            edited=sheet.edited,
            theme_id=sheet.theme_id,
            by=None,
        )
        service.publish_version(db, sheet, by=None)
    sent = {"kind": "question", "text": TEXT, "version": "1"}
    page = resident.post(f"/fiches-actions/{ref}/commentaires", sent).text
    assert "a paru pendant que vous écriviez" in page and TEXT in page
    assert f"/fiches-actions/{ref}/versions?de=1&amp;a=2" in page and "À propos de la version 1" in page
    with site.reading() as db:
        assert db.exec(select(Comment.version).where(Comment.text == TEXT)).one() == 1
    for version in ("0", "99", ""):
        resident.post(
            f"/fiches-actions/{ref}/commentaires", {"kind": "remarque", "text": f"{TEXT} {version}", "version": version}
        )
    with site.reading() as db:
        assert set(db.exec(select(Comment.version).where(Comment.text != TEXT, Comment.text.startswith(TEXT)))) == {2}  # type: ignore[attr-defined]


def test_a_comment_goes_through_moderation(site: Site) -> None:
    ref, resident = candidate(site), site.signed_in("resident")
    resident.post(f"/fiches-actions/{ref}/commentaires", {"kind": "remarque", "text": TEXT, "version": "1"})
    assert "En relecture" in resident.get(f"/fiches-actions/{ref}").text
    assert TEXT not in site.visitor().get(f"/fiches-actions/{ref}").text
    visitor = site.visitor()
    sent = {
        "kind": "remarque",
        "text": TEXT + " (bis)",
        "version": "1",
        "college": "jeunes",
        "email": "odile@exemple.fr",
    }
    visitor.post(f"/fiches-actions/{ref}/commentaires", sent)
    with site.writing() as db:
        written = db.exec(select(Comment).where(Comment.text == sent["text"])).one()
        assert written.status == "awaiting_email"
        service.confirm_comment(db, written, "odile@exemple.fr", a_posteriori=False)
        assert written.status == "pending" and written.author_id


def test_a_short_comment_is_kept_and_explained(site: Site) -> None:
    sent = {"kind": "remarque", "text": "Oui, non", "version": "1"}
    response = site.signed_in("resident").post(f"/fiches-actions/{candidate(site)}/commentaires", sent)
    assert response.status_code == 422 and "Trop court" in response.text and "Oui, non" in response.text


def test_an_official_answer_stands_out_and_is_told_once(site: Site) -> None:
    ref = candidate(site)
    asked, body_id = _comment(site, ref), a_body(site, ref)
    clerk, mail = site.signed_in("technician"), persona(site, "resident").email
    sent = {"text": "Arrêt ajouté à la prochaine version.", "body_id": str(body_id)}
    path = f"/fiches-actions/{ref}/commentaires/{asked.id}/reponse"
    for _twice in range(2):
        assert clerk.post(path, sent).status_code == 200
    page = site.visitor().get(f"/fiches-actions/{ref}").text
    assert page.count("Réponse de") == 1 and sent["text"] in page
    assert [m for m in site.mails(mail) if sent["text"] in m.body and asked.text in m.body].__len__() == 1


@pytest.mark.parametrize(("changes", "words"), [
    ({"text": "Oui"}, "Trop court"), ({"body_id": "999999"}, "Choisissez"), ({"body_id": ""}, "À remplir"), ({"text": "x" * 1501}, "Trop long"),
])  # fmt: skip
def test_a_bad_answer_is_refused_beside_its_field_and_kept(site: Site, changes: dict[str, str], words: str) -> None:
    ref = candidate(site)
    asked = _comment(site, ref)
    sent = {"text": "Arrêt ajouté à la prochaine version.", "body_id": str(a_body(site, ref))} | changes
    response = site.signed_in("technician").post(f"/fiches-actions/{ref}/commentaires/{asked.id}/reponse", sent)
    assert response.status_code == 422 and words in response.text and sent["text"][:30] in response.text


def test_who_answers_and_what_is_answered_is_checked(site: Site) -> None:
    ref, other = candidate(site), candidate(site, needs=0)
    asked, waiting = _comment(site, ref), _comment(site, ref, TEXT + " bis", status="pending")
    sent = {"text": "Arrêt ajouté à la prochaine version.", "body_id": str(a_body(site, ref))}
    for name in ("resident", "moderator", "elected", "facilitator"):
        assert (
            site.signed_in(name).post(f"/fiches-actions/{ref}/commentaires/{asked.id}/reponse", sent).status_code == 403
        )
    clerk = site.signed_in("technician")
    assert clerk.post(f"/fiches-actions/{other}/commentaires/{asked.id}/reponse", sent).status_code == 404
    assert clerk.post(f"/fiches-actions/{ref}/commentaires/{waiting.id}/reponse", sent).status_code == 409
    with site.writing() as db:
        sheet, body = queries.by_ref(db, ref), db.get_one(Body, a_body(site, ref))
        assert sheet
        answer = service.answer(db, sheet, db.get_one(Comment, asked.id), text=sent["text"], body=body, by=1)
        foreign = db.get_one(Body, a_body(site, ref, elsewhere=True))
        wrong: list[tuple[int | None, Body, type[DomainError]]] = [
            (answer.id, body, NotFoundError), (asked.id, foreign, ForbiddenError), (waiting.id, body, ConflictError),
        ]  # fmt: skip
        for comment_id, by, kind in wrong:
            with pytest.raises(kind):
                service.answer(db, sheet, db.get_one(Comment, comment_id), text="Une autre réponse", body=by, by=1)


def test_of_very_many_comments_the_last_are_shown_and_it_is_said(site: Site) -> None:
    ref = candidate(site)
    first = _comment(site, ref)
    with site.writing() as db:
        for number in range(220):
            db.add(Comment(**first.model_dump(exclude={"id", "text"}), text=f"Commentaire numéro {number}"))
    page = site.visitor().get(f"/fiches-actions/{ref}").text
    assert "221 commentaires" in page and "Les 200 derniers" in page
    assert "numéro 219" in page and "numéro 20<" in page and "numéro 19<" not in page
