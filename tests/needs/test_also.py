"""« On vous a peut-être devancé » in the form, and « C’est aussi mon besoin » beside it: no word typed is lost."""

import re

import httpx
import pytest
from bs4 import BeautifulSoup
from sqlmodel import Session, col, func, select

from app.needs.models import Need
from app.needs.routes.neighbours import TYPING_ALLOWED
from app.threads.models import Comment, Support
from tests.needs.test_neighbours import MORLAIX, QUIMPERLE, fragment, placed, territory
from tests.needs.test_say import count, say
from tests.site import Site

TYPED = {"title": "Un kioske à musique sur la place", "text": "La fanfare joue sous la pluie devant un public trempé."}


def test_typed_in_the_form_they_come_under_the_words(site: Site) -> None:
    need_id = placed(site, QUIMPERLE)
    page = fragment(site.visitor(), **TYPED)
    link = page.select_one("#voisins a")
    assert link is not None and link["href"] == f"/besoins/{need_id}-un-kiosque-a-musique-sur-la-place"
    assert link["target"] == "_blank" and "On vous a peut-être devancé" in page.get_text()
    status = page.find(role="status")
    assert status is not None and "ressemble au vôtre" in status.get_text()
    assert "Quimperlé Communauté" in page.get_text() and "Pas encore de soutien" in page.get_text()
    button = page.find("button")
    assert button is not None and button["formaction"] == f"/besoins/{need_id}/aussi" and button["form"] == "besoin"
    assert page.find("input", {"name": "neighbours_seen"}) is not None
    assert fragment(site.visitor(), title="Rien de tel nulle part ailleurs").find("button") is None


def test_the_commune_chosen_says_which_territory(site: Site) -> None:
    there = {slug: placed(site, slug) for slug in (MORLAIX, QUIMPERLE)}
    morlaix, quimperle = f"T{territory(site, MORLAIX)}", f"T{territory(site, QUIMPERLE)}"
    for typed, first in (
        ({"place": "29279"}, MORLAIX), ({"place": morlaix}, MORLAIX), ({"place": "29233"}, QUIMPERLE),
        ({"whole": quimperle, "scale": "territoire", "place": "29279"}, QUIMPERLE),
        ({"place": "T9999999999999", "whole": "Tx"}, QUIMPERLE),
    ):  # fmt: skip
        page = fragment(site.visitor(), **TYPED, **typed)
        assert page.select_one("li[id]")["id"] == f"voisin-{there[first]}"  # type: ignore[index]


def test_typing_is_not_indexed_nor_endless_and_writes_nothing(site: Site) -> None:
    visitor = site.visitor()
    response = visitor.get("/besoins/voisins", params=TYPED)
    assert response.headers["x-robots-tag"] == "noindex"
    for _ in range(TYPING_ALLOWED.rule.amount):
        response = visitor.get("/besoins/voisins")
    assert response.status_code == 429 and response.headers["hx-reswap"] == "none" and response.text == ""
    assert int(response.headers["retry-after"]) > 0


def test_without_javascript_they_come_once_and_nothing_is_lost(site: Site) -> None:
    need_id, before = placed(site, QUIMPERLE), count(site)
    visitor = site.visitor()
    response = say(visitor, **TYPED, place="29233", email="lena@exemple.bzh")
    assert response.status_code == 422 and "Votre besoin n’est pas encore envoyé" in response.text
    assert "Erreur" not in BeautifulSoup(response.text, "html.parser").title.get_text()  # type: ignore[union-attr]
    assert f"/besoins/{need_id}/aussi" in response.text and count(site) == before and not site.mails()
    filled = sent(response)
    assert filled["title"] == TYPED["title"] and filled["text"] == TYPED["text"] and filled["place"] == "29233"
    assert filled["email"] == "lena@exemple.bzh" and filled["neighbours_seen"] == "1"
    again = visitor.post("/besoins", filled | {"charter": "true"})
    assert "/suivi/" in str(again.url) and count(site) == before + 1
    assert visitor.post("/besoins", filled | {"charter": "true"}).url == again.url and count(site) == before + 1


