"""Verbs on who leads: helpers, scribes, and the lead, which only moves by an explicit act of the one who takes it."""

from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, delete, select

from app.core import live, mail
from app.core.db import IN_HAND, insert_once, now
from app.core.errors import ConflictError, ForbiddenError
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.security import token
from app.core.settings import get_settings
from app.identity.models import Person
from app.workshops.models import Crew, Table, Workshop
from app.workshops.service.room import topic
from app.workshops.states import Duty, Room


def _in_hand(db: Session, workshop: Workshop) -> None:
    """One change of the crew at a time; published, a workshop has no crew to change."""
    db.refresh(workshop, ["status", "edited", "lead_id", "offered_to_id"], with_for_update=IN_HAND)
    _read_crew(db, workshop)
    if workshop.status == Room.PUBLISHED:
        raise ConflictError(_("Le compte rendu est publié : l’équipe de cet atelier ne change plus."))


def _read_crew(db: Session, workshop: Workshop) -> None:
    found = db.exec(select(Crew).where(Crew.workshop_id == workshop.id)).all()
    set_committed_value(workshop, "crew", list(found))


def _done(db: Session, workshop: Workshop, verb: str, by: int) -> None:
    """The consoles open elsewhere show the new crew, and whoever acts from an older one is told."""
    workshop.edited += 1
    note_event(db, workshop, verb, by=by)
    live.publish(db, topic(workshop))


def _make_helper(db: Session, workshop: Workshop, person_id: int, by: int) -> None:
    """A co-facilitator, whatever they were in the crew before."""
    values = {"duty": Duty.CO_FACILITATOR.value, "added_by": by, "added_at": now()}
    if not insert_once(db, Crew, workshop_id=workshop.id, person_id=person_id, **values):
        member = db.exec(select(Crew).where(Crew.workshop_id == workshop.id, Crew.person_id == person_id)).one()
        member.sqlmodel_update(values | {"table_id": None})
        db.add(member)


def add_helper(db: Session, workshop: Workshop, person_id: int, *, by: int) -> None:
    """Somebody helps to lead: added by who leads already, or by themselves. Twice is once."""
    _in_hand(db, workshop)
    if person_id in workshop.conductors:
        return
    _make_helper(db, workshop, person_id, by)
    _done(db, workshop, "add_helper", by)


def add_scribe(db: Session, workshop: Workshop, table_id: int | None, *, by: int) -> None:
    """Whoever has the scribes' link writes for a table, or for the whole room; again, they change tables.

    Raises:
        ConflictError: they lead already, which gives more.
        ForbiddenError: the table is of another room.
    """
    _in_hand(db, workshop)
    if by in workshop.conductors:
        raise ConflictError(_("Vous animez déjà cet atelier : la régie vous donne tout ce que fait le secrétariat."))
    table = db.get(Table, table_id) if table_id else None
    if table_id and (table is None or table.workshop_id != workshop.id):
        raise ForbiddenError(_("Cette table n’est pas dans cet atelier."))
    values = {"duty": Duty.SCRIBE.value, "table_id": table_id, "added_by": by, "added_at": now()}
    if not insert_once(db, Crew, workshop_id=workshop.id, person_id=by, **values):
        member = next(each for each in workshop.crew if each.person_id == by)
        member.table_id = table_id
        db.add(member)
    note_event(db, workshop, "add_scribe", by=by)


def leave(db: Session, workshop: Workshop, member: Crew, *, by: int) -> None:
    """Out of the crew: oneself, a scribe by whoever leads with them, a co-facilitator by the lead.

    The link of scribes is another one once somebody was put out: they know the former one.

    Raises:
        ForbiddenError: a co-facilitator does not put another one out.
    """
    _in_hand(db, workshop)
    own, leads = member.person_id == by, workshop.lead_id == by
    if not (own or leads or (member.duty == Duty.SCRIBE and by in workshop.conductors)):
        raise ForbiddenError(_("Seule la personne qui conduit l’atelier peut retirer une personne qui le co-anime."))
    if workshop.offered_to_id == member.person_id:
        workshop.offered_to_id = None
    if not own:
        workshop.crew_key = token(18)
    db.execute(delete(Crew).where(col(Crew.id) == member.id))
    _read_crew(db, workshop)
    _done(db, workshop, "leave_crew", by)


