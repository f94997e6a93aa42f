"""Files in hard use: bytes lost by the disk, two hands at once on one file."""

from io import BytesIO
from zipfile import ZipFile

from sqlmodel import select

from app.core import files as store
from app.needs.models import Need
from app.threads.models import File
from tests.identity.test_hostile_at_once import race
from tests.needs.test_say import code_of
from tests.portal.test_files import joined, now_of, path_of
from tests.site import Site, Visitor
from tests.threads.sendings import photo, say


def test_bytes_that_the_disk_lost_do_not_keep_from_ones_copy(site: Site) -> None:
    file = joined(site)
    store.drop(file.digest)
    answer = site.signed_in("resident").post("/mon-espace/donnees/copie")
    assert answer.status_code == 200
    with ZipFile(BytesIO(answer.content)) as copy:
        assert "data.json" in copy.namelist() and not [
            n for n in copy.namelist() if n.startswith(f"fichiers/{file.id}-")
        ]
    assert site.visitor().get(path_of(file)).status_code == 404


def test_taken_back_and_read_at_once_its_bytes_go_or_the_second_is_told(site: Site) -> None:
    visitor = site.visitor()
    code = code_of(say(visitor, ("banc.jpg", photo())))
    with site.reading() as db:
        file = db.exec(select(File).join(Need, Need.thread_id == File.thread_id).order_by(File.id.desc())).first()  # type: ignore[arg-type, union-attr]
    assert file is not None
    back: tuple[Visitor, str, dict[str, str]] = (visitor, f"/suivi/{code}/fichiers/{file.id}/retrait", {})
    assert race(site, [back, back, back]) in ([303, 404, 404], [303, 404, 409], [303, 409, 409])
    site.mails()
    left = now_of(site, file)
    assert left.status == "withdrawn" and not left.digest and not store.place(file.digest).exists()


def test_taken_back_and_published_at_once_it_is_never_shown_without_bytes(site: Site) -> None:
    for turn in range(3):
        visitor = site.visitor()
        code = code_of(say(visitor, ("banc.jpg", photo(colour=f"#0{turn}a0b0"))))
        with site.reading() as db:
            file = db.exec(select(File).order_by(File.id.desc())).first()  # type: ignore[union-attr]
        assert file is not None
        moderator, path = site.signed_in("moderator"), f"/moderation/photo/{file.id}"
        sent = [(visitor, f"/suivi/{code}/fichiers/{file.id}/retrait", {}), (moderator, path, {"decision": "publish"})]
        answers = race(site, sent)
        left = now_of(site, file)
        assert left.status == "withdrawn" and not left.digest, answers
        assert site.visitor().get(path_of(file)).status_code == 404
