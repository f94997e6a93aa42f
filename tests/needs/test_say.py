"""Saying a need: two minutes, no account, nothing typed is lost, sent twice it counts once."""

import re
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from sqlmodel import func, select

from app.needs.models import Need
from tests.site import Site, Visitor

BOHARS, TAULE = "29011", "29279"
WORDS = {
    "title": "Un banc devant la boulangerie", "text": "Ma mère fait la queue debout chaque matin, elle a 84 ans.",
    "theme": "vieillir", "place": TAULE, "college": "habitants", "charter": "true",
}  # fmt: skip


def say(visitor: Visitor, **changes: Any) -> httpx.Response:
    """Open the form, fill it, send it."""
    page = BeautifulSoup(visitor.get("/besoins/nouveau").text, "html.parser")
    once = page.find("input", {"name": "once"})
    assert once is not None
    return visitor.post("/besoins", {**WORDS, "once": once["value"], **changes})


def code_of(response: httpx.Response) -> str:
    """The secret code in the address of the tracking page."""
    found = re.search(r"/suivi/([0-9A-Z-]+)", str(response.url))
    assert found, response.url
    return found[1]


def count(site: Site) -> int:
    with site.reading() as db:
        return db.exec(select(func.count()).select_from(Need)).one()


def test_without_an_account_one_gets_a_reference_and_a_secret_code(site: Site) -> None:
    response = say(site.visitor())
    assert response.status_code == 200
    assert re.search(r"ML-[0-9A-HJKMNP-TV-Z]{4}", response.text)
    code = code_of(response)
    assert code in response.text and len(code.replace("-", "")) == 12
    assert response.headers["x-robots-tag"].startswith("noindex")
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.title == WORDS["title"])).one()
        assert need.status == "pending" and need.voice_id is None
        assert code not in repr(need.model_dump())  # stored hashed


def test_the_code_typed_anyhow_leads_back(site: Site) -> None:
    code = code_of(say(site.visitor()))
    for typed in (code.lower(), code.replace("-", " "), code.replace("0", "O")):
        response = site.visitor().post("/suivi", {"code": typed})
        assert str(response.url).endswith(code)
    assert site.visitor().post("/suivi", {"code": "AAAA-BBBB-CCCC"}).status_code == 422


def test_sent_twice_it_is_one_need_and_the_same_code(site: Site) -> None:
    before, visitor = count(site), site.visitor()
    once = {"once": "d" * 30}
    first, second = say(visitor, **once), say(visitor, **once)
    assert code_of(first) == code_of(second)
    assert count(site) == before + 1


def test_other_words_from_a_page_shown_again_are_another_need(site: Site) -> None:
    before, visitor = count(site), site.visitor()
    once = {"once": "e" * 30}
    first, second = say(visitor, **once), say(visitor, **once, title="Un tout autre besoin, écrit après Retour")
    assert code_of(first) != code_of(second)
    assert "Un tout autre besoin" in second.text and count(site) == before + 2


def test_with_an_address_it_waits_for_its_confirmation_then_counts_for_a_voice(site: Site) -> None:
    visitor = site.visitor()
    code = code_of(say(visitor, email="Lena@Exemple.FR"))
    assert "Adresse à confirmer" in visitor.get(f"/suivi/{code}").text
    link = site.link("lena@exemple.fr")
    assert count(site) and visitor.get(link).status_code == 200
    with site.reading() as db:  # opening a link does nothing: mail scanners open links
        assert db.exec(select(Need.status).where(Need.title == WORDS["title"])).one() == "awaiting_email"
    assert visitor.post(link).status_code == 200
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.title == WORDS["title"])).one()
        assert need.status == "pending" and need.voice_id and need.author_id
    assert visitor.get(link).status_code == 410
    assert visitor.post(link).status_code == 410


