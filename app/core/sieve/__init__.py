"""Reads one file that somebody sent in a process of its own (``python -m app.core.sieve``), and writes it again, clean.

Photos and documents come back as files, spreadsheets (``table``, then the most rows) as one line of JSON.

It is given no environment, so no secret; its memory and its processor time are bounded: a file made to exhaust a
decoder, or to break it, ends this process and nothing else. Bytes come in on the standard input; the answer is one line
of JSON, then the clean bytes, then those of the preview.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from typing import Any

TIMEOUT = 40  # seconds, for a process that has 20 of processor
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


def apart(content: bytes, *asked: str) -> bytes:
    """What the process answers; nothing if it ended before it had."""
    command = [sys.executable, "-m", "app.core.sieve", *asked]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=TIMEOUT, check=False, env={})
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout


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


def sift(content: bytes, *asked: str) -> bytes:
    """The answer: the clean copy of a file, or the rows of a table.

    Raises:
        RefusedError: it is of another kind, damaged, or holds what a reader should not open.
    """
    if asked:
        from app.core.sieve import tables  # each decoder is loaded for its own files only

        return tables.tabulate(content, int(asked[1]))
    kind = media_type(content)
    if kind == PDF:
        from app.core.sieve import documents

        return Clean(PDF, documents.rewrite(BytesIO(content))).packed()
    from app.core.sieve import pictures

    return pictures.redraw(BytesIO(content), kind).packed()
