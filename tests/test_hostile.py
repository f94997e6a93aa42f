"""What a hostile visitor may type, and what it must never open."""

from pathlib import Path

import pytest
from sqlmodel import func, select
from typer.testing import CliRunner

from app import cli
from app.accords.models import Priority
from app.core.db import now
from app.core.settings import Settings
from app.identity.models import Person
from app.needs.models import Need
from tests.needs.test_say import WORDS, code_of, say
from tests.site import Site

HUGE = ["3000000000", "9" * 20, "9" * 5000]


@pytest.mark.parametrize("number", HUGE)
@pytest.mark.parametrize(
    "path",
    ["/besoins/{}", "/besoins/{}.pdf", "/priorites/{}", "/priorites/{}/voix", "/priorites/{}/modifier", "/enjeux/{}/modifier",
     "/moderation/besoin/{}", "/territoires/morlaix-communaute/calendrier/{}"],
)  # fmt: skip
def test_a_number_no_engine_can_keep_is_not_found(site: Site, path: str, number: str) -> None:
    assert site.signed_in("technician").get(path.format(number)).status_code in (403, 404)


@pytest.mark.parametrize(
    "query",
    ["tri=soutenus&apres=²~1", "apres=1~²", "tri=soutenus&apres=--5~1", "tri=soutenus&apres=99999999999~1", "apres=1~99999999999",
     "commune=" + "क़" * 5, "q=" + "क़" * 200, "territoire=" + "क़" * 80, "name=x", "q=日本"],
)  # fmt: skip
def test_odd_words_in_an_address_never_break_the_list(site: Site, query: str) -> None:
    assert site.visitor().get(f"/besoins?{query}").status_code == 200


def test_words_that_cannot_match_list_nothing(site: Site) -> None:
    assert "Aucun besoin" in site.visitor().get("/besoins?q=日本").text


@pytest.mark.parametrize("place", ["T²", "T" + "9" * 5000, "T-1", "T"])
def test_an_impossible_place_keeps_the_text(site: Site, place: str) -> None:
    response = say(site.visitor(), place=place)
    assert response.status_code == 422 and WORDS["text"] in response.text


@pytest.mark.parametrize("field", ["priority_id", "body_id"])
def test_numbers_in_forms_are_bounded(site: Site, field: str) -> None:
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.status == "published", Need.territory_id == 3)).first()
        assert need
    clerk = site.signed_in("technician")
    act = "rattachement" if field == "priority_id" else "reponses"
    assert clerk.post(f"/besoins/{need.id}/{act}", {field: "99999999999"}).status_code == 422


@pytest.mark.parametrize("email", ["v0<moi@x.fr>", "a@x.fr,b@y.fr", "a\nBcc: c@z.fr", "İ" * 240 + "@x.fr"])
def test_one_mailbox_is_one_person(site: Site, email: str) -> None:
    with site.reading() as db:
        before = db.exec(select(func.count()).select_from(Person)).one()
        need = db.exec(select(Need).where(Need.status == "published", Need.territory_id == 3)).first()
        assert need
    response = site.visitor().post(f"/besoins/{need.id}/soutiens", {"college": "jeunes", "email": email})
    assert response.status_code == 422
    with site.reading() as db:
        assert db.exec(select(func.count()).select_from(Person)).one() == before


def test_confirmations_asked_by_others_never_lock_anyone_out(site: Site) -> None:
    with site.reading() as db:
        needs = db.exec(select(Need).where(Need.status == "published", Need.territory_id == 3).limit(7)).all()
    for need in needs:
        site.visitor().post(f"/besoins/{need.id}/soutiens", {"college": "jeunes", "email": "visee@exemple.fr"})
    assert site.visitor().post("/connexion", {"email": "visee@exemple.fr"}).status_code == 200


def test_the_text_stays_when_sending_is_too_fast(site: Site) -> None:
    visitor = site.visitor()
    last = [say(visitor, title=f"Un besoin, numéro {n}") for n in range(13)][-1]
    assert last.status_code == 429 and int(last.headers["retry-after"]) > 0
    assert WORDS["text"] in last.text and "Un besoin, numéro 12" in last.text


