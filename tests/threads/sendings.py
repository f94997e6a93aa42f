"""Files as people send them, and files as nobody should."""

import zlib
from io import BytesIO
from typing import Any

import httpx
import pikepdf
from bs4 import BeautifulSoup
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

from tests.needs.test_say import WORDS
from tests.site import Visitor

ALT = "Un banc cassé devant la boulangerie"
SECRET = b"Canon de Jeanne"


def photo(kind: str = "JPEG", size: tuple[int, int] = (640, 480), colour: str = "#a03020") -> bytes:
    """A photo as telephones make them: turned, and saying where, when and by what it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = SECRET.decode()
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (IFDRational(48), IFDRational(34), IFDRational(12))
    written = BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, Any] = {"comment": SECRET} if kind == "JPEG" else {}
    Image.new("RGB", size, colour).save(written, kind, exif=exif, icc_profile=profile, **options)
    return written.getvalue()


def pdf(**root: Any) -> bytes:
    """A page, with whatever else stands in its catalogue; it says who wrote it."""
    document, written = pikepdf.new(), BytesIO()
    document.add_blank_page()
    document.docinfo["/Author"] = SECRET.decode()
    for name, value in root.items():
        document.Root[f"/{name}"] = value
    document.save(written)
    return written.getvalue()


def locked_pdf() -> bytes:
    """A page behind a password."""
    document, written = pikepdf.new(), BytesIO()
    document.add_blank_page()
    document.save(written, encryption=pikepdf.Encryption(owner="a", user="b"))
    return written.getvalue()


def bomb_of_points() -> bytes:
    """A few kilobytes that would be 400 million points."""
    written = BytesIO()
    Image.new("1", (20_000, 20_000)).save(written, "PNG")
    return written.getvalue()


def bomb_of_objects() -> bytes:
    """A PDF of a megabyte whose one stream of objects would fill a gigabyte."""
    packed = zlib.compress(bytes(1_000_000_000), 1)
    packed = zlib.compress(packed, 9)
    head = f"1 0 obj<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]/Length {len(packed)}>>stream\n"
    return b"%PDF-1.5\n" + head.encode() + packed + b"\nendstream endobj\ntrailer<</Root 1 0 R>>"


def say(visitor: Visitor, *files: tuple[str, bytes], **changes: Any) -> httpx.Response:
    """Say a need with these files, each described, as the form of the site sends them."""
    page = BeautifulSoup(visitor.get("/besoins/nouveau").text, "html.parser")
    form = page.find("form", {"id": "besoin"})
    assert form is not None and form["enctype"] == "multipart/form-data"
    once = page.find("input", {"name": "once"})
    assert once is not None
    alts = {f"alt_{n}": ALT for n in range(len(files))}
    return visitor.post("/besoins", {**WORDS, "once": once["value"], **alts, **changes}, files=parts(*files))


def parts(*files: tuple[str, bytes]) -> list[tuple[str, Any]]:
    """The files as a browser sends them; a field left empty is sent too."""
    chosen: list[tuple[str, Any]] = [(f"file_{n}", (name, body)) for n, (name, body) in enumerate(files)]
    return [*chosen, (f"file_{len(files)}", ("", b""))]
