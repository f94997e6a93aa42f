"""Verbs on cards: written on a phone or typed by the crew, read, shown; and what they put to the vote."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from app.core import live
from app.core.db import IN_HAND, insert_once, now
from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.core.i18n import gettext as _
from app.core.security import digest, random_code
from app.threads import service as threads
from app.threads.states import MODERATION, Moderation, RefusalReason
from app.workshops.forms import MAX_OPTIONS
from app.workshops.forms.cards import CardForm, TypedCardForm
from app.workshops.models import Card, Cluster, Option, Seat, Step, Table, Workshop
from app.workshops.queries.moderating import settled
from app.workshops.service.casting import GRACE
from app.workshops.service.room import count_topic
from app.workshops.service.seats import check_joinable
from app.workshops.states import Room, Signed, StepKind, StepStatus

CODE_LENGTH = 12  # 5 bits each: 60 random bits, as any tracking code
MAX_TYPED = 2_000  # cards of one recueil: beyond, it is a machine
WRITTEN = (Moderation.PENDING.value, Moderation.PUBLISHED.value, Moderation.HIDDEN.value)  # they count in one's limit


Acts = Mapping[Moderation, Callable[[Card], None]]


@dataclass(frozen=True)
class Done:
    """What came of an act on several cards: those it changed, those that somebody else had changed meanwhile."""

    cards: tuple[int, ...]
    missed: int


def write(db: Session, workshop: Workshop, step: Step, seat: Seat, form: CardForm) -> Card:
    """A card of this seat, or of its whole table; the same ``key`` twice is one card.

    Raises:
        ForbiddenError: the seat is of another room or of somebody else, or the room is not open.
        ConflictError: the recueil is not open, or this seat wrote as many cards as one may.
    """
    check_joinable(workshop)
    if seat.workshop_id != workshop.id or step.workshop_id != workshop.id:
        raise ForbiddenError(_("Votre place est dans un autre atelier : cette carte n’est pas gardée ici."))
    if form.seat not in (None, seat.id):
        raise ForbiddenError(_("Une autre personne a écrit cette carte sur cet appareil : elle n’est pas gardée."))
    db.refresh(seat, ["table_id"], with_for_update=IN_HAND)  # two cards at once: the second counts the first
    key = digest(f"{seat.id} {step.id} {form.key or form.text}")
    already = _of_key(db, key)
    while already and not form.key and already.status == Moderation.WITHDRAWN:  # taken back, then written again
        key = digest(f"{key} {already.id}")
        already = _of_key(db, key)
    if already:
        return already
    _check_open(db, step)
    if _written(db, step, seat) >= step.cards:
        raise ConflictError(_("Vous avez écrit toutes vos cartes : %(n)s au plus par personne.") % {"n": step.cards})
    table_id = seat.table_id if step.signed == Signed.TABLE else None
    if form.table and table_id is None:
        raise ConflictError(_("Vous n’avez pas dit à quelle table vous êtes : décochez « au nom de la table »."))
    return _keep(db, workshop, step, form.text, key, seat, table_id, None if form.table else seat.college)


def type_in(db: Session, workshop: Workshop, step: Step, form: TypedCardForm, *, by: int) -> Card:
    """A card that the crew types: in the name of a table, or from a note on paper.

    Raises:
        ConflictError: the recueil has not begun, or the report is published.
        NotFoundError: no such table in this room.
    """
    check_working(workshop)
    if step.status == StepStatus.WAITING:
        raise ConflictError(_("Ce recueil n’est pas encore ouvert."))
    key = digest(f"typed {by} {form.key}")
    already = _of_key(db, key)
    if already:
        return already
    table = db.get(Table, form.table) if form.table else None
    if form.table and (table is None or table.workshop_id != workshop.id):
        raise NotFoundError(_("Cette table n’existe pas dans cet atelier."))
    if _count(db, step) >= MAX_TYPED:
        raise ConflictError(_("Ce recueil a déjà trop de cartes."))
    college = form.college.value if form.college and table is None else None
    return _keep(db, workshop, step, form.text, key, None, table.id if table else None, college, by=by)


def _keep(
    db: Session, workshop: Workshop, step: Step, text: str, key: str, seat: Seat | None, table_id: int | None,
    college: str | None, by: int | None = None,
) -> Card:  # fmt: skip
    insert_once(
        db, Card, step_id=step.id, seat_id=seat.id if seat else None, table_id=table_id, college=college, key=key,
        text=text, status=Moderation.DRAFT.value, place=0, created_at=now(),
    )  # fmt: skip
    card = db.exec(select(Card).where(Card.key == key)).one()
    if card.status == Moderation.DRAFT:
        MODERATION.move(db, card, "submit" if step.approve else "post", by=by)
        card.published_at = None if step.approve else now()
        card.place = card.id or 0
    tell(db, workshop)
    return card


def _of_key(db: Session, key: str) -> Card | None:
    return db.exec(select(Card).where(Card.key == key)).first()


def _check_open(db: Session, step: Step) -> None:
    """A recueil in hand waits to close until the card is kept; a card on its way has a few seconds more."""
    db.refresh(step, ["status", "closed_at"], with_for_update={"read": True})
    if step.kind != StepKind.CARDS or step.status == StepStatus.WAITING:
        raise ConflictError(_("Ce recueil n’est pas encore ouvert."))
    late = step.status == StepStatus.CLOSED and step.closed_at and now() - step.closed_at <= GRACE
    if step.status != StepStatus.OPEN and not late:
        raise ConflictError(_("Le recueil est terminé : cette carte n’est pas gardée."))


def _written(db: Session, step: Step, seat: Seat) -> int:
    mine = (Card.step_id == step.id, Card.seat_id == seat.id, col(Card.status).in_(WRITTEN))
    return int(db.exec(select(func.count()).where(*mine)).one())


def _count(db: Session, step: Step) -> int:
    return int(db.exec(select(func.count()).where(Card.step_id == step.id)).one())


def take_back(db: Session, workshop: Workshop, card: Card, seat: Seat) -> None:
    """Its author takes back a card that nobody has read.

    Raises:
        ForbiddenError: it is somebody else's.
        ConflictError: it was read meanwhile.
    """
    if card.seat_id != seat.id:
        raise ForbiddenError(_("Cette carte n’est pas la vôtre."))
    db.refresh(card, ["status"], with_for_update=IN_HAND)
    if card.status == Moderation.WITHDRAWN:
        return
    if card.status != Moderation.PENDING:
        raise ConflictError(_("Cette carte a été lue entre-temps : demandez à l’animation de la retirer."))
    MODERATION.move(db, card, "withdraw", by=None)
    tell(db, workshop)


def follow(db: Session, seat: Seat) -> str:
    """A new code, to be shown once, by which the author of these cards follows them; a former one stops working."""
    code = random_code(CODE_LENGTH)
    seat.tracking = digest(code)
    db.add(seat)
    return code


def approve(db: Session, workshop: Workshop, step: Step, ids: Iterable[int], *, by: int) -> Done:
    """Show these cards to everybody; those that were read meanwhile stay as they are."""

    def verb(card: Card) -> None:
        MODERATION.move(db, card, "publish", by=by)
        card.reason, card.published_at = None, now()

    return _each(db, workshop, step, ids, {Moderation.PENDING: verb})


def refuse(
    db: Session, workshop: Workshop, step: Step, ids: Iterable[int], reason: RefusalReason, *, by: int
) -> Done:  # fmt: skip
    """Do not show these cards, or show them no more, by a rule of the charter that their authors read.

    What moderators decided stays as they decided.
    """

    def verb(name: str, card: Card) -> None:
        MODERATION.move(db, card, name, by=by, note=reason.value)
        card.reason = reason.value

    acts = {
        Moderation.PENDING: lambda card: verb("refuse", card),
        Moderation.PUBLISHED: lambda card: verb("hide", card),
    }
    return _each(db, workshop, step, ids, acts, anytime=True, but=lambda card: bool(settled(db, [card.id or 0])))


def undo(db: Session, workshop: Workshop, step: Step, ids: Iterable[int], *, by: int) -> Done:
    """Take a decision back: the card waits to be read again; one that was taken off is shown again.

    What moderators decided stays as they decided.
    """

    def again(card: Card) -> None:
        MODERATION.move(db, card, "undo_reading", by=by)
        card.reason, card.published_at, card.cluster_id = None, None, None

    def restore(card: Card) -> None:
        MODERATION.move(db, card, "restore", by=by)
        card.reason = None

    acts = {Moderation.PUBLISHED: again, Moderation.REFUSED: again, Moderation.HIDDEN: restore}

    def kept(card: Card) -> bool:
        return card.need_id is not None or bool(settled(db, [card.id or 0]))

    return _each(db, workshop, step, ids, acts, but=kept)


def _each(
    db: Session, workshop: Workshop, step: Step, ids: Iterable[int], acts: Acts, *, anytime: bool = False,
    but: Callable[[Card], bool] = lambda _card: False,
) -> Done:  # fmt: skip
    """Do it to the cards whose status has an act; the others were changed by somebody else."""
    if not anytime:
        check_working(workshop)
    done, missed = [], 0
    for card in in_hand(db, step, ids):
        act = acts.get(Moderation(card.status))
        if act is None or but(card):
            missed += 1
            continue
        act(card)
        db.add(card)
        done.append(card.id or 0)
    tell(db, workshop)
    return Done(tuple(done), missed)


def in_hand(db: Session, step: Step, ids: Iterable[int]) -> list[Card]:
    """These cards of this recueil, in an order that two people share, until the end of the transaction."""
    wanted = (col(Card.id).in_(list(ids)), Card.step_id == step.id)
    statement = select(Card).where(*wanted).order_by(col(Card.id)).with_for_update(**IN_HAND)
    return list(db.exec(statement.execution_options(populate_existing=True)).all())


def check_working(workshop: Workshop) -> None:
    """Cards are read and grouped until the report is published.

    Raises:
        ConflictError: it is published.
    """
    if workshop.status == Room.PUBLISHED:
        raise ConflictError(_("Le compte rendu est publié : les cartes et les groupes ne changent plus."))


def tell(db: Session, workshop: Workshop) -> None:
    """The projector, the console and the page of cards look again; phones do not. Nor moderators, while it is open."""
    live.publish(db, count_topic(workshop))
    if workshop.over:
        threads.queue_moved(db, workshop.territory_id)


def options_from(db: Session, step: Step) -> None:
    """One option for each group of cards of the recueil that this vote is about, unless it has options already.

    Raises:
        ConflictError: fewer than two groups, or more than a ballot holds.
    """
    if not step.source_id or db.exec(select(Option.id).where(Option.step_id == step.id)).first():
        return
    source = db.get_one(Step, step.source_id)
    recueil = source.source_id if source.kind == StepKind.GROUPING else source.id
    held = select(Card.cluster_id).where(Card.step_id == recueil, Card.status == Moderation.PUBLISHED.value)
    wanted = (Cluster.step_id == recueil, col(Cluster.id).in_(held))
    clusters = db.exec(select(Cluster).where(*wanted).order_by(col(Cluster.position), col(Cluster.id))).all()
    if not 2 <= len(clusters) <= MAX_OPTIONS:
        words = _("Ce vote porte sur des groupes de cartes : il en faut de 2 à %(most)s, il y en a %(n)s.")
        raise ConflictError(words % {"most": MAX_OPTIONS, "n": len(clusters)})
    for position, cluster in enumerate(clusters):
        db.add(Option(step_id=step.id or 0, position=position, title=cluster.title, cluster_id=cluster.id))
    db.flush()
