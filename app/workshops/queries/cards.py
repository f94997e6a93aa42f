"""Reads of cards and of the groups made of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, func, select

from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.security import digest
from app.identity.states import COLLEGE_LABELS, College
from app.needs.models import Need, NeedGroup
from app.needs.queries import PUBLIC
from app.threads.states import Moderation
from app.workshops.models import Card, Cluster, Seat, Step, Table
from app.workshops.queries.walls import NOT_SHOWN, SHOWN, CardView, ClusterView, Link, Wall
from app.workshops.states import Signed, StepKind

KINDS = frozenset({StepKind.CARDS.value, StepKind.GROUPING.value})


def of_step(db: Session, step_ids: Iterable[int]) -> dict[int, Wall]:
    """The cards of each of these recueils, whatever their number in four queries at most."""
    ids = list(step_ids)
    if not ids:
        return {}
    clusters = db.exec(
        select(Cluster).where(col(Cluster.step_id).in_(ids)).order_by(col(Cluster.position), col(Cluster.id))
    ).all()
    rows = _cards(db, col(Card.step_id).in_(ids))
    needs, groups = _links(db, clusters, [card.need_id for card, *_rest in rows])
    walls: dict[int, list[CardView]] = defaultdict(list)
    for card, step, table in rows:
        walls[card.step_id].append(_view(card, step, table, needs))
    return {key: _wall(key, [c for c in clusters if c.step_id == key], walls[key], needs, groups) for key in ids}


def source_of(step: Step) -> int | None:
    """The recueil that this step is about: itself, or the one whose cards it groups."""
    if step.kind == StepKind.CARDS:
        return step.id
    return step.source_id if step.kind == StepKind.GROUPING else None


def wall(db: Session, step: Step | None) -> Wall | None:
    """The cards that a recueil or a regroupement shows; None for another step."""
    source = source_of(step) if step else None
    return of_step(db, [source])[source] if source else None


def recueils(db: Session, workshop_id: int) -> Sequence[Step]:
    """The recueils of a workshop, in the order of its run sheet."""
    wanted = select(Step).where(Step.workshop_id == workshop_id, Step.kind == StepKind.CARDS.value)
    return db.exec(wanted.order_by(col(Step.position), col(Step.id))).all()


def beside(db: Session, steps: Sequence[Step], step: Step | None) -> Wall | None:
    """What the console shows of cards: those of the present step, or of the last recueil if some are to be read."""
    present = wall(db, step)
    if present:
        return present
    opened = [each for each in steps if each.kind == StepKind.CARDS and each.opened_at]
    last = wall(db, opened[-1]) if opened else None
    return last if last and last.pending else None


def pending(db: Session, workshop_id: int) -> int:
    """How many cards of a room wait to be read."""
    mine = select(Step.id).where(Step.workshop_id == workshop_id)
    waiting = select(func.count()).where(col(Card.step_id).in_(mine), Card.status == Moderation.PENDING.value)
    return int(db.exec(waiting).one())


def of_seat(db: Session, seat_id: int, step_id: int | None = None) -> list[CardView]:
    """What one seat wrote, in one recueil or in all, the newest first; the cards that it took back are left out."""
    mine = [Card.seat_id == seat_id, Card.status != Moderation.WITHDRAWN.value]
    rows = sorted(_cards(db, *mine, *([Card.step_id == step_id] if step_id else [])), key=lambda row: -row[0].id)
    needs, _groups = _links(db, [], [card.need_id for card, *_rest in rows])
    return [_view(card, step, table, needs) for card, step, table in rows]


@dataclass(frozen=True)
class Fate:
    """A card, and the group in which it is, with what the group became."""

    card: CardView
    group: ClusterView | None


def fates(db: Session, seat_id: int) -> list[Fate]:
    """What became of the cards of one seat, the newest first."""
    inside = {
        card.id: cluster for wall in _walls_of(db, seat_id) for cluster in wall.clusters for card in cluster.cards
    }
    return [Fate(card, inside.get(card.id)) for card in of_seat(db, seat_id)]


def _walls_of(db: Session, seat_id: int) -> Iterable[Wall]:
    steps = db.exec(select(Card.step_id).where(Card.seat_id == seat_id).distinct()).all()
    return of_step(db, steps).values()


def typed(db: Session, step_id: int, limit: int) -> list[CardView]:
    """The last cards that the crew typed in."""
    rows = sorted(_cards(db, Card.step_id == step_id, col(Card.seat_id).is_(None)), key=lambda row: -row[0].id)
    return [_view(card, step, table, {}) for card, step, table in rows[:limit]]


def one(db: Session, card_id: int) -> Card | None:
    """One card."""
    return db.get(Card, card_id)


def cluster(db: Session, cluster_id: int) -> Cluster | None:
    """One group of cards."""
    return db.get(Cluster, cluster_id)


def by_tracking(db: Session, code: str) -> Seat | None:
    """The seat that asked for this code to follow its cards."""
    return db.exec(select(Seat).where(Seat.tracking == digest(code))).first()


def _cards(db: Session, *wanted: Any) -> list[Any]:
    statement = (
        select(Card, Step, Table)
        .join(Step, col(Step.id) == Card.step_id)
        .outerjoin(Table, col(Table.id) == Card.table_id)
        .where(*wanted)
        .order_by(col(Card.place), col(Card.id))
    )
    return list(db.execute(statement))


def _links(
    db: Session, clusters: Sequence[Cluster], more: Iterable[int | None]
) -> tuple[dict[int, Link], dict[int, Link]]:
    wanted = {c.need_id for c in clusters if c.need_id} | {key for key in more if key}
    grouped = {c.group_id for c in clusters if c.group_id}
    needs = db.exec(select(Need).where(col(Need.id).in_(wanted))).all() if wanted else []
    groups = db.exec(select(NeedGroup).where(col(NeedGroup.id).in_(grouped))).all() if grouped else []
    return {n.id or 0: _need_link(n) for n in needs}, {g.id or 0: _group_link(g) for g in groups}


def links(db: Session, need_ids: Iterable[int]) -> list[Link]:
    """These needs, for whoever must know where words are quoted."""
    return list(_links(db, [], need_ids)[0].values())


def _need_link(need: Need) -> Link:
    public = need.status in PUBLIC
    path = f"/besoins/{need.id}" if public else ""
    return Link(need.id or 0, need.reference, need.title if public else "", path, need.status)


def _group_link(group: NeedGroup) -> Link:
    return Link(group.id or 0, group.reference, group.title, f"/besoins-partages/{group.id}", group.status)


def table_name(table: Table) -> str:
    """« Table 4 », with what it is called if it has a name."""
    name = _("Table %(n)s") % {"n": table.number}
    return f"{name}, {table.label}" if table.label else name


def table_people(table: Table) -> str:
    """« Table 4, 12 personnes »: how a card of a whole table is signed."""
    if not table.people:
        return table_name(table)
    people = ngettext("%(n)s personne", "%(n)s personnes", table.people) % {"n": table.people}
    return f"{table_name(table)}, {people}"


def _whole_table(table: Table) -> str:
    """Never the words by which somebody signs who sits there: how many are not always known."""
    return table_people(table) if table.people else _("%(table)s, toute la table") % {"table": table_name(table)}


def signature(card: Card, step: Step, table: Table | None) -> str:
    """What a card says of who wrote it: what its step promised, and no more."""
    if table is not None and step.signed == Signed.TABLE:
        return table_name(table) if card.college else _whole_table(table)
    if card.college and step.signed == Signed.COLLEGE:
        return _(COLLEGE_LABELS[College(card.college)])
    return ""


def _view(card: Card, step: Step, table: Table | None, needs: Mapping[int, Link]) -> CardView:
    return CardView(
        card.id or 0, card.text, signature(card, step, table), card.status, card.college, card.cluster_id,
        card.reason, card.created_at, needs.get(card.need_id or 0), card.published_at,
    )  # fmt: skip


def _wall(
    step_id: int, clusters: Sequence[Cluster], cards: Sequence[CardView], needs: Mapping[int, Link],
    groups: Mapping[int, Link],
) -> Wall:  # fmt: skip
    shown: dict[int | None, list[CardView]] = defaultdict(list)
    lines: dict[int | None, list[CardView]] = defaultdict(list)
    for card in cards:
        if card.status in SHOWN:
            shown[card.cluster_id].append(card)
        if card.status in SHOWN or card.masked:
            lines[card.cluster_id].append(_without_words(card) if card.masked else card)
    refused = [c for c in cards if c.status in NOT_SHOWN]
    return Wall(
        step_id,
        [
            ClusterView(
                c.id or 0, c.title, shown[c.id], needs.get(c.need_id or 0), groups.get(c.group_id or 0), lines[c.id]
            )
            for c in clusters
        ],
        shown[None],
        sorted((c for c in cards if c.status == Moderation.PENDING), key=lambda c: c.id),
        refused,
        sum(card.status != Moderation.WITHDRAWN for card in cards),
        Counter(card.reason or "" for card in refused if not card.masked),
        lines[None],
    )  # fmt: skip


def _without_words(card: CardView) -> CardView:
    return replace(card, text="", signed="", college=None, need=None)
