"""Verbs on groups of cards: make one, name it, fill it, merge two, order them. The cards themselves never change."""

from collections.abc import Mapping

from sqlmodel import Session, col, func, select

from app.core.db import IN_HAND
from app.core.errors import ConflictError, NotFoundError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.threads.states import Moderation
from app.workshops.models import Card, Cluster, Option, Step, Workshop
from app.workshops.service.cards import Done, check_working, in_hand, tell

MAX_CLUSTERS = 60  # of one recueil


def make(db: Session, workshop: Workshop, step: Step, title: str, *, by: int) -> Cluster:
    """A new group, after the others.

    Raises:
        ConflictError: the report is published, another group has this title, or there are too many.
    """
    check_working(workshop)
    _in_turn(db, step)
    _check_title(db, step.id or 0, title)
    last, total = db.exec(select(func.max(Cluster.position), func.count()).where(Cluster.step_id == step.id)).one()
    if total >= MAX_CLUSTERS:
        raise ConflictError(_("Ce recueil a déjà %(n)s groupes : fusionnez-en d’abord.") % {"n": MAX_CLUSTERS})
    cluster = Cluster(step_id=step.id or 0, position=(last or 0) + 1, title=title)
    note_event(db, cluster, "create", by=by)
    tell(db, workshop)
    return cluster


def _in_turn(db: Session, step: Step) -> None:
    """One writer of groups at a time in a recueil: titles and order are those of all of them."""
    db.execute(select(Step.id).where(Step.id == step.id).with_for_update(**IN_HAND))


def _again(db: Session, cluster: Cluster) -> None:
    """Read it again once its recueil is in turn: somebody may have changed it, carried it out or taken it away.

    Raises:
        NotFoundError: it is gone.
    """
    statement = select(Cluster).where(Cluster.id == cluster.id).with_for_update(**IN_HAND)
    if db.exec(statement.execution_options(populate_existing=True)).first() is None:
        raise NotFoundError(_("Ce groupe n’existe plus : quelqu’un vient de le défaire."))


def _check_title(db: Session, step_id: int, title: str, *, but: int | None = None) -> None:
    taken = db.exec(select(Cluster).where(Cluster.step_id == step_id)).all()
    if any(c.title.casefold() == title.casefold() and c.id != but for c in taken):
        raise ConflictError(_("Un groupe porte déjà ce titre : mettez-y vos cartes, ou choisissez-en un autre."))


def rename(db: Session, workshop: Workshop, cluster: Cluster, title: str, *, seen: str, by: int) -> None:
    """Another title.

    Raises:
        ConflictError: somebody else changed it since it was shown (``seen``).
    """
    check_working(workshop)
    _in_turn(db, db.get_one(Step, cluster.step_id))
    _again(db, cluster)
    if cluster.title == title:
        return
    if seen and cluster.title != seen:
        words = _("Quelqu’un d’autre vient de renommer ce groupe « %(title)s ».")
        raise ConflictError(words % {"title": cluster.title})
    _check_title(db, cluster.step_id, title, but=cluster.id)
    cluster.title = title
    note_event(db, cluster, "edit", by=by)
    tell(db, workshop)


def move(
    db: Session, workshop: Workshop, step: Step, picked: Mapping[int, int], cluster: Cluster | None
) -> Done:  # fmt: skip
    """Put cards in a group, at its end, or in none. ``picked``: the group in which each was seen, 0 for none.

    A card that somebody else moved meanwhile stays where they put it.
    """
    check_working(workshop)
    if cluster and cluster.step_id != step.id:
        raise NotFoundError(_("Ce groupe n’existe pas dans ce recueil."))
    _in_turn(db, step)
    if cluster:
        _again(db, cluster)
    cards = {card.id or 0: card for card in in_hand(db, step, picked)}
    free = [key for key, seen in picked.items() if key in cards and _as_seen(cards[key], seen)]
    place = _last_place(db, step)
    for n, key in enumerate(free, start=1):
        cards[key].cluster_id, cards[key].place = cluster.id if cluster else None, place + n
        db.add(cards[key])
    tell(db, workshop)
    return Done(tuple(free), len(picked) - len(free))


def _as_seen(card: Card, seen: int) -> bool:
    return card.status == Moderation.PUBLISHED and (card.cluster_id or 0) == seen


def _last_place(db: Session, step: Step) -> int:
    return db.exec(select(func.max(Card.place)).where(Card.step_id == step.id)).one() or 0


def merge(db: Session, workshop: Workshop, cluster: Cluster, other: Cluster, *, by: int) -> None:
    """The cards of ``other`` come after those of ``cluster``, and ``other`` goes.

    Raises:
        ConflictError: the report is published, or ``other`` became a need or is put to the vote.
    """
    if other.id == cluster.id or other.step_id != cluster.step_id:
        raise NotFoundError(_("Choisissez un autre groupe du même recueil."))
    check_working(workshop)
    step = db.get_one(Step, cluster.step_id)
    _in_turn(db, step)
    _again(db, cluster)
    _again(db, other)
    _check_free(db, other)
    inside = select(Card.id).where(Card.cluster_id == other.id).order_by(col(Card.place), col(Card.id))
    moved = list(db.exec(inside).all())
    cards, place = {card.id: card for card in in_hand(db, step, [key for key in moved if key])}, _last_place(db, step)
    for n, key in enumerate(moved, start=1):
        cards[key].cluster_id, cards[key].place = cluster.id, place + n
        db.add(cards[key])
    note_event(db, cluster, "group", by=by, note=other.title)
    db.flush()
    db.delete(other)
    tell(db, workshop)


def undo_group(db: Session, workshop: Workshop, cluster: Cluster, *, by: int) -> None:
    """Take a group away; its cards have none any more.

    Raises:
        ConflictError: the report is published, or it became a need or is put to the vote.
    """
    check_working(workshop)
    step = db.get_one(Step, cluster.step_id)
    _in_turn(db, step)
    _again(db, cluster)
    _check_free(db, cluster)
    inside = db.exec(select(Card.id).where(Card.cluster_id == cluster.id)).all()
    for card in in_hand(db, step, [key for key in inside if key]):
        card.cluster_id = None
        db.add(card)
    note_event(db, step, "ungroup", by=by, note=cluster.title)
    db.flush()
    db.delete(cluster)
    tell(db, workshop)


def _check_free(db: Session, cluster: Cluster) -> None:
    if cluster.need_id or cluster.group_id:
        raise ConflictError(_("Ce groupe est devenu un besoin, ou en a rejoint un : détachez-le d’abord."))
    if db.exec(select(Option.id).where(Option.cluster_id == cluster.id)).first():
        raise ConflictError(_("Ce groupe est dans un vote : il ne disparaît plus."))


def shift(db: Session, workshop: Workshop, cluster: Cluster, offset: int) -> None:
    """Earlier or later among the groups."""
    check_working(workshop)
    step = db.get_one(Step, cluster.step_id)
    _in_turn(db, step)
    _again(db, cluster)
    rows = list(
        db.exec(
            select(Cluster).where(Cluster.step_id == step.id).order_by(col(Cluster.position), col(Cluster.id))
        ).all()
    )
    place = next(i for i, row in enumerate(rows) if row.id == cluster.id)
    if not 0 <= place + offset < len(rows):
        return
    rows[place], rows[place + offset] = rows[place + offset], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position
        db.add(row)
    tell(db, workshop)
