"""Gates of the portal: the demonstration only where it was switched on, files."""

from collections.abc import Callable

from app.actions.models import ActionSheet
from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.identity.access import Me
from app.needs.models import Need
from app.policy import NEED_READ, SHEET_READ
from app.portal.queries import files as portal_files
from app.threads.models import File
from app.threads.queries import files


def demo_only() -> None:
    """None of it exists unless the demonstration setting is on."""
    if not get_settings().demo:
        raise NotFoundError


def file_for(right: str) -> Callable[..., File]:
    """A dependency: this photo or document, if the right is held on it and what it is on may be read."""

    def load(db: Db, me: Me, file_id: int) -> File:
        file = files.one(db, file_id)
        owner = portal_files.owner(db, file) if file else None
        if file is None or not file.digest or not me.can(right, file) or not _may_read(me, owner):
            raise NotFoundError(_("Ce fichier n’existe pas, ou n’est pas public."))
        return file

    return load


def _may_read(me: Me, owner: Need | ActionSheet | None) -> bool:
    return owner is not None and me.can(NEED_READ if isinstance(owner, Need) else SHEET_READ, owner)
