"""Words that must not be read: masked, corrected, undone, of a draft; and addresses that nothing answers to."""

import pytest
from bs4 import BeautifulSoup
from sqlmodel import col, select

from app.core.machine import Event
from app.core.mail import Mail
from app.moderation.models import Appeal
from app.needs.service import groups as verbs
from app.threads.models import File, News
from tests.actions.cast import a_sheet
from tests.moderation import desk
from tests.moderation.desk import SECRET
from tests.moderation.disputes import (
    WHY,
    answer,
    decided,
    fresh,
    person_of,
    report,
    said,
)
from tests.moderation.test_hostile_desk import HIDE, MASK
from tests.needs.grouping import accord_of, counted_by_hand, voices
from tests.site import Site
from tests.threads.sendings import ALT, pdf

pytestmark = pytest.mark.usefixtures("sound")


def test_words_hidden_during_the_appeal_of_a_mask_are_not_said_to_be_published(site: Site) -> None:
    need, _code = decided(site, "mask", by="resident")
    site.signed_in("resident").post(f"/mon-espace/recours/besoin/{need.id}", {"text": WHY})
    with site.reading() as db:
        appeal = db.exec(select(Appeal).where(Appeal.subject_id == need.id, Appeal.subject_kind == "need")).one()
    site.signed_in("moderator").post(f"/moderation/besoin/{need.id}", HIDE)
    told = answer(site, appeal, "reverse")
    assert told.status_code == 200 and "les mots sont publiés" not in told.text
    assert fresh(site, need).status == "hidden"
    last = [mail for mail in site.mails() if "annulée" in mail.subject][-1]
    assert "Vos mots sont publiés" not in last.body


def test_two_passages_that_overlap_are_both_masked_whole(site: Site) -> None:
    need = desk.need(site)
    moderator = site.signed_in("moderator")
    sent = {**MASK, "passages": "Monsieur Le Gall au 06 12\n06 12 34 56 78"}
    assert moderator.post(f"/moderation/besoin/{need}", sent).status_code == 200
    text = desk.state(site, "besoin", need).text
    assert "Gall" not in text and "34 56" not in text and "78" not in text


def test_words_corrected_after_the_queue_was_read_are_not_published_in_bulk(site: Site) -> None:
    need, code = said(site)
    moderator = site.signed_in("moderator")
    page = moderator.get("/moderation")
    fields = {
        str(each["name"]): str(each.get("value", ""))
        for each in BeautifulSoup(page.text, "html.parser").select("input[form=lot][type=hidden]")
    }
    better = {"title": "Un tout autre besoin, jamais relu", "text": f"Appelez-moi au {SECRET}, c’est urgent pour moi."}
    tracking = site.visitor()
    seen = BeautifulSoup(tracking.get(f"/suivi/{code}").text, "html.parser").find("input", {"name": "seen"})
    assert seen
    tracking.post(f"/suivi/{code}/correction", {**better, "seen": str(seen["value"])})
    assert fresh(site, need).title == better["title"]
    moderator.post("/moderation/lot", {**fields, "decision": "publish", "items": f"besoin-{need.id}"})
    assert fresh(site, need).status == "pending"


@pytest.mark.parametrize(
    "path",
    [
        "/desabonnement/a%00b", "/signalement/a%00b", "/suivi/a%00b", "/confirmation/a%00b",
        "/moderation?suite=besoin-999999999", "/moderation?territoire=%00", "/moderation/journal?territoire=%00&geste=%00",
        "/moderation/bilan?annee=%00&territoire=%00", "/desabonnement/%F0%9F%98%80",
    ],
)  # fmt: skip
def test_an_address_with_what_no_database_keeps_is_no_error(site: Site, path: str) -> None:
    assert site.signed_in("moderator").get(path).status_code < 500


@pytest.mark.parametrize("path", ["/moderation/annulation/a%00b", "/desabonnement/a%00b", "/desabonnement/a%00b/tout"])
def test_neither_is_a_form_sent_there(site: Site, path: str) -> None:
    assert site.signed_in("moderator").post(path).status_code < 500


def test_a_code_mails_no_unread_words_to_any_address(site: Site) -> None:
    _need, code = said(site, title="Gagnez tout sur arnaque.example")
    sent = {"rhythm": "aussitot", "email": "victime@exemple.fr"}
    assert site.visitor().post(f"/suivi/{code}/abonnement", sent).status_code == 200
    [mail] = site.mails("victime@exemple.fr")
    assert "arnaque" not in mail.subject + mail.body


