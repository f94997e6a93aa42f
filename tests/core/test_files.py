"""What a file must be, what is left of it, and how its bytes are kept."""

import os
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from app.core import files, sieve
from app.core.settings import get_settings
from tests.threads.sendings import SECRET, bomb_of_objects, bomb_of_points, locked_pdf, pdf, photo

SCRIPT = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(get_settings(), "var_dir", tmp_path)
    return tmp_path / "files"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_keeps_its_points_and_nothing_else(kind: str) -> None:
    sent = photo(kind)
    assert SECRET in sent and Image.open(BytesIO(sent)).getexif().get_ifd(0x8825)
    kept = files.check("IMG.jpg", sent).clean
    drawn = Image.open(BytesIO(kept.content))
    assert drawn.format == kind and SECRET not in kept.content and SECRET not in kept.preview
    assert not drawn.getexif() and not drawn.info.keys() & {"exif", "xmp", "comment", "icc_profile"}
    assert (kept.width, kept.height) == drawn.size == (480, 640)  # upright


def test_a_large_photo_is_reduced_and_has_a_preview() -> None:
    kept = files.check("grand.jpg", photo(size=(4000, 3000))).clean
    assert (kept.width, kept.height) == (1500, 2000)
    assert max(Image.open(BytesIO(kept.preview)).size) == 640


def test_what_hides_behind_the_points_of_a_photo_goes() -> None:
    both = photo() + b"PK\x03\x04" + HTML + pdf()
    kept = files.check("photo.jpg", both).clean
    assert b"script" not in kept.content and b"%PDF" not in kept.content


def test_the_same_file_has_the_same_digest() -> None:
    assert files.check("a.png", photo("PNG")).digest == files.check("b.png", photo("PNG")).digest
    assert files.check("a.pdf", pdf()).digest == files.check("a.pdf", pdf()).digest


def test_a_pdf_loses_its_properties_and_keeps_its_pages() -> None:
    kept = files.check("plan.pdf", pdf()).clean
    assert SECRET not in kept.content and kept.media_type == "application/pdf"
    with pikepdf.open(BytesIO(kept.content)) as document:
        assert len(document.pages) == 1 and "/Info" not in document.trailer


REFUSED = {
    "nothing": (b"", "vide"),
    "a gif": (b"GIF89a" + bytes(60), "ni une photo"),
    "a drawing that may act": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "ni une photo"),
    "a page": (HTML, "ni une photo"),
    "a program": (b"\x7fELF" + bytes(60), "ni une photo"),
    "a photo of a telephone": (b"\x00\x00\x00\x18ftypheic" + bytes(60), "HEIC"),
    "a text of an office": (b"PK\x03\x04" + bytes(60), "en PDF"),
    "half a photo": (photo()[:1500], "abîmé"),
    "a head without a body": (b"\xff\xd8\xff\xe0" + HTML, "abîmé"),
    "too many points": (bomb_of_points(), "trop de points"),
    "a pdf that is none": (b"%PDF-1.7\n" + HTML, "abîmé"),
    "a pdf behind a password": (locked_pdf(), "mot de passe"),
    "a pdf that runs at its opening": (pdf(OpenAction=SCRIPT), "programme"),
    "a pdf that holds a script": (
        pdf(Names=pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["a", SCRIPT]))), "programme"
    ),
    "a pdf that starts a program": (pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")), "programme"),
    "a pdf with a form that sends": (pdf(AcroForm=pikepdf.Dictionary(XFA="x", Fields=[])), "programme"),
    "a pdf that unfolds without end": (bomb_of_objects(), "abîmé"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_not_taken(what: str, store: Path) -> None:
    content, words = REFUSED[what]
    before = time.monotonic()
    with pytest.raises(files.RefusedFileError, match=words):
        files.check("photo.jpg", content)
    assert time.monotonic() - before < sieve.TIMEOUT and not store.exists()


def test_a_file_inside_a_pdf_is_found() -> None:
    document, written = pikepdf.new(), BytesIO()
    document.add_blank_page()
    document.attachments["virus.exe"] = b"MZ"
    document.save(written)
    with pytest.raises(files.RefusedFileError, match="autre fichier"):
        files.check("a.pdf", written.getvalue())


def test_a_decoder_that_dies_refuses_the_file_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(files.RefusedFileError, match="abîmé"):
        files.check("a.jpg", photo())


def test_the_process_that_reads_files_is_given_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}
    run = subprocess.run

    def spy(*command: object, **options: object) -> object:
        given.update(options)
        return run(*command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", spy)
    files.check("a.jpg", photo())
    assert given["env"] == {}


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("IMG_2041.JPG", "IMG_2041.jpg"), ("../../../etc/passwd", "passwd.jpg"), ("C:\\Users\\Jeanne\\plage.jpeg", "plage.jpg"),
        ("photo.jpg.exe", "photo.jpg.exe.jpg"), ("\u202egpj.exe", "gpj.exe.jpg"), ("plage 🏖️ été.png", "plage 🏖️ été.jpg"),
        ("", "photo.jpg"), ("...", "photo.jpg"), ("a\x00b\r\nSet-Cookie: x.jpg", "ab Set-Cookie: x.jpg"), (".jpg", "jpg.jpg"),
    ],
)  # fmt: skip
def test_a_name_is_cleaned_and_never_reaches_the_disk(sent: str, shown: str, store: Path) -> None:
    ready = files.check(sent, photo())
    assert ready.name == shown
    files.keep(ready)
    names = {path.name for path in store.rglob("*") if path.is_file()}
    assert names == {ready.digest, f"{ready.digest}.apercu"}


def test_a_very_long_name_is_cut_before_its_end() -> None:
    name = files.plain_name("é" * 4000 + ".jpg", "image/jpeg")
    assert len(name) <= 120 and name.endswith("é.jpg")


def test_only_a_digest_leads_to_bytes() -> None:
    for odd in ("", "../../etc/passwd", "A" * 64, "a" * 63):
        with pytest.raises(ValueError, match="digest"):
            files.place(odd)


def test_killed_while_it_writes_it_leaves_no_file_under_its_name(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = files.check("a.jpg", photo())

    def cut(_descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(os, "fsync", cut)
        with pytest.raises(KeyboardInterrupt):
            files.keep(ready)
    assert not files.place(ready.digest).exists()
    files.keep(ready)
    assert files.place(ready.digest).read_bytes() == ready.clean.content
    files.drop(ready.digest)
    files.drop(ready.digest)
    assert not [path for path in store.rglob(f"{ready.digest}*") if path.is_file()]
