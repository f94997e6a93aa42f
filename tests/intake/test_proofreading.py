"""The second reading: by somebody else, with every former word kept."""

from bs4 import BeautifulSoup
from sqlmodel import col, select

from app.core.machine import Event
from app.needs.models import Need, NeedWording
from tests.intake.clerk import WORDS, by_sheet, give_stub, type_in
from tests.site import Site, Visitor


def fields(visitor: Visitor, need: Need) -> dict[str, str]:
    """What the form of this contribution holds."""
    page = BeautifulSoup(visitor.get(f"/saisie/fiches/{need.id}").text, "html.parser")
    text = page.find("textarea", {"name": "text"})
    shown = {field["name"]: field["value"] for field in page.select("form[data-series] input[name]")}
    return {name: str(value) for name, value in shown.items()} | {"text": text.text.strip() if text else ""}


def wordings(site: Site, need: Need) -> list[NeedWording]:
    with site.reading() as db:
        return list(db.exec(select(NeedWording).where(NeedWording.need_id == need.id).order_by(col(NeedWording.id))))


def test_nobody_reads_again_what_they_typed(site: Site) -> None:
    relay = site.signed_in("relay")
    type_in(relay)
    need = by_sheet(site, "ML-COLL-0020")
    assert "ML-COLL-0020" not in relay.get("/saisie/relecture").text
    assert relay.post(f"/saisie/fiches/{need.id}/relecture", fields(relay, need)).status_code == 403
    assert by_sheet(site, "ML-COLL-0020").second_read_at is None


def test_a_second_person_finds_it_right(site: Site) -> None:
    type_in(site.signed_in("relay"))
    need, reader = by_sheet(site, "ML-COLL-0020"), site.signed_in("facilitator")
    assert "ML-COLL-0020" in reader.get("/saisie/relecture").text
    sent = reader.post(f"/saisie/fiches/{need.id}/relecture", fields(reader, need))
    assert "conforme à la fiche" in sent.text
    read = by_sheet(site, "ML-COLL-0020")
    assert read.second_read_at and read.second_reader_id not in (None, read.transcribed_by) and not wordings(site, need)
    assert "ML-COLL-0020" not in site.signed_in("technician").get("/saisie/relecture").text


def test_corrections_keep_the_former_words_for_staff_and_for_the_holder_of_the_stub(site: Site) -> None:
    give_stub(site, 20, "7K2MQ9TD4XBH")
    type_in(site.signed_in("relay"), title="Un ban devant la boulangerie")
    need, reader = by_sheet(site, "ML-COLL-0020"), site.signed_in("moderator")
    sent = reader.post(f"/saisie/fiches/{need.id}/relecture", fields(reader, need) | {"title": WORDS["title"]})
    assert sent.status_code == 200 and "Relu et corrigé" in sent.text
    former = wordings(site, need)
    assert [(w.title, w.why) for w in former] == [("Un ban devant la boulangerie", "second_reading")]
    with site.reading() as db:
        verbs = db.exec(select(Event.verb).where(Event.subject_kind == "need", Event.subject_id == need.id)).all()
    assert verbs == ["submit", "correct", "read_again"]
    assert "Un ban devant" in site.signed_in("relay").get(f"/saisie/fiches/{need.id}").text
    tracking = site.visitor().get("/suivi/7K2M-Q9TD-4XBH").text
    assert WORDS["title"] in tracking and "Un ban devant" in tracking
    assert "relu par une deuxième personne" in tracking


def test_a_published_need_says_through_whose_hands_it_came_without_their_names(site: Site) -> None:
    reader = site.signed_in("relay")
    need = by_sheet(site, "ML-COLL-0001")
    path = f"/besoins/{need.id}-{need.slug}"
    assert "Sur papier, saisi par un relais" in site.visitor().get(path).text
    reader.post(f"/saisie/fiches/{need.id}/relecture", fields(reader, need) | {"text": f"{need.text} Et un toit neuf."})
    page = site.visitor().get(path).text
    assert "Sur papier, saisi par un relais, relu par une deuxième personne" in page
    assert "Et un toit neuf." in page and "Katell" not in page and "Amina" not in page
    assert "Les mots avant une correction" not in page
    assert "Les mots avant une correction" in site.signed_in("moderator").get(path).text
    assert need.title in site.visitor().get("/besoins?q=toit+neuf").text


