"""Typing for others: fast, once a sheet, and never in the clerk's own name."""

from datetime import timedelta

from bs4 import BeautifulSoup
from sqlmodel import select

from app.accords.models import Phase
from app.core.i18n import today
from app.core.machine import Event
from app.needs.models import Need
from tests.intake.clerk import WORDS, by_sheet, code_shown, give_stub, needs_titled, once_of, type_in
from tests.site import Site


def test_a_sheet_becomes_a_need_to_be_read_whose_clerk_is_not_the_author(site: Site) -> None:
    relay = site.signed_in("relay")
    response = type_in(relay)
    assert response.status_code == 200 and "no-store" in response.headers["cache-control"]
    need = by_sheet(site, "ML-COLL-0020")
    assert (need.origin, need.status, need.commune_insee) == ("paper", "pending", "29151")
    assert need.author_id is None and need.voice_id is None and need.organisation_id is None
    assert need.signature == "Une personne qui habite Morlaix"
    with site.reading() as db:
        events = db.exec(select(Event).where(Event.subject_kind == "need", Event.subject_id == need.id)).all()
        assert [(e.verb, e.actor_id) for e in events] == [("submit", need.transcribed_by)]
    assert need.title in site.signed_in("moderator").get(f"/moderation/besoin/{need.id}").text


def test_what_does_not_change_stays_and_the_next_sheet_is_proposed(site: Site) -> None:
    page = BeautifulSoup(type_in(site.signed_in("relay")).text, "html.parser")

    def chosen(name: str) -> object:
        option = page.select_one(f'select[name="{name}"] option[selected]')
        return option["value"] if option else None

    assert (chosen("origin"), chosen("place"), chosen("theme"), chosen("college")) == (
        "paper", "29151", None, None,
    )  # fmt: skip
    sheet, title = page.find("input", {"name": "sheet_ref"}), page.find("input", {"name": "title"})
    assert sheet is not None and sheet["value"] == "ML-COLL-0021"
    assert title is not None and title["value"] == "" and page.select_one('select[name="theme"]').has_attr("autofocus")  # type: ignore[union-attr]
    assert page.find("textarea", {"name": "text"}).text.strip() == ""  # type: ignore[union-attr]


def test_the_next_sheet_is_not_one_already_typed(site: Site) -> None:
    relay = site.signed_in("relay")
    type_in(relay, sheet_ref="ML-COLL-0021", title="Une autre fiche")
    page = BeautifulSoup(type_in(relay).text, "html.parser")
    assert page.find("input", {"name": "sheet_ref"})["value"] == "ML-COLL-0022"  # type: ignore[index]


def test_a_pile_numbered_by_hand_is_followed_too(site: Site) -> None:
    page = BeautifulSoup(type_in(site.signed_in("relay"), sheet_ref="mairie 09").text, "html.parser")
    assert page.find("input", {"name": "sheet_ref"})["value"] == "MAIRIE 10"  # type: ignore[index]


def test_the_stub_opens_the_page_before_and_after_the_sheet_is_typed(site: Site) -> None:
    give_stub(site, 20, "7K2MQ9TD4XBH")
    holder = site.visitor()
    before = holder.get("/suivi/7K2M-Q9TD-4XBH")
    assert before.status_code == 200 and "n’a pas encore été saisie" in before.text and "ML-COLL-0020" in before.text
    assert "noindex" in before.headers["x-robots-tag"]
    assert str(holder.post("/suivi", {"code": "7k2m q9td 4xbh"}).url).endswith("/suivi/7K2M-Q9TD-4XBH")
    typed = type_in(site.signed_in("relay"))
    assert code_shown(typed) is None and "le talon que la personne a gardé" in typed.text
    after = holder.get("/suivi/7K2M-Q9TD-4XBH")
    assert after.status_code == 200 and WORDS["title"] in after.text
    assert "Sur papier, saisi par un relais" in after.text


def test_a_call_gives_a_code_to_read_out_that_opens_its_page(site: Site) -> None:
    response = type_in(site.signed_in("relay"), origin="phone", sheet_ref="")
    code = code_shown(response)
    assert code is not None
    need = needs_titled(site, WORDS["title"])[0]
    assert need.origin == "phone" and need.sheet_ref is None and code.replace("-", "") not in repr(need.model_dump())
    page = site.visitor().get(f"/suivi/{code}")
    assert page.status_code == 200 and "Par téléphone, saisi par un relais" in page.text


