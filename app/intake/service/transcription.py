"""Writing down what somebody else said: one contribution or thousands, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, insert, select

from app.core.db import now
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.machine import Event
from app.core.security import digest, random_code
from app.intake import queries
from app.intake.forms import SeriesForm, TranscriptionForm
from app.intake.models import PrintedSheet
from app.intake.queries.choices import Choices, numbered
from app.needs import service as need_verbs
from app.needs.models import Need
from app.needs.states import FollowUp
from app.threads import service as threads
from app.threads.models import Thread
from app.threads.states import MODERATION, Moderation

_SUBMITTED = MODERATION.moves["submit"][1]


@dataclass(frozen=True)
class Typed:
    """What came of a contribution typed in series: the need, and the code to read out, unless its stub bears it."""

    need: Need
    code: str | None
    new: bool = True


class AlreadyTypedError(ConflictError):
    """Another contribution was typed from this sheet."""

    def __init__(self, first: Need) -> None:
        super().__init__(_("Cette fiche a déjà été saisie."))
        self.first = first


def transcribe(db: Session, here: Choices, form: SeriesForm, *, by: int) -> Typed:
    """One contribution; the same form sent twice gives the same need and the same code.

    Raises:
        AlreadyTypedError: the sheet was typed in already, with other words or by somebody else.
    """
    code = need_verbs.tracking_code("\n".join((form.once, form.title, form.text, form.place)))
    first = queries.of_sheet(db, here.territory.territory_id, form.sheet_ref) if form.sheet_ref else None
    first = first or db.exec(select(Need).where(Need.tracking_digest == digest(code))).first()
    if first is None:
        try:
            with db.begin_nested():
                first = db.get_one(Need, record(db, here, [(form, code)], by=by)[0])
        except IntegrityError as raced:  # the same sheet, typed by two people at the same moment
            first = queries.of_sheet(db, here.territory.territory_id, form.sheet_ref)
            if first is None:
                raise ConflictError(_("La situation a changé entre-temps. Envoyez de nouveau.")) from raced
            raise AlreadyTypedError(first) from raced
        return Typed(first, code if first.tracking_digest == digest(code) else None)
    if (first.title, first.text, first.transcribed_by) != (form.title, form.text, by):
        raise AlreadyTypedError(first)
    return Typed(first, code if first.tracking_digest == digest(code) else None, new=False)


def record(db: Session, here: Choices, rows: Sequence[tuple[TranscriptionForm, str]], *, by: int) -> list[int]:
    """The needs of these forms, each with its code, awaiting their reading; the clerk is never their author. Their ids.

    A printed sheet keeps the code of its stub instead of the one given. Read before publication even where needs are
    read afterwards: the person whose words they are did not press the button.
    """
    stubs, moment = _stubs(db, here, [form for form, _code in rows]), now()
    strands = _threads(db, here, len(rows))
    references = _references(db, here, len(rows))
    needs = [
        _need(here, form) | {
            "thread_id": strand, "reference": reference, "created_at": moment, "transcribed_by": by,
            "tracking_digest": stubs.get(form.sheet_ref) or digest(code),
        }
        for (form, code), strand, reference in zip(rows, strands, references, strict=True)
    ]  # fmt: skip
    db.execute(insert(Need), [_blank(Need) | row for row in needs])
    made = db.execute(select(Need.reference, Need.id).where(Need.created_at == moment, Need.transcribed_by == by))
    by_reference = {row[0]: row[1] for row in made}
    ids = [by_reference[reference] for reference in references]
    sent = {"subject_kind": "need", "verb": "submit", "before": Moderation.DRAFT.value, "after": _SUBMITTED.value}
    db.execute(insert(Event), [_blank(Event) | sent | {"subject_id": key, "actor_id": by, "at": moment} for key in ids])
    threads.queue_moved(db, here.territory.territory_id)
    return ids


def _threads(db: Session, here: Choices, count: int) -> list[int]:
    """New threads in the forum of the accord: any of them suits any need."""
    blank = _blank(Thread) | {"forum_id": here.accord.forum_id}
    return list(db.execute(insert(Thread).returning(col(Thread.id)), [blank] * count).scalars())


def _blank(table: type[SQLModel]) -> dict[str, Any]:
    """What a row holds where nothing is said: an import inserts in bulk, without an object for each row, because it
    holds the one writer of SQLite meanwhile."""
    return {
        name: field.get_default() for name, field in table.model_fields.items()
        if name != "id" and not field.is_required()
    }  # fmt: skip


def _need(here: Choices, form: TranscriptionForm) -> dict[str, Any]:
    commune = here.commune(form.place)
    return {
        "accord_id": here.accord.id, "territory_id": here.territory.territory_id,
        "commune_insee": commune.insee if commune else None, "theme_id": here.themes[form.theme].id,
        "college": form.college.value, "signature": need_verbs.signature(form.college, here.territory, commune),
        "title": form.title, "text": form.text, "origin": form.origin.value, "status": _SUBMITTED.value,
        "stage": FollowUp.RECEIVED.value, "campaign_id": form.campaign_id, "sheet_ref": form.sheet_ref or None,
        "collected_on": form.collected_on,
    }  # fmt: skip


def _stubs(db: Session, here: Choices, forms: Sequence[TranscriptionForm]) -> dict[str, str]:
    """What recognises the code of each printed sheet among these, by its reference."""
    wanted: dict[int, dict[int, str]] = {}
    for form in forms:
        found = numbered(here, form.sheet_ref)
        if found:
            wanted.setdefault(found[0].id or 0, {})[found[1]] = form.sheet_ref
    digests: dict[str, str] = {}
    for campaign_id, refs in wanted.items():
        sheets = db.exec(
            select(PrintedSheet).where(
                PrintedSheet.campaign_id == campaign_id, col(PrintedSheet.number).between(min(refs), max(refs))
            )
        )
        digests |= {refs[sheet.number]: sheet.digest for sheet in sheets if sheet.number in refs}
    return digests


def _references(db: Session, here: Choices, count: int) -> list[str]:
    """As many new public references, none of them used yet."""
    fresh: set[str] = set()
    while len(fresh) < count:
        drawn = {f"{here.territory.code}-{random_code(4)}" for _one in range(count - len(fresh))}
        for chunk in _chunks(sorted(drawn), 500):
            drawn -= set(db.exec(select(col(Need.reference)).where(col(Need.reference).in_(chunk))).all())
        fresh |= drawn
    return list(fresh)


def _chunks(values: list[str], size: int) -> list[list[str]]:
    return [values[start : start + size] for start in range(0, len(values), size)]