@pytest.mark.parametrize("path", ["/reprise", "/autre"])
def test_only_stopping_is_open_to_other_sites(site: Site, path: str) -> None:
    headers = {"sec-fetch-site": "cross-site", "origin": "https://ailleurs.example"}
    assert site.signed_in("resident").post(f"/desabonnement/{'a' * 32}{path}", headers=headers).status_code in (
        403,
        404,
    )


def test_a_photo_of_a_fiche_that_is_a_draft_is_reported_by_nobody(site: Site) -> None:
    ref = a_sheet(site, published=False)
    files = [("file_0", ("plan-secret.pdf", pdf()))]
    site.signed_in("technician").post(f"/fiches-actions/{ref}/fichiers", {"alt_0": ALT}, files=files)
    with site.reading() as db:
        file = db.exec(select(File).order_by(col(File.id).desc())).first() or File()
    assert file.status == "published"
    assert site.visitor().get(f"/fichiers/{file.id}-{file.slug}").status_code == 404
    assert site.visitor().get(f"/signaler/photo/{file.id}").status_code == 404


def test_a_need_undone_while_it_is_grouped_is_read_nowhere(site: Site) -> None:
    title = "Un abri pour les tandems du bourg"
    item, moderator = desk.need(site, title=title), site.signed_in("moderator")
    desk.decide(moderator, "besoin", item, "publish")
    name, other = desk.batch(site), desk.public_need(site)
    with site.writing() as db:
        by = person_of(db, "second_moderator").id or 0
        accord = accord_of(db)
        group = verbs.make(db, accord, [item, other.id or 0], title="Des abris pour les vélos", summary="", by=by).id
    assert title in site.visitor().get(f"/besoins-partages/{group}").text
    desk.undo(moderator, name)
    assert desk.state(site, "besoin", item).status == "pending"
    for path in (f"/besoins-partages/{group}", "/besoins-partages", f"/besoins/{other.id}", "/besoins?q=tandems"):
        assert title not in site.visitor().get(path).text
    with site.reading() as db:
        assert voices(db, group or 0) == counted_by_hand(db, group or 0)


def test_a_masked_passage_is_found_in_nothing_that_everyone_reads(site: Site) -> None:
    secret = "Zébulonix"
    need, code = said(
        site, "resident", title=f"Que {secret} rende le banc du bourg", text=f"Le banc, {secret} l’a pris chez lui hier.",
        place_note=f"Devant chez {secret}",
    )  # fmt: skip
    moderator = site.signed_in("moderator")
    moderator.post(f"/moderation/besoin/{need.id}", {"decision": "publish"})
    other = desk.public_need(site)
    with site.writing() as db:
        by = person_of(db, "second_moderator").id or 0
        group = verbs.make(db, accord_of(db), [need.id or 0, other.id or 0], title="Les bancs", summary="", by=by).id
    site.visitor().post(f"/suivre/fil/{need.thread_id}", {"rhythm": "semaine", "email": "voisin@exemple.fr"})
    site.signed_in("second_moderator").post(f"/suivre/fil/{need.thread_id}", {"rhythm": "aussitot"})
    site.mails()
    with site.reading() as db:
        last = max([mail.id or 0 for mail in db.exec(select(Mail))], default=0)
    answer = moderator.post(f"/moderation/besoin/{need.id}", {**MASK, "passages": secret})
    assert answer.status_code == 200 and fresh(site, need).status == "masked"
    report(site.visitor(), "besoin", need.id, email="tiers@exemple.fr")
    paths = [
        f"/besoins/{need.id}", "/besoins", f"/besoins-partages/{group}", "/besoins-partages",
        f"/besoins/{other.id}", f"/signaler/besoin/{need.id}", f"/suivre/fil/{need.thread_id}", "/moderation/bilan",
        "/territoires/morlaix-communaute", "/donnees", "/donnees/besoins.csv", f"/suivi/{code}", "/",
        f"/besoins/{need.id}.pdf",
    ]  # fmt: skip
    for path in paths:
        assert secret.encode() not in site.visitor().get(path).content, path
        assert "zebulonix" not in str(site.visitor().get(path).url), path
    assert f"/besoins/{need.id}-" not in site.visitor().get(f"/besoins?q={secret}").text
    with site.reading() as db:
        rows = db.exec(select(Mail).where(col(Mail.id) > last)).all()
        assert rows and not any(secret in mail.subject + mail.body for mail in rows)
        assert not any(secret in news.title + news.text for news in db.exec(select(News)))
        assert not any(secret in (event.note or "") for event in db.exec(select(Event)))
