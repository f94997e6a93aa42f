"""Load-or-404-or-403 for needs."""

from collections.abc import Callable

from app.core.db import Db
from app.core.errors import ForbiddenError, NotFoundError
from app.core.i18n import gettext as _
from app.identity.access import Me, check
from app.needs import queries
from app.needs.models import Need, NeedGroup
from app.needs.queries import groups
from app.policy import GROUP_READ, GROUP_SUPPORT, NEED_COMMENT, NEED_READ, NEED_SUPPORT

_CLOSED = {
    NEED_SUPPORT: lambda: _("Les soutiens sont fermés : le calendrier du territoire ne les ouvre pas en ce moment."),
    NEED_COMMENT: lambda: _(
        "Les commentaires sont fermés : le calendrier du territoire ne les ouvre pas en ce moment."
    ),
}


def need_for(right: str) -> Callable[..., Need]:
    """A dependency: this need, if it may be read and the right is held on it."""

    def load(db: Db, me: Me, need_id: int) -> Need:
        need = queries.one(db, need_id) if need_id < 2**31 else None
        if need is None or not me.can(NEED_READ, need):
            raise NotFoundError(_("Ce besoin n’existe pas, ou n’est pas public."))
        if right in _CLOSED and not me.can(right, need):
            raise ForbiddenError(_CLOSED[right]())
        check(me, right, need)
        return need

    return load


def group_for(right: str) -> Callable[..., NeedGroup]:
    """A dependency: this group of needs, if it may be read and the right is held on it."""

    def load(db: Db, me: Me, group_id: int) -> NeedGroup:
        group = groups.one(db, group_id) if group_id < 2**31 else None
        if group is None or not me.can(GROUP_READ, group):
            raise NotFoundError(_("Ce besoin partagé n’existe pas, ou n’est plus public."))
        if right == GROUP_SUPPORT and not me.can(right, group):
            raise ForbiddenError(_CLOSED[NEED_SUPPORT]())
        check(me, right, group)
        return group

    return load
