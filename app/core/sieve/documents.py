"""PDF documents: parsed whole, refused if they do anything, written again without their properties."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

import pikepdf

from app.core.sieve import RefusedError

MAX_OBJECTS = 100_000
MAX_DEPTH = 100  # of arrays and dictionaries inside one object
# What a page does not need in order to be read (ISO 32000-2: actions 12.6, embedded files 7.11.4, XFA 12.7.8).
_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/AA", "/RichMediaContent"})
_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound",
     "/RichMediaExecute", "/GoTo3DView"}
)  # fmt: skip
_KINDS = frozenset({"/FileAttachment", "/RichMedia", "/3D", "/Screen", "/Movie", "/Sound"})


def rewrite(content: BinaryIO) -> bytes:
    """The same pages, without who wrote them nor with what.

    Raises:
        RefusedError: locked by a password, endless, or holding scripts, actions, media or other files.
    """
    try:
        document = pikepdf.open(content)
    except pikepdf.PasswordError:
        raise RefusedError("locked") from None
    with document:
        if document.is_encrypted:
            raise RefusedError("locked")
        if len(document.objects) > MAX_OBJECTS or len(document.pages) == 0:
            raise RefusedError("damaged")
        for held in document.objects:
            _check(held)
        for name in ("/Metadata", "/PieceInfo"):
            if name in document.Root:
                del document.Root[name]
        for name in ("/Info", "/ID"):  # the second tells one copy of a document from another
            if name in document.trailer:
                del document.trailer[name]
        written = BytesIO()
        document.save(written, deterministic_id=True)
        return written.getvalue()


def _check(held: Any) -> None:
    for dictionary in _dictionaries(held, 0):
        names = set(dictionary.keys())
        acts = "/S" in names and str(dictionary["/S"]) in _ACTIONS
        shows = "/Subtype" in names and str(dictionary["/Subtype"]) in _KINDS
        if names & _KEYS or acts or shows:
            raise RefusedError("active")


def _dictionaries(held: Any, depth: int) -> Iterator[Any]:
    """Every dictionary written in one object; what it points to is an object of its own."""
    if depth > MAX_DEPTH:
        raise RefusedError("damaged")
    if isinstance(held, pikepdf.Array):
        inside = list(held)
    elif isinstance(held, pikepdf.Dictionary | pikepdf.Stream):
        yield held
        inside = [held[key] for key in held.keys()]  # noqa: SIM118  (a dictionary of PDF, not of Python)
    else:
        return
    for value in inside:
        if not getattr(value, "is_indirect", False):
            yield from _dictionaries(value, depth + 1)
