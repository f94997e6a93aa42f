"""Verbs of imports: read a file, give it up, accept it whole."""

from collections.abc import Mapping, Sequence

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.core.db import IN_HAND, now
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.security import digest, normal_code, spaced
from app.intake.forms import TranscriptionForm
from app.intake.models import NeedImport
from app.intake.queries import imports
from app.intake.queries.choices import Choices
from app.intake.queries.imports import Reader
from app.intake.service.transcription import record
from app.intake.states import IMPORT, ImportStatus
from app.needs import service as need_verbs
from app.needs.models import Need

Cells = Sequence[tuple[int, Mapping[str, str]]]


def keep(
    db: Session, here: Choices, rows: Cells, *, campaign_id: int | None, filename: str, by: int
) -> NeedImport:  # fmt: skip
    """Keep the rows of a file, each with what is wrong in it, until they are accepted or given up."""
    examined = imports.examined(Reader(here, campaign_id), rows)
    kept = NeedImport(
        territory_id=here.territory.territory_id, campaign_id=campaign_id, author_id=by, filename=filename[-120:],
        rows=examined, total=len(examined), wrong=sum("errors" in row for row in examined),
        status=ImportStatus.READ.value, created_at=now(),
    )  # fmt: skip
    db.add(kept)
    db.flush()
    return kept


def give_up(db: Session, held: NeedImport, *, by: int | None) -> None:
    """Nothing of it becomes a need; its rows are erased."""
    db.refresh(held, with_for_update=IN_HAND)
    if held.status == ImportStatus.GIVEN_UP:
        return
    IMPORT.move(db, held, "give_up", by=by)
    held.rows, held.done_at = [], now()


def row_code(once: str, number: int) -> str:
    """The tracking code of a row without a printed stub, made from a key that only the clerk's page knows."""
    return need_verbs.tracking_code(f"{once}\n{number}")


def accept(db: Session, held: NeedImport, here: Choices, *, once: str, by: int) -> bool:
    """« Tout importer »: every row becomes a need, in this one transaction. Asked twice, it is done once.

    False if the site changed since the file was read (a sheet typed meanwhile, a theme renamed): the rows now say so.

    Raises:
        ConflictError: a row is wrong, the import was given up, or one of its sheets is being typed right now.
    """
    db.refresh(held, with_for_update=IN_HAND)
    if held.status == ImportStatus.DONE:
        return True
    if held.wrong:
        raise ConflictError(_("Des lignes sont à corriger : rien n’est importé tant qu’il en reste."))
    reader = Reader(here, held.campaign_id)
    forms = [(row, reader.read(row["n"], row["cells"])) for row in held.rows]
    if any(form.errors for _row, form in forms):
        held.rows = imports.examined(Reader(here, held.campaign_id), [(r["n"], r["cells"]) for r, _form in forms])
        held.wrong = sum("errors" in row for row in held.rows)
        return False
    IMPORT.move(db, held, "accept", by=by)
    ready = [(row["n"], form.data) for row, form in forms if form.data]
    needs = _recorded(db, here, ready, once=once, by=by)
    held.rows = [{"n": number, "need": need_id} for (number, _form), need_id in zip(ready, needs, strict=True)]
    held.done_at = now()
    return True


def _recorded(
    db: Session, here: Choices, ready: Sequence[tuple[int, TranscriptionForm]], *, once: str, by: int
) -> list[int]:
    try:
        with db.begin_nested():
            return record(db, here, [(form, row_code(once, number)) for number, form in ready], by=by)
    except IntegrityError as raced:
        raise ConflictError(_("Une fiche de ce fichier vient d’être saisie : recommencez.")) from raced


def codes(held: NeedImport, needs: Mapping[int, Need], once: str) -> list[tuple[Need, str]]:
    """The needs of an accepted import that this key opens, each with its code, to give to who said them."""
    found = []
    for row in held.rows:
        need, code = needs.get(row["need"]), row_code(once, row["n"])
        if need and need.tracking_digest == digest(normal_code(code)):
            found.append((need, spaced(code)))
    return found