def test_two_who_read_at_once_are_one_reading(site: Site) -> None:
    type_in(site.signed_in("relay"))
    need = by_sheet(site, "ML-COLL-0020")
    first, second = site.signed_in("facilitator"), site.signed_in("technician")
    sent, late = fields(first, need), fields(second, need)
    first.post(f"/saisie/fiches/{need.id}/relecture", sent | {"title": "Un banc, devant la boulangerie"})
    refused = second.post(f"/saisie/fiches/{need.id}/relecture", late | {"title": "Tout autre chose"})
    assert refused.status_code == 409 and "Quelqu’un d’autre vient de faire" in refused.text
    assert by_sheet(site, "ML-COLL-0020").title == "Un banc, devant la boulangerie"
    assert first.post(f"/saisie/fiches/{need.id}/relecture", sent).status_code == 200  # a double click


def test_words_changed_meanwhile_are_not_overwritten(site: Site) -> None:
    relay = site.signed_in("relay")
    type_in(relay)
    need, reader = by_sheet(site, "ML-COLL-0020"), site.signed_in("facilitator")
    opened = fields(reader, need)
    relay.post(f"/saisie/fiches/{need.id}/correction", fields(relay, need) | {"title": "Un banc corrigé"})
    refused = reader.post(f"/saisie/fiches/{need.id}/relecture", opened | {"text": "Un tout autre texte."})
    assert refused.status_code == 409 and "corrigés entre-temps" in refused.text
    assert "Un tout autre texte." in refused.text  # what was typed stays
    assert by_sheet(site, "ML-COLL-0020").second_read_at is None


def test_its_clerk_corrects_a_slip_while_nobody_decided(site: Site) -> None:
    relay = site.signed_in("relay")
    type_in(relay)
    need = by_sheet(site, "ML-COLL-0020")
    sent = relay.post(
        f"/saisie/fiches/{need.id}/correction", fields(relay, need) | {"title": "Deux bancs devant la boulangerie"}
    )
    assert "Les mots d’avant sont gardés" in sent.text
    assert [(w.title, w.why) for w in wordings(site, need)] == [(WORDS["title"], "transcription")]
    other = site.signed_in("facilitator")
    assert other.post(f"/saisie/fiches/{need.id}/correction", fields(other, need)).status_code == 403
    with site.writing() as db:
        from app.threads.states import MODERATION

        MODERATION.move(db, db.get_one(Need, need.id), "publish", by=1)
    late = relay.post(f"/saisie/fiches/{need.id}/correction", {"title": "Trop tard", "text": "Trop tard", "seen": ""})
    assert late.status_code == 409 and by_sheet(site, "ML-COLL-0020").title == "Deux bancs devant la boulangerie"


def test_what_is_wrong_stays_on_the_page(site: Site) -> None:
    type_in(site.signed_in("relay"))
    need, reader = by_sheet(site, "ML-COLL-0020"), site.signed_in("facilitator")
    sent = reader.post(f"/saisie/fiches/{need.id}/relecture", fields(reader, need) | {"text": ""})
    assert sent.status_code == 422 and WORDS["title"] in sent.text
    assert by_sheet(site, "ML-COLL-0020").second_read_at is None


def test_the_sheets_of_a_territory_are_not_there_for_others(site: Site) -> None:
    need = by_sheet(site, "ML-COLL-0001")
    assert site.signed_in("resident").get(f"/saisie/fiches/{need.id}").status_code == 404
    assert "/connexion" in str(site.visitor().get(f"/saisie/fiches/{need.id}").url)
    assert site.signed_in("resident").get("/saisie/relecture").status_code == 403
    with site.reading() as db:
        online = db.exec(select(Need).where(Need.origin == "online").limit(1)).one()
    assert site.signed_in("relay").get(f"/saisie/fiches/{online.id}").status_code == 404
