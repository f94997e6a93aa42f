"""Verbs on the tables of a room, and on the codes printed for devices that are lent."""

import secrets

from sqlmodel import Session, col, delete, func, select

from app.core.db import now
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.security import token
from app.workshops import queries
from app.workshops.forms import TablesForm
from app.workshops.models import Card, Crew, Seat, Table, Ticket, Workshop
from app.workshops.service.preparing import CODE_LETTERS, in_hand

TICKET_LENGTH = 8
MOST_TICKETS = 400  # of one room


def set_tables(db: Session, workshop: Workshop, form: TablesForm) -> None:
    """As many tables as said, numbered from 1, each with its name. Keys that are printed stay good.

    Raises:
        ConflictError: a table that would go away is in use.
    """
    in_hand(db, workshop)
    _check_open(workshop)
    tables = list(queries.tables(db, workshop.id or 0))
    going = [table for table in tables if table.number > form.tables]
    if any(_used(db, table.id or 0) for table in going):
        raise ConflictError(_("Des personnes sont déjà à une des tables que vous enlevez : gardez au moins celle-là."))
    db.execute(delete(Table).where(col(Table.id).in_([table.id for table in going])))
    by_number = {table.number: table for table in tables}
    for number, name in enumerate(form.names, start=1):
        table = by_number.get(number) or Table(workshop_id=workshop.id or 0, number=number, key=token(12))
        table.label = name
        db.add(table)


def _used(db: Session, table_id: int) -> bool:
    used = (
        select(Seat.id).where(Seat.table_id == table_id),
        select(Crew.id).where(Crew.table_id == table_id),
        select(Card.id).where(Card.table_id == table_id),
    )
    return any(db.exec(statement.limit(1)).first() for statement in used)


def _check_open(workshop: Workshop) -> None:
    if workshop.over:
        raise ConflictError(_("Cet atelier est terminé : ses tables et ses codes ne changent plus."))


def print_tickets(db: Session, workshop: Workshop, codes: int) -> None:
    """That many more codes, each good for one seat.

    Raises:
        ConflictError: the room is over, or would have more codes than any room needs.
    """
    in_hand(db, workshop)
    _check_open(workshop)
    printed = db.exec(select(func.count()).where(Ticket.workshop_id == workshop.id)).one()
    if printed + codes > MOST_TICKETS:
        raise ConflictError(_("Une salle a %(n)s codes au plus.") % {"n": MOST_TICKETS})
    for _n in range(codes):
        db.add(Ticket(workshop_id=workshop.id or 0, code=_code(db), printed_at=now()))
        db.flush()


def _code(db: Session) -> str:
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _n in range(TICKET_LENGTH))
        if db.exec(select(Ticket.id).where(Ticket.code == code)).first() is None:
            return code
