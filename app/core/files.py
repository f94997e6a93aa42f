"""What people send as files: checked apart, then kept outside the database under the name of its digest.

The store is ``var/files/ab/cd/<SHA-256>``, with the preview of a picture beside it. Bytes are whole on the disk before
the row that names them is committed, and go once no row names them any more.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlmodel import Session, func, select

from app.core.db import is_sqlite
from app.core.errors import DomainError
from app.core.forms import clean
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.core.sieve import Clean, RefusedError, apart

EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}
PREVIEW, PREVIEW_TYPE = ".apercu", "image/webp"
LONGEST_NAME = 120
NAMED_IN: list[Any] = []  # columns, of any table, that hold digests of this store; each table adds its own
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PARTS = re.compile(r"[/\\]")
REFUSALS = {
    "unknown": lambda: _("Ce fichier n’est ni une photo (JPEG, PNG, WebP), ni un document PDF."),
    "heif": lambda: _("Cette photo est au format HEIC ou AVIF. Enregistrez-la en JPEG, puis choisissez-la."),
    "office": lambda: _("Enregistrez ce document en PDF, puis choisissez le PDF : tout le monde pourra le lire."),
    "damaged": lambda: _("Ce fichier est abîmé, ou trop compliqué : nous n’arrivons pas à le lire."),
    "pixels": lambda: _("Cette photo a trop de points. Réduisez-la, par exemple à 4 000 points de côté."),
    "locked": lambda: _("Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection."),
    "active": lambda: _("Ce PDF contient un programme, un formulaire actif ou un autre fichier. Imprimez-le en PDF."),
    "empty": lambda: _("Ce fichier est vide."),
}


class RefusedFileError(DomainError):
    """A file that is not taken, and why."""


@dataclass(frozen=True)
class Ready:
    """A file that may be kept: its clean bytes, and its name for people."""

    name: str
    clean: Clean

    @property
    def digest(self) -> str:
        """Under which its bytes are kept."""
        return hashlib.sha256(self.clean.content).hexdigest()


def check(name: str, content: bytes) -> Ready:
    """Have a file read and written again by a process of its own.

    Raises:
        RefusedFileError: it is not one that we take; in words.
    """
    if not content:
        raise RefusedFileError(REFUSALS["empty"]())
    try:
        kept = Clean.unpacked(apart(content))
    except RefusedError as refused:
        raise RefusedFileError(REFUSALS[str(refused)]()) from None
    return Ready(plain_name(name, kept.media_type), kept)


def plain_name(sent: str, media_type: str) -> str:
    """A name to show: no folder, nothing invisible, and the end that its content deserves."""
    last = clean(_PARTS.split(sent)[-1]).replace("\n", " ")
    extension = EXTENSIONS[media_type]
    path = PurePosixPath(last)
    stem = path.stem if path.suffix.lower() in {*EXTENSIONS.values(), ".jpeg"} else last
    stem = stem.strip(" .") or (_("document") if extension == ".pdf" else _("photo"))
    return stem[: LONGEST_NAME - len(extension)].rstrip() + extension


def place(digest: str) -> Path:
    """Where the bytes of this digest are.

    Raises:
        ValueError: it is no digest.
    """
    if not _DIGEST.fullmatch(digest):
        raise ValueError("not a digest")
    return _store() / digest[:2] / digest[2:4] / digest


def preview_of(path: Path) -> Path:
    """Where the preview of a picture is."""
    return path.with_name(path.name + PREVIEW)


def _store() -> Path:
    return Path(get_settings().var_dir) / "files"


def hold(db: Session, digest: str) -> None:
    """Until the end of the transaction, nobody else keeps or drops these bytes. SQLite has one writer anyway."""
    if not is_sqlite(db):
        db.execute(select(func.pg_advisory_xact_lock(int(digest[:15], 16))))


def keep(ready: Ready) -> None:
    """Write the bytes, preview first, unless they are there; on the disk when this returns."""
    path = place(ready.digest)
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if ready.clean.preview:
        _write(preview_of(path), ready.clean.preview)
    _write(path, ready.clean.content)


def _write(path: Path, content: bytes) -> None:
    """All or nothing: a process killed in the middle leaves at most a file that nothing names."""
    started = path.with_name(f".{path.name}.{os.getpid()}")
    with started.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    started.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def drop(digest: str) -> None:
    """Take the bytes away; no matter if they have gone already."""
    path = place(digest)
    for gone in (path, preview_of(path)):
        gone.unlink(missing_ok=True)


def old(before: datetime) -> Iterator[tuple[Path, str]]:
    """What the store holds that was written before this moment: each file, and the digest that it is of."""
    for path in sorted(_store().glob("??/??/*")):
        if path.stat().st_mtime < before.timestamp():
            yield path, path.name.lstrip(".").partition(".")[0]