def offer_lead(db: Session, workshop: Workshop, person_id: int, *, by: int) -> None:
    """Ask a co-facilitator to take the lead; nothing changes before they say yes.

    Raises:
        ForbiddenError: who asks does not lead any more, or who is asked does not help to lead.
    """
    _in_hand(db, workshop)
    if workshop.lead_id != by or person_id == by or person_id not in workshop.conductors:
        raise ForbiddenError(_("La conduite se propose à une personne qui co-anime, par celle qui conduit."))
    workshop.offered_to_id = person_id
    _done(db, workshop, "offer_lead", by)


def withdraw_offer(db: Session, workshop: Workshop, *, by: int) -> None:
    """The lead keeps the lead: the question is taken back."""
    _in_hand(db, workshop)
    if workshop.lead_id != by or workshop.offered_to_id is None:
        raise ConflictError(_("Cette proposition a déjà eu sa réponse."))
    workshop.offered_to_id = None
    _done(db, workshop, "withdraw_offer", by)


def answer_offer(db: Session, workshop: Workshop, *, accepts: bool, by: int) -> None:
    """Yes or no to the lead. The former lead is told by mail when it is yes, and goes on helping.

    Raises:
        ConflictError: the question was taken back, or put to somebody else.
    """
    _in_hand(db, workshop)
    if workshop.offered_to_id != by or by not in workshop.conductors:
        raise ConflictError(_("Cette proposition a été retirée : la conduite n’a pas changé."))
    former = db.get(Person, workshop.lead_id) if accepts and workshop.lead_id else None
    if accepts:
        _give_lead(db, workshop, by)
    workshop.offered_to_id = None
    _done(db, workshop, "accept_lead" if accepts else "decline_lead", by)
    if former and former.email:
        _tell_accepted(db, workshop, former.email, db.get_one(Person, by).pseudonym)


def take_lead(db: Session, workshop: Workshop, *, by: int) -> None:
    """Lead in the place of somebody who is gone, who is told by mail and goes on helping.

    Raises:
        ConflictError: they lead already.
        ForbiddenError: they do not help to lead.
    """
    _in_hand(db, workshop)
    if workshop.lead_id == by:
        raise ConflictError(_("Vous conduisez déjà cet atelier."))
    if by not in workshop.conductors:
        raise ForbiddenError(_("Rejoignez d’abord la co-animation de cet atelier."))
    former = db.get(Person, workshop.lead_id) if workshop.lead_id else None
    _give_lead(db, workshop, by)
    workshop.offered_to_id = None
    _done(db, workshop, "take_lead", by)
    if former and former.email:
        _tell_former(db, workshop, former.email, db.get_one(Person, by).pseudonym)


def _give_lead(db: Session, workshop: Workshop, to: int) -> None:
    if workshop.lead_id:
        _make_helper(db, workshop, workshop.lead_id, to)
    db.execute(delete(Crew).where(col(Crew.workshop_id) == workshop.id, col(Crew.person_id) == to))
    workshop.lead_id = to
    _read_crew(db, workshop)


def _tell_accepted(db: Session, workshop: Workshop, email: str, name: str) -> None:
    body = _(
        "%(name)s conduit l’atelier « %(title)s » depuis %(clock)s, comme vous le lui avez proposé.\n\nVous co-animez "
        "toujours cet atelier, depuis la régie :\n\n%(address)s"
    )
    address = f"{get_settings().public_url}/ateliers/{workshop.id}/regie"
    words = {"name": name, "clock": fdate(now(), "clock"), "title": workshop.title, "address": address}
    mail.post(db, email, _("%(name)s conduit désormais l’atelier « %(title)s »") % words, body % words)


def _tell_former(db: Session, workshop: Workshop, email: str, name: str) -> None:
    body = _(
        "%(name)s conduit désormais l’atelier « %(title)s » : la régie lui a été confiée parce que vous n’étiez plus "
        "là.\n\nVous co-animez toujours cet atelier. Si c’est une erreur, la conduite peut vous être rendue sur la "
        "page de l’équipe :\n\n%(address)s"
    )
    address = f"{get_settings().public_url}/ateliers/{workshop.id}/equipe"
    words = {"name": name, "title": workshop.title, "address": address}
    mail.post(db, email, _("Vous ne conduisez plus l’atelier « %(title)s »") % {"title": workshop.title}, body % words)