def test_the_same_sheet_is_refused_with_a_link_to_the_first(site: Site) -> None:
    type_in(site.signed_in("relay"))
    first = by_sheet(site, "ML-COLL-0020")
    again = type_in(site.signed_in("facilitator"), title="D’autres mots", sheet_ref="ml-coll-20")
    assert again.status_code == 409 and "a déjà été saisie" in again.text and "D’autres mots" in again.text
    assert f"/saisie/fiches/{first.id}" in again.text
    assert not needs_titled(site, "D’autres mots")


def test_the_same_form_sent_twice_is_one_need_and_one_code(site: Site) -> None:
    relay = site.signed_in("relay")
    once = once_of(relay.get("/saisie"))
    first = type_in(relay, once, origin="phone", sheet_ref="")
    second = type_in(relay, once, origin="phone", sheet_ref="")
    assert code_shown(first) == code_shown(second) is not None
    assert len(needs_titled(site, WORDS["title"])) == 1
    assert type_in(relay, once).status_code == 200  # from a sheet now, in the same words: the need is the same
    assert len(needs_titled(site, WORDS["title"])) == 1


def test_a_sheet_that_was_not_printed_is_a_slip(site: Site) -> None:
    response = type_in(site.signed_in("relay"), sheet_ref="ML-COLL-0400")
    assert response.status_code == 422 and "la dernière porte le numéro ML-COLL-0040" in response.text


def test_paper_needs_its_number_and_no_day_is_to_come(site: Site) -> None:
    relay = site.signed_in("relay")
    assert "Donnez le numéro de la fiche" in type_in(relay, sheet_ref="").text
    assert "Cette date est à venir" in type_in(relay, collected_on="2099-01-01").text
    assert type_in(relay, collected_on="1999-01-01").status_code == 422
    assert type_in(relay, origin="online").status_code == 422
    assert type_in(relay, place="29019").status_code == 422  # Brest: another territory
    assert not needs_titled(site, WORDS["title"])


def test_words_of_a_sheet_however_short_are_taken_as_they_are(site: Site) -> None:
    words = "<b>Du pain</b> 🥖 \u202eלחם =1+1"
    assert type_in(site.signed_in("relay"), title="Du pain", text=words).status_code == 200
    need = by_sheet(site, "ML-COLL-0020")
    assert need.text == "<b>Du pain</b> 🥖 לחם =1+1"
    page = site.signed_in("facilitator").get(f"/saisie/fiches/{need.id}").text
    assert "<b>Du pain</b> 🥖" not in page and "&lt;b&gt;Du pain&lt;/b&gt; 🥖" in page


def test_only_those_entrusted_with_it_type_and_only_where_they_are(site: Site) -> None:
    for persona in ("resident", "moderator", "elected"):
        assert site.signed_in(persona).get("/saisie").status_code == 403, persona
    assert "/connexion" in str(site.visitor().get("/saisie").url)
    relay = site.signed_in("relay")
    assert relay.get("/saisie?territoire=brest-metropole").status_code == 403
    once = once_of(relay.get("/saisie"))
    sent = relay.post(
        "/saisie?territoire=brest-metropole", {**WORDS, "once": once, "place": "29019", "sheet_ref": "B 1"}
    )
    assert sent.status_code == 403 and not needs_titled(site, WORDS["title"])


def test_the_menu_leads_those_who_may_to_it(site: Site) -> None:
    assert 'href="/saisie"' in site.signed_in("relay").get("/").text
    assert 'href="/saisie"' not in site.signed_in("resident").get("/").text


def test_the_day_that_counts_is_the_one_when_it_was_said(site: Site) -> None:
    """What was said while the calendar let it is typed after it closed; what was said once closed is not."""
    with site.writing() as db:
        accord_id = db.exec(select(Need.accord_id).where(Need.sheet_ref == "ML-COLL-0001")).one()
        for phase in db.exec(select(Phase).where(Phase.accord_id == accord_id)):
            phase.opens = []
            db.add(phase)
        days = {"starts_on": today() - timedelta(days=30), "ends_on": today() - timedelta(days=10)}
        db.add(Phase(accord_id=accord_id, title="Recueil", period="passé", opens=["need.say"], **days))
    relay = site.signed_in("relay")
    told = (today() - timedelta(days=20)).isoformat()
    assert type_in(relay, sheet_ref="A 1", collected_on=told).status_code == 200
    refused = type_in(relay, sheet_ref="A 2")
    assert refused.status_code == 422 and "n’ouvrait pas le recueil des besoins" in refused.text
