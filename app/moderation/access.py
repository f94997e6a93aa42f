"""What a moderator may open: their territories' contributions, never their own."""

from app.accords.access import found
from app.core.db import Db
from app.core.errors import NotFoundError
from app.identity.access import Me, check
from app.needs import queries as needs
from app.needs.models import Need
from app.policy import COMMENT_MODERATE, NEED_MODERATE
from app.threads import queries as threads
from app.threads.models import Comment


def moderated_need(db: Db, me: Me, item_id: int) -> Need:
    """This need, if this moderator may decide on it; another territory's does not exist here."""
    need = found(needs.one(db, item_id))
    if not me.holds("moderator", need.territory_id):
        raise NotFoundError
    check(me, NEED_MODERATE, need)
    return need


def moderated_comment(db: Db, me: Me, item_id: int) -> Comment:
    """This comment, on the same terms."""
    comment = found(threads.comment(db, item_id))
    if not me.holds("moderator", comment.territory_id):
        raise NotFoundError
    check(me, COMMENT_MODERATE, comment)
    return comment