def sent(response: httpx.Response) -> dict[str, str]:
    """What a browser would send of the form « besoin », fields elsewhere on the page included."""
    page = BeautifulSoup(response.text, "html.parser")
    form = page.find("form", id="besoin")
    assert form is not None
    values: dict[str, str] = {}
    for field in [*form.find_all(["input", "textarea", "select"]), *page.find_all("input", {"form": "besoin"})]:
        if field.get("type") in ("radio", "checkbox") and not field.has_attr("checked"):
            continue
        chosen = field.find("option", selected=True)
        value = chosen["value"] if chosen else field.get_text() if field.name == "textarea" else field.get("value", "")
        values[str(field["name"])] = str(value).removeprefix("\n")
    return values


def test_who_saw_them_while_typing_is_not_asked_again(site: Site) -> None:
    placed(site, QUIMPERLE)
    assert "/suivi/" in str(say(site.visitor(), **TYPED, place="29233", neighbours_seen="1").url)


def test_an_error_elsewhere_forgets_nothing_of_what_was_seen(site: Site) -> None:
    placed(site, QUIMPERLE)
    response = say(site.visitor(), **TYPED, place="29233", neighbours_seen="1", charter="")
    assert response.status_code == 422 and sent(response)["neighbours_seen"] == "1"


def test_enter_in_a_field_sends_the_need_and_supports_nothing(site: Site) -> None:
    """The first submit button of a form, in the order of the page, is the one that Enter presses."""
    placed(site, QUIMPERLE)
    visitor = site.visitor()
    for html in (visitor.get("/besoins/nouveau").text, say(visitor, **TYPED, place="29233").text):
        page = BeautifulSoup(html, "html.parser")
        first = next(b for b in page.find_all("button") if b.get("form") == "besoin" or b.find_parent(id="besoin"))
        assert not first.has_attr("formaction") and first["tabindex"] == "-1"


def supports(db: Session, need_id: int) -> int:
    thread = db.get_one(Need, need_id).thread_id
    return db.exec(select(func.count()).select_from(Support).where(Support.thread_id == thread)).one()


def test_signed_in_one_press_counts_and_keeps_the_words(site: Site) -> None:
    need_id = placed(site, QUIMPERLE)
    visitor = site.signed_in("resident")
    response = visitor.post(f"/besoins/{need_id}/aussi", {**TYPED, "place": "29233"})
    assert response.status_code == 200 and "Votre voix est ajoutée à ce besoin." in response.text
    with site.reading() as db:
        assert supports(db, need_id) == 1
    page = BeautifulSoup(response.text, "html.parser")
    words = page.find("textarea", {"name": "text"})
    assert words is not None and words.get_text().strip() == f"{TYPED['title']}\n\n{TYPED['text']}"
    assert "déjà comptée" in visitor.post(f"/besoins/{need_id}/aussi", TYPED).text
    response = visitor.post(f"/besoins/{need_id}/commentaires", {"kind": "remarque", "text": words.get_text()})
    with site.reading() as db:
        comment = db.exec(select(Comment).order_by(col(Comment.id).desc()).limit(1)).one()
        assert supports(db, need_id) == 1 and comment.text.startswith(TYPED["title"]) and comment.status == "pending"


def test_one_may_go_back_to_ones_own_need(site: Site) -> None:
    need_id = placed(site, QUIMPERLE)
    visitor = site.visitor()
    page = BeautifulSoup(
        visitor.post(f"/besoins/{need_id}/aussi", {**TYPED, "place": "29233", "theme": "vieillir"}).text, "html.parser"
    )
    form = page.find("form", action="/besoins/nouveau")
    assert form is not None
    values = {str(i["name"]): str(i["value"]) for i in form.find_all("input")}
    back = visitor.post("/besoins/nouveau", values)
    assert back.status_code == 200 and "Erreur" not in back.text
    kept = sent(back)
    assert kept["title"] == TYPED["title"] and kept["text"] == TYPED["text"] and kept["place"] == "29233"
    assert kept["theme"] == "vieillir" and kept["neighbours_seen"] == "1"