def test_a_need_not_confirmed_or_taken_back_is_nobodys_to_read(site: Site) -> None:
    visitor = site.visitor()
    say(visitor, email="lena@exemple.fr")
    code = code_of(say(visitor, title="Un besoin que je reprends"))
    visitor.post(f"/suivi/{code}/retrait")
    with site.reading() as db:
        hidden = db.exec(
            select(Need.id).where(Need.territory_id == 3, Need.status.in_(["awaiting_email", "withdrawn"]))
        ).all()  # type: ignore[attr-defined]
    assert len(hidden) >= 2
    for need_id in hidden:
        for persona in ("moderator", "technician"):
            assert site.signed_in(persona).get(f"/besoins/{need_id}").status_code == 404
        assert site.signed_in("moderator").get(f"/moderation/besoin/{need_id}").status_code == 403


def test_a_withdrawn_priority_takes_no_more_needs(site: Site) -> None:
    with site.writing() as db:
        need = db.exec(
            select(Need).where(Need.status == "published", Need.territory_id == 3, Need.priority_id.is_(None))
        ).first()  # type: ignore[union-attr]
        gone = db.exec(select(Priority).where(Priority.territory_id == 3)).first()
        assert need and gone
        gone.sqlmodel_update({"status": "withdrawn"})
        db.add(gone)
    assert (
        site.signed_in("technician").post(f"/besoins/{need.id}/rattachement", {"priority_id": str(gone.id)}).status_code
        == 409
    )


def test_a_comment_or_an_answer_sent_twice_is_one(site: Site) -> None:
    from app.core.i18n import today
    from app.identity.models import Body
    from app.needs.models import NeedAnswer
    from app.threads.models import Comment

    with site.reading() as db:
        need = db.exec(
            select(Need).where(Need.status == "published", Need.territory_id == 3, Need.outcome.is_(None))
        ).first()  # type: ignore[union-attr]
        body = db.exec(select(Body.id).where(Body.territory_id == 3)).first()
        assert need
    resident, clerk = site.signed_in("resident"), site.signed_in("technician")
    answer = {
        "outcome": "retained",
        "text": "Nous le ferons dès le printemps.",
        "body_id": str(body),
        "answered_on": today().isoformat(),
    }
    for _twice in range(2):
        resident.post(f"/besoins/{need.id}/commentaires", {"kind": "remarque", "text": "Le même mot deux fois"})
        clerk.post(f"/besoins/{need.id}/reponses", answer)
    with site.reading() as db:
        assert db.exec(select(func.count()).where(Comment.text == "Le même mot deux fois")).one() == 1
        assert db.exec(select(func.count()).where(NeedAnswer.need_id == need.id)).one() == 1


def test_errors_of_the_database_carry_nobodys_words_into_the_logs(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from structlog.testing import capture_logs

    from app.portal import queries

    def twice(*_args: object, **_kept: object) -> None:
        with site.writing() as db:
            for _n in range(2):
                db.add(Person(email="fuite@exemple.fr", pseudonym="X", created_at=now()))
                db.flush()

    monkeypatch.setattr(queries, "totals", twice)
    with capture_logs() as logs:
        assert site.visitor().get("/").status_code == 500
    assert any(entry["event"] == "unhandled" for entry in logs)
    assert "fuite@exemple.fr" not in repr(logs)


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", ["missing", "empty", "foreign"])
def test_a_wrong_backup_replaces_nothing(
    site: Site, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "get_settings", lambda: Settings(database_url=site.database.url, demo=True))
    source = tmp_path / "copie.sqlite3"
    if kind == "empty":
        source.touch()
    if kind == "foreign":
        source.write_text("pas une base", "utf-8")
    assert CliRunner().invoke(cli.app, ["restore", str(source), "--yes"]).exit_code != 0
    with site.reading() as db:
        assert db.exec(select(func.count()).select_from(Need)).one() > 200


def test_a_site_without_mail_refuses_to_open() -> None:
    with pytest.raises(ValueError, match="SMTP"):
        Settings(public_url="https://emglev.example", demo=False, smtp_url="").check(frozenset())


def test_private_answers_are_not_kept_by_anyone(site: Site) -> None:
    moderator = site.signed_in("moderator")
    with site.reading() as db:
        pending = db.exec(select(Need).where(Need.status == "pending", Need.territory_id == 3)).first()
        assert pending
    for path in (f"/besoins/{pending.id}.pdf", f"/besoins/{pending.id}"):
        answer = moderator.get(path)
        assert all(
            "no-store" in r.headers["cache-control"] or "no-cache" in r.headers["cache-control"]
            for r in [answer, *answer.history]
        )
