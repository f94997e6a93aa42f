"""What a moderator may open: their territories' contributions, never their own, nor what they stepped back from."""

from app.core.db import Db
from app.core.errors import ForbiddenError, NotFoundError
from app.core.i18n import gettext as _
from app.identity.access import Me, check
from app.moderation.models import Appeal, Report
from app.moderation.queries import appeals, items
from app.moderation.queries.items import RIGHTS, Item
from app.moderation.queries.subjects import KINDS, Subject, is_public, subject
from app.moderation.states import Kind
from app.policy import APPEAL_DECIDE, WORKSHOP_REPORT
from app.policy.rules import conductor, own, scribe
from app.threads.states import Moderation
from app.workshops.models import Card


def moderated(db: Db, me: Me, kind: Kind, item_id: int) -> Item:
    """This thing of the queue, if this moderator may decide on it; another territory's does not exist here.

    An appeal of a Conseil where nobody is left to answer is everybody's.
    """
    item = items.one(db, kind, item_id) if item_id < 2**31 else None
    if item is None:
        raise NotFoundError
    if isinstance(item, Appeal):
        judged = appeals.judged(db, item)
        if not (judged.elsewhere or me.holds("moderator", item.territory_id)):
            raise NotFoundError
        check(me, APPEAL_DECIDE, judged)
        if me.person_id in appeals.decided_against(db, item):
            raise ForbiddenError(_("Vous avez décidé de ces mots : une autre personne les relit."))
    else:
        if not me.holds("moderator", item.territory_id):
            raise NotFoundError
        check(me, RIGHTS[str(item.__tablename__)], item)
    if isinstance(item, Report):
        _not_mine(db, me, item)
    if items.is_recused(db, item, me.person_id):
        raise ForbiddenError(_("Vous avez confié cette relecture à quelqu’un d’autre."))
    return item


def _not_mine(db: Db, me: Me, report: Report) -> None:
    """A report on one's own words, those of one's organisation or a card of one's own room is for somebody else."""
    about = subject(db, report.subject_kind, report.subject_id)
    if about is not None and own(me, about):
        raise ForbiddenError(_("Ce signalement porte sur vos mots : quelqu’un d’autre décide."))
    if isinstance(about, Card) and (conductor | scribe)(me, about):
        raise ForbiddenError(_("Ce signalement porte sur un atelier que vous animiez : quelqu’un d’autre décide."))


def contribution(db: Db, me: Me, kind: Kind, item_id: int) -> Subject:
    """As ``moderated``, for what people write and that is published or not: neither reports nor appeals."""
    item = moderated(db, me, kind, item_id)
    if isinstance(item, Report | Appeal):
        raise NotFoundError
    return item


def reported(db: Db, me: Me, kind: str, item_id: int) -> Subject:
    """What somebody reports: a need, a comment, a file or a card that everyone may read.

    A card of a report in preparation, for those who read it.
    """
    table = {k.value: t for k, t in KINDS.items() if k != Kind.PROFILE}.get(kind)
    about = subject(db, table, item_id) if table and item_id < 2**31 else None
    if about is None or not (is_public(db, about) or _in_preparation(me, about)):
        raise NotFoundError(_("Cette contribution n’existe pas, ou n’est pas publique."))
    return about


def _in_preparation(me: Me, about: Subject) -> bool:
    """Whether it is shown in a report that is not published yet, and that this person may read; none is before."""
    if not isinstance(about, Card) or about.status != Moderation.PUBLISHED or not about.room_over:
        return False
    return me.can(WORKSHOP_REPORT, about.step.workshop)