def test_without_an_account_one_link_confirms_the_voice_and_the_words(site: Site) -> None:
    need_id = placed(site, QUIMPERLE)
    visitor = site.visitor()
    first = visitor.post(f"/besoins/{need_id}/aussi", {**TYPED, "email": "lena@exemple.bzh", "college": "jeunes"})
    page = BeautifulSoup(first.text, "html.parser")
    assert page.find("input", {"name": "email"})["value"] == "lena@exemple.bzh"  # type: ignore[index]
    assert page.find("input", {"value": "jeunes"}).has_attr("checked") and not site.mails("lena@exemple.bzh")  # type: ignore[union-attr]
    words = {"college": "jeunes", "email": "lena@exemple.bzh", "words": f"{TYPED['title']}\n\n{TYPED['text']}"}
    visitor.post(f"/besoins/{need_id}/aussi/voix", words | {"keep": "true"})
    with site.reading() as db:
        assert supports(db, need_id) == 0
    assert len(site.mails("lena@exemple.bzh")) == 1
    visitor.post(site.link("lena@exemple.bzh"))
    with site.reading() as db:
        comment = db.exec(select(Comment).order_by(col(Comment.id).desc()).limit(1)).one()
        assert supports(db, need_id) == 1
        assert (comment.status, comment.college, comment.text) == ("pending", "jeunes", words["words"])
        assert comment.author_id is not None


def test_the_voice_alone_leaves_no_words(site: Site) -> None:
    need_id = placed(site, QUIMPERLE)
    with site.reading() as db:
        before = db.exec(select(func.count()).select_from(Comment)).one()
    visitor = site.visitor()
    visitor.post(
        f"/besoins/{need_id}/aussi/voix", {"college": "jeunes", "email": "lena@exemple.bzh", "words": "Mes mots à moi"}
    )
    visitor.post(site.link("lena@exemple.bzh"))
    with site.reading() as db:
        assert supports(db, need_id) == 1 and db.exec(select(func.count()).select_from(Comment)).one() == before


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"email": "lena@exemple.bzh"}, "college"), ({"college": "jeunes"}, "email"),
        ({"college": "jeunes", "email": "lena"}, "email"),
        ({"college": "jeunes", "email": "lena@exemple.bzh", "keep": "true", "words": "court"}, "words"),
        ({"college": "jeunes", "email": "lena@exemple.bzh", "keep": "true", "words": "long " * 400}, "words"),
    ],
)  # fmt: skip
def test_what_is_missing_is_asked_and_what_was_typed_stays(site: Site, typed: dict[str, str], wrong: str) -> None:
    need_id = placed(site, QUIMPERLE)
    response = site.visitor().post(f"/besoins/{need_id}/aussi/voix", {**TYPED, "place": "29233"} | typed)
    assert response.status_code == 422 and re.search(rf'id="{wrong}-erreur', response.text)
    assert TYPED["text"] in response.text and not site.mails("lena@exemple.bzh")


def test_the_address_of_the_button_opened_again_leads_to_the_need(site: Site) -> None:
    need_id = placed(site, QUIMPERLE)
    for path in ("aussi", "aussi/voix"):
        assert "/besoins/" in str(site.visitor().get(f"/besoins/{need_id}/{path}").url)


@pytest.mark.parametrize("status", ["pending", "refused", "withdrawn"])
def test_no_voice_for_what_is_not_public(site: Site, status: str) -> None:
    need_id = placed(site, QUIMPERLE, status=status)
    for path in ("aussi", "aussi/voix"):
        assert site.visitor().post(f"/besoins/{need_id}/{path}", TYPED).status_code == 404