def test_the_secret_code_is_in_the_mail_and_not_in_the_public_page(site: Site) -> None:
    visitor = site.visitor()
    code = code_of(say(visitor, email="lena@exemple.fr"))
    assert code in site.mails("lena@exemple.fr")[-1].body


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "À remplir"), ("title", "<b>", "Trop court"), ("title", "x" * 121, "Trop long"),
        ("text", "court", "Trop court"), ("text", "y" * 3001, "Trop long"), ("theme", "magie", "Choisissez"),
        ("place", "99999", "commune de la liste"), ("place", "", "À remplir"),
        ("college", "martiens", "Choisissez"), ("email", "moi", "adresse complète"), ("charter", "", "Cochez la case"),
        ("title", "\x00\x01\x02", "Trop court"),
    ],
)  # fmt: skip
def test_each_fault_is_said_and_what_was_typed_is_kept(site: Site, field: str, value: str, words: str) -> None:
    before = count(site)
    response = say(site.visitor(), **{field: value})
    page = BeautifulSoup(response.text, "html.parser")
    assert response.status_code == 422 and count(site) == before
    assert words in page.get_text()
    control = page.find(attrs={"name": field})
    assert control is not None
    kept = page.find("textarea", {"name": "text"})
    assert kept is not None and (field == "text" or kept.get_text().strip() == WORDS["text"])
    title = page.find("input", {"name": "title"})
    assert title is not None and (field == "title" or title["value"] == WORDS["title"])
    assert page.find("a", href=f"#{field}"), "the summary leads to the field"


def test_an_expired_page_gives_the_text_back_with_a_fresh_key(site: Site) -> None:
    response = say(site.visitor(), once="abîmé")
    page = BeautifulSoup(response.text, "html.parser")
    assert response.status_code == 422 and "expiré" in page.get_text()
    fresh = page.find("input", {"name": "once"})
    assert fresh is not None and len(fresh["value"]) >= 22
    assert site.visitor().post("/besoins", {**WORDS, "once": fresh["value"]}).status_code == 200


def test_where_needs_are_closed_it_says_so_and_keeps_the_text(site: Site) -> None:
    with site.reading() as db:
        from app.accords.queries import accords

        closed = next(t for t, accord in accords(db).items() if "need.say" not in accord.open_verbs)
    response = say(site.visitor(), place=f"T{closed}")
    assert response.status_code == 403
    assert "fermé" in response.text and WORDS["text"] in response.text


def test_html_emoji_and_right_to_left_are_shown_as_written(site: Site) -> None:
    title = "<script>alert(1)</script> 🚌 שלום & « ça »"
    visitor = site.visitor()
    response = visitor.get(f"/suivi/{code_of(say(visitor, title=title))}")
    assert "<script>alert" not in response.text
    assert title in BeautifulSoup(response.text, "html.parser").get_text()


def test_signed_in_it_goes_straight_to_moderation_in_ones_own_name(site: Site) -> None:
    resident = site.signed_in("resident")
    say(resident)
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.title == WORDS["title"])).one()
        assert need.status == "pending" and need.author_id
    assert WORDS["title"] in resident.get("/mon-espace").text


def test_its_author_may_take_it_back(site: Site) -> None:
    visitor = site.visitor()
    code = code_of(say(visitor))
    response = visitor.post(f"/suivi/{code}/retrait")
    assert "Retiré par son auteur" in response.text
    assert visitor.post(f"/suivi/{code}/retrait").status_code == 409


def test_too_many_needs_from_one_connection_say_when_to_come_back(site: Site) -> None:
    visitor = site.visitor()
    answers = [say(visitor) for _n in range(13)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "Réessayez" in answers[-1].text


def test_a_need_not_yet_read_is_nobody_elses(site: Site) -> None:
    say(site.visitor())
    with site.reading() as db:
        need_id = db.exec(select(Need.id).where(Need.title == WORDS["title"])).one()
    assert site.visitor().get(f"/besoins/{need_id}").status_code == 404
    assert site.signed_in("resident").get(f"/besoins/{need_id}").status_code == 404
    assert site.signed_in("moderator").get(f"/besoins/{need_id}").status_code == 200
