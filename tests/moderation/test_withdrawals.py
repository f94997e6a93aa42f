"""Once published, a need is taken back by a moderator, at its author's demand, which is answered either way."""

from sqlmodel import select

from app.moderation.models import LogEntry, Report
from tests.moderation.disputes import decided, fresh, last_report, person_of, report
from tests.moderation.test_reports import decide
from tests.site import Site, Visitor


def _asks(visitor: Visitor, code: str, text: str = "") -> int:
    return visitor.post(f"/suivi/{code}/demande-de-retrait", {"text": text}).status_code


def test_the_author_of_a_published_need_asks_and_a_moderator_withdraws_it(site: Site) -> None:
    need, code = decided(site, "publish", by="resident")
    assert site.visitor().post(f"/suivi/{code}/retrait").status_code == 409
    assert fresh(site, need).status == "published"
    assert _asks(site.visitor(), code, "Je déménage.") == 200 and _asks(site.visitor(), code) == 200
    with site.reading() as db:
        asked = db.exec(select(Report).where(Report.subject_kind == "need", Report.subject_id == need.id)).one()
    page = site.signed_in("moderator").get(f"/moderation/signalement/{asked.id}").text
    assert "Je déménage." in page and "Retirer, comme demandé" in page
    assert "Vous avez demandé son retrait" in site.visitor().get(f"/suivi/{code}").text
    assert decide(site, asked, "withdrawn", text="Retiré ce jour, comme demandé.")[0] == 200
    assert fresh(site, need).status == "withdrawn"
    assert site.visitor().get(f"/besoins/{need.id}").status_code == 404
    page = site.visitor().get(f"/suivi/{code}").text
    assert "comme vous l’aviez demandé" in page and "Retiré à la demande de son auteur" in page
    with site.reading() as db:
        assert "Retiré ce jour" in site.mails(person_of(db, "resident").email)[-1].body


def test_a_withdrawal_refused_is_answered_on_the_tracking_page(site: Site) -> None:
    need, code = decided(site, "publish")
    _asks(site.visitor(), code)
    assert decide(site, last_report(site), "kept", text="Douze personnes s’y appuient : parlons-en.")[0] == 200
    assert fresh(site, need).status == "published"
    assert "Douze personnes s’y appuient" in site.visitor().get(f"/suivi/{code}").text
    assert _asks(site.visitor(), code, "J’insiste.") == 200
    assert last_report(site).status == "open"


def test_nobody_withdraws_somebody_elses_need_by_a_report(site: Site) -> None:
    need, _code = decided(site, "publish")
    report(site.visitor(), "besoin", need.id)
    assert decide(site, last_report(site), "withdrawn")[0] == 409
    assert fresh(site, need).status == "published"


def test_a_withdrawal_is_taken_back_with_its_decision(site: Site) -> None:
    need, code = decided(site, "publish")
    _asks(site.visitor(), code)
    moderator, asked = site.signed_in("moderator"), last_report(site)
    moderator.post(f"/moderation/signalement/{asked.id}", {"outcome": "withdrawn", "text": "Retiré ce jour."})
    with site.reading() as db:
        batch = db.exec(select(LogEntry.batch).where(LogEntry.subject_kind == "report")).one()
    assert moderator.post(f"/moderation/annulation/{batch}").status_code == 200
    assert fresh(site, need).status == "published" and fresh(site, asked).status == "open"
    assert f'href="/besoins/{need.id}"' in site.visitor().get("/besoins?q=boulangerie banc").text
