"""Photos and documents of a need: sent with it, read like it, seen by whom it concerns, gone when taken back."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from sqlmodel import Session, col, func, select

from app.accords.models import Accord
from app.core import files as store
from app.core.db import now
from app.identity.models import Person
from app.needs import service as needs
from app.needs.models import Need
from app.portal.service import retention
from app.portal.states import RULE
from app.threads.models import File
from app.threads.queries import files as queries
from app.threads.service import files as verbs
from app.threads.states import RefusalReason
from tests.needs.test_say import WORDS, code_of
from tests.site import Site
from tests.threads.sendings import ALT, pdf, photo, say


def last(site: Site) -> File:
    with site.reading() as db:
        return db.exec(select(File).order_by(col(File.id).desc()).limit(1)).one()


def count(site: Site) -> int:
    with site.reading() as db:
        return db.exec(select(func.count()).select_from(File)).one()


def need_of(db: Session, file: File) -> Need:
    need = db.exec(select(Need).where(Need.thread_id == file.thread_id)).one()
    need.accord = db.get_one(Accord, need.accord_id)
    return need


def publish(site: Site, file: File, *, need: bool = True) -> str:
    """Let it be seen, with the need that it is on; its address."""
    with site.writing() as db:
        if need:
            needs.publish(db, need_of(db, file), by=1)
        verbs.publish_file(db, db.get_one(File, file.id), by=1)
    return f"/fichiers/{file.id}-{file.slug}"


def test_a_photo_goes_with_a_need_and_waits_to_be_read(site: Site) -> None:
    visitor = site.visitor()
    response = say(visitor, ("plage.jpg", photo()))
    assert response.status_code == 200 and "/suivi/" in str(response.url)
    file = last(site)
    assert (file.status, file.alt, file.name, file.author_id) == ("pending", ALT, "plage.jpg", None)
    assert store.place(file.digest).is_file()
    assert visitor.get(f"/fichiers/{file.id}-{file.slug}").status_code == 404
    page = visitor.get(f"/suivi/{code_of(response)}/fichiers").text
    assert ALT in page and f"/fichiers/{file.id}?apercu=1" in page


def test_once_read_everybody_sees_it_with_its_words(site: Site) -> None:
    visitor = site.visitor()
    say(visitor, ("plage.jpg", photo()), ("plan.pdf", pdf()))
    document = last(site)
    with site.reading() as db:
        first = queries.sent_with(db, [document.thread_id])[0]
        need = need_of(db, document)
    path = publish(site, first)
    paper = publish(site, document, need=False)
    page = BeautifulSoup(visitor.get(f"/besoins/{need.id}-{need.slug}").text, "html.parser")
    image = page.select_one("#fichiers img")
    assert image is not None and image["alt"] == ALT and image["src"] == f"{path}?apercu=1"
    shown = visitor.get(path)
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert shown.headers["cache-control"] == "public, max-age=300"
    assert shown.headers["content-disposition"].startswith("inline")
    assert visitor.get(f"{path}?apercu=1").headers["content-type"] == "image/webp"
    assert visitor.get(paper).headers["content-disposition"] == 'attachment; filename="plan.pdf"'
    assert visitor.get(path, headers={"if-none-match": shown.headers["etag"]}).status_code == 304


def test_a_published_photo_of_an_unread_need_is_not_shown(site: Site) -> None:
    visitor = site.visitor()
    say(visitor, ("plage.jpg", photo()))
    assert visitor.get(publish(site, last(site), need=False)).status_code == 404


def test_hidden_it_is_gone_for_all_but_who_decides(site: Site) -> None:
    visitor = site.visitor()
    say(visitor, ("plage.jpg", photo()))
    path = publish(site, last(site))
    with site.writing() as db:
        file = db.get_one(File, last(site).id)
        verbs.hide_file(db, file, by=1, reason=RefusalReason.PRIVATE_DATA, note="Une plaque se lit.")
    assert visitor.get(path).status_code == 404
    read = site.signed_in("moderator").get(path)
    assert read.status_code == 200 and read.headers["cache-control"] == "private, no-store"
    with site.writing() as db:
        verbs.restore_file(db, db.get_one(File, last(site).id), by=1)
    assert visitor.get(path).status_code == 200
    assert site.signed_in("resident").get(path).headers["cache-control"] == "private, max-age=300"


def test_a_moderator_of_elsewhere_does_not_see_what_waits(site: Site) -> None:
    say(site.visitor(), ("plage.jpg", photo()), place="29011")  # Bohars, near Brest
    path = f"/fichiers/{last(site).id}-{last(site).slug}"
    assert site.signed_in("moderator").get(path).status_code == 404
    assert site.signed_in("resident").get(path).status_code == 404


REFUSED: dict[str, tuple[tuple[str, bytes], dict[str, Any], str]] = {
    "a page in disguise": (("photo.jpg", b"<script>alert(1)</script>"), {}, "ni une photo"),
    "too heavy": (("photo.jpg", b"\xff\xd8\xff" + bytes(9 * 1024 * 1024)), {}, "trop lourd"),
    "without words": (("photo.jpg", photo()), {"alt_0": "ici"}, "en quelques mots"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refused_file_costs_no_word(site: Site, what: str) -> None:
    file, changes, words = REFUSED[what]
    before = count(site)
    response = say(site.visitor(), file, **changes)
    assert response.status_code == 422 and words in response.text
    page = BeautifulSoup(response.text, "html.parser")
    text, alt = page.find("textarea", {"name": "text"}), page.find("input", {"name": "alt_0"})
    assert text is not None and text.get_text().strip() == WORDS["text"]
    assert alt is not None and alt["value"] == changes.get("alt_0", ALT)
    assert count(site) == before


def test_when_something_else_is_wrong_the_file_is_asked_again(site: Site) -> None:
    response = say(site.visitor(), ("plage.jpg", photo()), title="Non")
    assert response.status_code == 422 and "Choisissez de nouveau ce fichier" in response.text
    words_alone = say(site.visitor(), alt_0=ALT)
    assert words_alone.status_code == 422 and "ou effacez sa description" in words_alone.text


def test_the_whole_is_bounded_whether_announced_or_not(site: Site) -> None:
    visitor = site.visitor()
    heavy = ("photo.jpg", bytes(8 * 1024 * 1024))
    assert say(visitor, *[heavy] * 6).status_code == 413

    async def drip() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file_0"; filename="a.jpg"\r\n\r\n'
        for _n in range(45):
            yield bytes(1024 * 1024)

    headers = {"content-type": "multipart/form-data; boundary=b"}
    assert visitor.request("POST", "/besoins", content=drip(), headers=headers).status_code == 413
    assert visitor.request("POST", "/connexion", content=drip(), headers=headers).status_code in (400, 413)


def test_a_form_that_asks_no_file_takes_none(site: Site) -> None:
    sent = site.visitor().post("/connexion", {"email": "a@b.fr"}, files=[("file_0", ("a.jpg", photo()))])
    assert sent.status_code == 400
    odd = site.visitor().post("/besoins", WORDS, files=[("avatar", ("a.jpg", photo()))])
    assert odd.status_code == 400


def test_five_are_one_too_many(site: Site) -> None:
    five = [(f"{n}.png", photo("PNG", colour=f"#00000{n}")) for n in range(5)]
    response = say(site.visitor(), *five)
    assert response.status_code == 422 and "un fichier de trop" in response.text


def add(site: Site, code: str, name: str = "autre.jpg", **options: Any) -> httpx.Response:
    body = options.pop("body", photo(colour="#123456"))
    return site.visitor().post(f"/suivi/{code}/fichiers", {"alt_0": ALT} | options, files=[("file_0", (name, body))])


def test_with_the_code_one_adds_and_takes_back(site: Site) -> None:
    code = code_of(say(site.visitor()))
    assert "Fichier ajouté" in add(site, code).text
    file = last(site)
    assert site.visitor().get(f"/suivi/{code}/fichiers/{file.id}").headers["cache-control"] == "no-store"
    assert "effacé" in site.visitor().post(f"/suivi/{code}/fichiers/{file.id}/retrait").text
    site.mails()  # the jobs ran
    assert last(site).status == "withdrawn" and not store.place(file.digest).exists()
    assert site.visitor().get(f"/suivi/{code}/fichiers/{file.id}").status_code == 404
    assert site.visitor().post(f"/suivi/{code}/fichiers/{file.id}/retrait").status_code == 404
    wrong = add(site, code, body=b"GIF89a", name="🏖️.gif")
    assert wrong.status_code == 422 and "ni une photo" in wrong.text and ALT in wrong.text


def test_the_same_photo_twice_is_one(site: Site) -> None:
    code = code_of(say(site.visitor(), ("plage.jpg", photo())))
    before = count(site)
    add(site, code, body=photo())
    assert count(site) == before


def test_after_it_was_read_a_need_takes_no_more_files_but_gives_them_back(site: Site) -> None:
    code = code_of(say(site.visitor(), ("plage.jpg", photo())))
    path = publish(site, last(site))
    assert add(site, code).status_code == 422
    site.visitor().post(f"/suivi/{code}/fichiers/{last(site).id}/retrait")
    assert site.visitor().get(path).status_code == 404


def test_the_file_of_another_need_is_out_of_reach(site: Site) -> None:
    say(site.visitor(), ("plage.jpg", photo()))
    other = code_of(say(site.visitor(), title="Un autre banc devant la mairie"))
    path = f"/suivi/{other}/fichiers/{last(site).id}"
    assert site.visitor().get(path).status_code == 404
    assert site.visitor().post(f"{path}/retrait").status_code == 404
    assert last(site).status == "pending"
    assert site.visitor().get("/fichiers/99999999999-a.jpg").status_code == 404


def test_it_waits_for_the_address_then_is_its_authors(site: Site) -> None:
    visitor = site.visitor()
    say(visitor, ("plage.jpg", photo()), email="jeanne@exemple.fr")
    assert last(site).status == "awaiting_email"
    visitor.post(site.link("jeanne@exemple.fr"))
    with site.reading() as db:
        person = db.exec(select(Person).where(Person.email == "jeanne@exemple.fr")).one()
    assert (last(site).status, last(site).author_id) == ("pending", person.id)
    with site.writing() as db:
        verbs.refuse_file(db, db.get_one(File, last(site).id), by=1, reason=RefusalReason.OFF_TOPIC, note="Un chat.")
    mail = site.mails("jeanne@exemple.fr")[-1]
    assert "Un chat." in mail.body and ALT in mail.body and "contester" in mail.body


def test_never_confirmed_it_goes_with_its_need(site: Site) -> None:
    say(site.visitor(), ("plage.jpg", photo()), email="jeanne@exemple.fr")
    file = last(site)
    with site.writing() as db:
        need = need_of(db, file)
        need.created_at = now() - timedelta(days=RULE["unconfirmed_needs"].days + 1)
        db.add(need)
    retention.purge(site.database)
    site.mails()
    assert not store.place(file.digest).exists()
    with site.reading() as db:
        assert db.get(File, file.id) is None
