"""Supports count people, once each; comments are read, never counted."""

import pytest
from sqlmodel import func, select

from app.board.queries import counted, recounted
from app.needs.models import Need
from app.threads.models import Comment, Support, Thread
from tests.site import Site


def _need(site: Site, *, open_now: bool = True) -> Need:
    with site.reading() as db:
        from app.accords.queries import accords

        where = [t for t, a in accords(db).items() if ("need.support" in a.open_verbs) == open_now]
        return db.exec(
            select(Need).where(Need.status == "published", Need.territory_id.in_(where), Need.priority_id.is_not(None))  # type: ignore[attr-defined,union-attr]
        ).first() or pytest.fail("no such need")


def _supports(site: Site, need: Need) -> int:
    with site.reading() as db:
        counted_rows = db.exec(select(func.count()).where(Support.thread_id == need.thread_id)).one()
        kept = db.get_one(Thread, need.thread_id).supports
        assert kept == counted_rows == db.get_one(Need, need.id).supports
        assert counted(db) == recounted(db)
        return counted_rows


def test_signed_in_one_supports_once_and_may_take_it_back(site: Site) -> None:
    need, resident = _need(site), site.signed_in("resident")
    before = _supports(site, need)
    resident.post(f"/besoins/{need.id}/soutiens")
    resident.post(f"/besoins/{need.id}/soutiens")
    assert _supports(site, need) == before + 1
    assert need.title in resident.get("/mon-espace").text
    resident.post(f"/besoins/{need.id}/soutiens/retrait")
    assert _supports(site, need) == before


def test_without_an_account_a_support_counts_once_confirmed(site: Site) -> None:
    need, visitor = _need(site), site.visitor()
    before = _supports(site, need)
    visitor.post(f"/besoins/{need.id}/soutiens", {"college": "jeunes", "email": "nina@exemple.fr"})
    assert _supports(site, need) == before
    visitor.post(site.link("nina@exemple.fr"))
    assert _supports(site, need) == before + 1
    visitor.post(f"/besoins/{need.id}/soutiens", {"college": "entreprises", "email": "nina@exemple.fr"})
    assert "déjà comptée" in visitor.post(site.link("nina@exemple.fr")).text
    assert _supports(site, need) == before + 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [({"college": "jeunes"}, "adresse est nécessaire"), ({"email": "a@b.fr"}, "collège"), ({"college": "jeunes", "email": "oups"}, "adresse complète")],
)  # fmt: skip
def test_what_is_missing_is_said(site: Site, sent: dict[str, str], words: str) -> None:
    response = site.visitor().post(f"/besoins/{_need(site).id}/soutiens", sent)
    assert response.status_code == 422 and words in response.text


def test_a_comment_goes_through_moderation_and_is_never_counted_as_a_voice(site: Site) -> None:
    need, resident = _need(site), site.signed_in("resident")
    before = _supports(site, need)
    text = "Même chose à Lanmeur, trois apprentis concernés."
    page = resident.post(f"/besoins/{need.id}/commentaires", {"kind": "remarque", "text": text})
    assert text in page.text  # its author sees it waiting
    assert text not in site.visitor().get(f"/besoins/{need.id}").text
    assert _supports(site, need) == before


def test_a_comment_without_an_account_waits_for_its_confirmation(site: Site) -> None:
    need, visitor = _need(site), site.visitor()
    sent = {
        "kind": "question",
        "text": "Et pour les fauteuils roulants ?",
        "college": "habitants",
        "email": "odile@exemple.fr",
    }
    visitor.post(f"/besoins/{need.id}/commentaires", sent)
    with site.reading() as db:
        assert db.exec(select(Comment.status).where(Comment.text == sent["text"])).one() == "awaiting_email"
    assert visitor.post(site.link("odile@exemple.fr")).status_code == 200
    with site.reading() as db:
        assert db.exec(select(Comment.status).where(Comment.text == sent["text"])).one() == "pending"


def test_a_short_comment_is_kept_and_explained(site: Site) -> None:
    response = site.signed_in("resident").post(
        f"/besoins/{_need(site).id}/commentaires", {"kind": "remarque", "text": "Oui."}
    )
    assert response.status_code == 422 and "Trop court" in response.text and "Oui." in response.text


def test_a_closed_phase_refuses_in_words(site: Site) -> None:
    need = _need(site)
    with site.writing() as db:
        from app.accords.models import Phase

        for phase in db.exec(select(Phase).where(Phase.accord_id == need.accord_id)):
            phase.opens = []
            db.add(phase)
    resident = site.signed_in("resident")
    assert "fermé" in resident.get(f"/besoins/{need.id}").text
    for act, words in (("soutiens", "soutiens sont fermés"), ("commentaires", "commentaires sont fermés")):
        response = resident.post(f"/besoins/{need.id}/{act}", {"kind": "remarque", "text": "Une remarque utile"})
        assert response.status_code == 403 and words in response.text


def test_the_page_of_a_need_costs_a_fixed_number_of_queries(site: Site) -> None:
    need, visitor = _need(site), site.visitor()
    visitor.get(f"/besoins/{need.id}-{need.slug}")
    with site.counting() as seen:
        visitor.get(f"/besoins/{need.id}-{need.slug}")
    assert len(seen) <= 12, seen


def test_the_pdf_is_tagged_titled_and_in_french(site: Site) -> None:
    import io

    import pikepdf

    need = _need(site)
    response = site.visitor().get(f"/besoins/{need.id}.pdf")
    assert response.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(response.content)) as document:
        root = document.Root
        assert str(root.Lang).startswith("fr") and root.MarkInfo.Marked
        with document.open_metadata() as metadata:
            assert need.title in str(metadata["dc:title"])
            assert str(metadata["pdfuaid:part"]) == "1"
