"""The lifecycle of a fiche: what must be written before a move, why it left, who is told."""

from sqlmodel import Session

from app.actions import queries
from app.actions.models import ActionSheet
from app.actions.service.writing import announce, in_hand, publish_version, tell_followers
from app.actions.states import FIELD_LABELS, REASONED, SHEET, SHEET_LABELS, Sheet, missing, whole
from app.core.db import now
from app.core.errors import ConflictError, DomainError
from app.core.i18n import gettext as _


class MissingFieldsError(DomainError):
    """Something must be written first: ``fields`` are keys of ``states.FIELD_LABELS``."""

    status = 422  # type: ignore[assignment]

    def __init__(self, fields: list[str]) -> None:
        self.fields = fields
        listed = ", ".join(_(FIELD_LABELS[name]).lower() for name in fields)
        super().__init__(_("Il manque encore : %(fields)s.") % {"fields": listed})


def move(
    db: Session, sheet: ActionSheet, verb: str, *, by: int | None, note: str = "", addressee: str = ""
) -> None:  # fmt: skip
    """Take a fiche one step further, or out; the needs behind it follow.

    Raises:
        ConflictError: the table has no such move from where the fiche is.
        MissingFieldsError: the words that the move asks for are not written.
        DomainError: an exit without its reason, or a redirection to nobody.
    """
    in_hand(db, sheet)
    if SHEET.allows(sheet.status, verb):
        _ready(sheet, verb, note, addressee)
    told = f"{addressee} · {note}" if verb == "redirect" else note
    SHEET.move(db, sheet, verb, by=by, note=told or None)
    sheet.exit_reason = note if verb in REASONED else None
    sheet.addressee = addressee if verb == "redirect" else None
    sheet.changed_at = now()
    if verb == "make_candidate" and _unpublished(db, sheet):
        publish_version(db, sheet, by=by, note=note[:300] or _("La fiche devient candidate."))
    else:
        announce(db, sheet, by=by)
        state = _("Elle est maintenant à cette étape : %(state)s.") % {"state": _(SHEET_LABELS[Sheet(sheet.status)])}
        told = "\n\n".join(part for part in (state, addressee, note) if part)
        tell_followers(db, sheet, _("Une fiche-action avance : %(title)s"), told, by=by)


def check_seen(db: Session, sheet: ActionSheet, seen: str) -> None:
    """Two people, or two tabs: whoever acts on a state that is no longer there is told, nothing moves.

    Raises:
        ConflictError: the fiche is not where the page that was sent showed it.
    """
    in_hand(db, sheet)
    if seen and seen != sheet.status:
        raise ConflictError(_("La fiche a changé d’étape entre-temps. Voici où elle en est : recommencez si besoin."))


def _ready(sheet: ActionSheet, verb: str, note: str, addressee: str) -> None:
    lacking = missing(verb, sheet.content)
    if lacking:
        raise MissingFieldsError(lacking)
    if verb in REASONED and not note:
        raise DomainError(_("Dites pourquoi, en dix caractères au moins : la raison est publiée."))
    if verb == "redirect" and not addressee:
        raise DomainError(_("Dites quel service ou quelle politique reprend cette fiche."))


def _unpublished(db: Session, sheet: ActionSheet) -> bool:
    """Whether words were saved since the last version."""
    last = queries.version(db, sheet.id or 0, sheet.version)
    return last is None or whole(last.content) != whole(sheet.content)
