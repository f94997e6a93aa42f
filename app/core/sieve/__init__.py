"""Reads one file that somebody sent and writes it again, clean, in a process of its own (``python -m app.core.sieve``).

It is given no environment, so no secret; its memory and its processor time are bounded: a file made to exhaust a
decoder, or to break it, ends this process and nothing else. Bytes come in on the standard input; the answer is one line
of JSON, then the clean bytes, then those of the preview.
"""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
_RIFF, _WEBP = b"RIFF", b"WEBP"
_HEIF = (b"ftyphei", b"ftyphev", b"ftypmif", b"ftypmsf", b"ftypavif")


class RefusedError(Exception):
    """This file is not taken; the argument is a code that ``core.files`` says in words."""


@dataclass(frozen=True)
class Clean:
    """What is kept of a file: ``width`` and ``height`` in pixels, for a picture, which also has a ``preview``."""

    media_type: str
    content: bytes
    preview: bytes = b""
    width: int | None = None
    height: int | None = None

    def packed(self) -> bytes:
        """As the process writes it."""
        head = {
            "media_type": self.media_type, "size": len(self.content), "width": self.width, "height": self.height,
        }  # fmt: skip
        return json.dumps(head).encode() + b"\n" + self.content + self.preview

    @classmethod
    def unpacked(cls, answer: bytes) -> "Clean":
        """What the process wrote.

        Raises:
            RefusedError: it refused the file, or ended before it had answered.
        """
        head, _line, rest = answer.partition(b"\n")
        said: dict[str, Any] = json.loads(head) if head else {"refused": "damaged"}
        if "refused" in said:
            raise RefusedError(said["refused"])
        size = said["size"]
        return cls(said["media_type"], rest[:size], rest[size:], said["width"], said["height"])


def media_type(content: bytes) -> str:
    """What the first bytes say it is; neither its name nor what the browser announces counts.

    Raises:
        RefusedError: none of the kinds that are taken.
    """
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == _RIFF and content[8:12] == _WEBP:
        return WEBP
    if content.startswith(b"%PDF-"):
        return PDF
    if content[4:].startswith(_HEIF):
        raise RefusedError("heif")
    office = content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    raise RefusedError("office" if office else "unknown")


def sift(content: bytes) -> Clean:
    """The clean copy of a file.

    Raises:
        RefusedError: it is of another kind, damaged, or holds what a reader should not open.
    """
    kind = media_type(content)
    if kind == PDF:
        from app.core.sieve import documents  # each decoder is loaded for its own files only

        return Clean(PDF, documents.rewrite(BytesIO(content)))
    from app.core.sieve import pictures

    return pictures.redraw(BytesIO(content), kind)
