"""Load-or-404-or-403 for fiches-actions."""

import re
from collections.abc import Callable

from app.actions import queries
from app.actions.models import ActionSheet
from app.core.db import Db
from app.core.errors import ForbiddenError, NotFoundError
from app.core.i18n import gettext as _
from app.identity.access import Me, check
from app.policy import SHEET_COMMENT, SHEET_EDIT, SHEET_POSITION, SHEET_READ
from app.policy.rules import DEBATED, LEFT

_REFERENCE = re.compile(r"FA-[1-9][0-9]{0,8}")


def _closed(right: str, sheet: ActionSheet) -> str | None:
    """Why nobody may do this now, in words; None when it is a matter of roles."""
    if right == SHEET_EDIT and sheet.status in LEFT:
        return _("Cette fiche est sortie de l’accord : son texte ne change plus.")
    if right == SHEET_POSITION and sheet.status not in DEBATED:
        return _("Cette fiche n’est pas en débat : on prend position sur une fiche candidate.")
    if right == SHEET_POSITION:
        return _("Les positions sont fermées : le calendrier du territoire ne les ouvre pas en ce moment.")
    if right == SHEET_COMMENT and sheet.status in LEFT:
        return _("Cette fiche est sortie de l’accord : elle ne reçoit plus de commentaire.")
    if right == SHEET_COMMENT:
        return _("Les commentaires sont fermés : le calendrier du territoire ne les ouvre pas en ce moment.")
    return None


def sheet_for(right: str) -> Callable[..., ActionSheet]:
    """A dependency: this fiche, if it may be read and the right is held on it."""

    def load(db: Db, me: Me, ref: str) -> ActionSheet:
        sheet = queries.by_ref(db, ref) if _REFERENCE.fullmatch(ref.upper()) else None
        if sheet is None or not me.can(SHEET_READ, sheet):
            raise NotFoundError(_("Cette fiche-action n’existe pas, ou n’est pas encore publiée."))
        public_act = right in (SHEET_POSITION, SHEET_COMMENT) or sheet.status in LEFT
        words = _closed(right, sheet) if public_act and not me.can(right, sheet) else None
        if words:
            raise ForbiddenError(words)
        check(me, right, sheet)
        return sheet

    return load
