"""Verbs of the report: write it, decide what it shows, publish it, put it right afterwards."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, col, select

from app.core import live
from app.core.db import IN_HAND, Database, now
from app.core.errors import ConflictError, NotFoundError
from app.core.i18n import gettext as _
from app.core.jobs import Payload, enqueue, finish, handler
from app.core.machine import note_event
from app.core.settings import get_settings
from app.identity.models import Person
from app.identity.service import people
from app.threads.service import follows
from app.workshops.forms import CorrectionForm, OutcomeForm, ReportForm, TextsForm
from app.workshops.models import Ballot, Correction, Outcome, Participation, Step, Workshop
from app.workshops.queries import registrations
from app.workshops.queries.report import list_objections, list_outcomes, seal, seal_of
from app.workshops.service.room import topic
from app.workshops.states import ROOM_WRITABLE, WORKSHOP, Room

TELL = "workshops.tell_report"
CHUNK = 100  # mails a transaction: the site waits for none of them
MOST_OUTCOMES = 60  # lines of a relevé de décisions


class StaleError(ConflictError):
    """Somebody else changed this text since the page was shown: ``stored`` is what it says now, ``seal`` its seal."""

    def __init__(self, stored: str, stored_seal: str) -> None:
        super().__init__(_("Quelqu’un d’autre vient de changer ce texte. Le vôtre n’est pas encore enregistré."))
        self.stored, self.seal = stored, stored_seal


def _in_hand(db: Session, workshop: Workshop, statuses: Iterable[str] = ROOM_WRITABLE) -> None:
    """One person at a time writes a report.

    Raises:
        ConflictError: it is published, or the room has not opened yet.
    """
    db.refresh(workshop, ["status", "conclusion", "next_steps"], with_for_update=IN_HAND)
    if workshop.status in statuses:
        return
    if workshop.status == Room.PUBLISHED:
        raise ConflictError(_("Le compte rendu est publié : il ne change plus. Écrivez une rectification."))
    raise ConflictError(_("La salle n’a pas encore ouvert : il n’y a rien à conclure."))


def _settled(stored: str, typed: str, seen: str, replace: str) -> str:
    """Which of two texts stays: what was not touched here leaves what others wrote.

    Raises:
        StaleError: both changed.
    """
    if seen and seal(typed) == seen:
        return stored
    if typed != stored and seen and seal(stored) not in (seen, replace):
        raise StaleError(stored, seal(stored))
    return typed


def save_texts(db: Session, workshop: Workshop, form: TextsForm) -> None:
    """Keep what the room concludes, as it is being written.

    Raises:
        StaleError: somebody else changed the same text meanwhile.
    """
    _in_hand(db, workshop)
    _write_texts(db, workshop, form)


def _write_texts(db: Session, workshop: Workshop, form: TextsForm) -> None:
    conclusion = _settled(workshop.conclusion, form.conclusion, form.conclusion_seen, form.replace)
    next_steps = _settled(workshop.next_steps, form.next_steps, form.next_steps_seen, form.replace)
    workshop.conclusion, workshop.next_steps = conclusion, next_steps
    db.add(workshop)


def add_outcome(db: Session, workshop: Workshop, form: OutcomeForm) -> Outcome:
    """One more decision, or one more point left unresolved; the same one sent twice is one."""
    _in_hand(db, workshop)
    rows = list_outcomes(db, workshop.id or 0)
    for row in rows:
        if row.unresolved == form.unresolved and seal_of(row) == seal(form.text, form.holder, form.due_on):
            return row
    if len(rows) >= MOST_OUTCOMES:
        raise ConflictError(_("Le relevé a déjà %(n)s lignes : réunissez-en quelques-unes.") % {"n": MOST_OUTCOMES})
    row = Outcome(
        workshop_id=workshop.id or 0, position=max((r.position for r in rows), default=0) + 1, text=form.text,
        holder=form.holder, due_on=form.due_on, unresolved=form.unresolved,
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row


def save_outcome(db: Session, workshop: Workshop, outcome_id: int, form: OutcomeForm) -> Outcome:
    """Change a line of the relevé.

    Raises:
        NotFoundError: somebody removed it meanwhile.
        StaleError: somebody changed it meanwhile.
    """
    row = _outcome(db, workshop, outcome_id)
    held, typed = seal_of(row), seal(form.text, form.holder, form.due_on)
    if form.seen and form.seen == typed:
        return row
    if form.seen and typed != held and held not in (form.seen, form.replace):
        raise StaleError(row.text, held)
    row.text, row.holder, row.due_on = form.text, form.holder, form.due_on
    db.add(row)
    return row


def _outcome(db: Session, workshop: Workshop, outcome_id: int) -> Outcome:
    _in_hand(db, workshop)
    row = db.get(Outcome, outcome_id, populate_existing=True) if outcome_id < 2**31 else None
    if row is None or row.workshop_id != workshop.id:
        raise NotFoundError(_("Cette ligne n’est plus dans le relevé : quelqu’un vient peut-être de la retirer."))
    return row


def remove_outcome(db: Session, workshop: Workshop, outcome_id: int) -> bool:
    """Take a line out of the relevé; whether it was a point left unresolved."""
    row = _outcome(db, workshop, outcome_id)
    db.delete(row)
    return row.unresolved


def move_outcome(db: Session, workshop: Workshop, outcome_id: int, offset: int) -> None:
    """Earlier or later among the lines of its kind; beyond the ends, nothing moves."""
    moved = _outcome(db, workshop, outcome_id)
    rows = [row for row in list_outcomes(db, workshop.id or 0) if row.unresolved == moved.unresolved]
    place = rows.index(moved)
    target = place + offset
    if 0 <= target < len(rows):
        other = rows[target]
        moved.position, other.position = other.position, moved.position
        db.add_all([moved, other])


def show_objection(db: Session, workshop: Workshop, ballot_id: int, *, shown: bool, by: int) -> None:
    """Put what somebody wrote in the report, or take it out: out only, once it is published."""
    _in_hand(db, workshop, ROOM_WRITABLE if shown else {*ROOM_WRITABLE, Room.PUBLISHED})
    steps = db.exec(select(Step.id).where(Step.workshop_id == workshop.id)).all()
    ballot = db.get(Ballot, ballot_id) if ballot_id < 2**31 else None
    if ballot is None or ballot.step_id not in steps or not ballot.words:
        raise NotFoundError(_("Cette objection n’existe pas dans cet atelier."))
    ballot.words_shown = shown
    db.add(ballot)
    if workshop.status == Room.PUBLISHED:
        note_event(db, workshop, "hide_words", by=by)


def show_objections(db: Session, workshop: Workshop, step: Step, *, shown: bool) -> None:
    """All those of one vote at once."""
    _in_hand(db, workshop)
    for ballot in list_objections(db, [step.id or 0]):
        ballot.words_shown = shown
        db.add(ballot)


def publish_report(db: Session, workshop: Workshop, form: ReportForm, *, by: int) -> None:
    """Publish the compte rendu: everyone reads the distributions and what the room concludes.

    Raises:
        StaleError: somebody else changed a text meanwhile.
        ConflictError: the room is not closed, or the report is published already.
    """
    WORKSHOP.move(db, workshop, "publish", by=by)
    db.refresh(workshop, ["conclusion", "next_steps"])
    _write_texts(db, workshop, form)
    workshop.published_at = now()
    live.publish(db, topic(workshop))
    _tell(db, workshop, _("Le compte rendu d’un atelier est publié : %(title)s"), workshop.conclusion, by=by)


def correct(db: Session, workshop: Workshop, form: CorrectionForm, *, by: int) -> Correction:
    """Say what was wrong in a published report, with its date; the same words sent twice are one correction.

    Raises:
        ConflictError: the report is not published: it is simply changed.
    """
    db.refresh(workshop, ["status"], with_for_update=IN_HAND)
    if workshop.status != Room.PUBLISHED:
        raise ConflictError(_("Ce compte rendu n’est pas publié : corrigez-le directement."))
    same = (Correction.workshop_id == workshop.id, Correction.text == form.correction)
    if already := db.exec(select(Correction).where(*same)).first():
        return already
    row = Correction(workshop_id=workshop.id or 0, text=form.correction, author_id=by, at=now())
    db.add(row)
    note_event(db, workshop, "rectify", by=by)
    _tell(db, workshop, _("Le compte rendu d’un atelier est rectifié : %(title)s"), form.correction, by=by)
    return row


def _tell(db: Session, workshop: Workshop, title: str, text: str, *, by: int) -> None:
    """A mail to those who registered or said they took part; those who follow the territory are told as usual."""
    key, path = workshop.id or 0, f"/ateliers/{workshop.id}/compte-rendu"
    subject = title % {"title": workshop.title}
    concerned = [person.id for person in _concerned(db, workshop) if person.id != by]
    follows.announce(
        db, thread_id=None, territory_id=workshop.territory_id, theme_id=None, title=subject, text=text, path=path,
        by=by, besides=concerned,
    )  # fmt: skip
    if concerned:
        enqueue(db, TELL, {"workshop": key, "subject": subject, "by": by, "after": 0})


def _concerned(db: Session, workshop: Workshop) -> list[Person]:
    """Those who had a place and those who said they took part, each once, by id."""
    took_part = select(Participation.person_id).where(Participation.workshop_id == workshop.id)
    there = db.exec(select(Person).where(col(Person.id).in_(took_part))).all()
    found = {person.id or 0: person for person in (*registrations.registered(db, workshop), *there)}
    return [found[key] for key in sorted(found)]


@handler(TELL)
def tell_concerned(database: Database, payload: Payload) -> None:
    """Write to them, some at a time; each transaction also ends its own job, so nobody is told twice."""
    with database.writing() as db:
        workshop = db.get(Workshop, payload["workshop"])
        if workshop is None or not finish(db):
            return
        wanted = [p for p in _concerned(db, workshop) if (p.id or 0) > payload["after"] and p.id != payload["by"]]
        for person in wanted[:CHUNK]:
            if follows.may_write(db, person):
                people.tell(db, person, payload["subject"], _body(workshop))
        if len(wanted) > CHUNK:
            enqueue(db, TELL, payload | {"after": wanted[CHUNK - 1].id})


def _body(workshop: Workshop) -> str:
    said: dict[str, Any] = {
        "title": workshop.title, "address": f"{get_settings().public_url}/ateliers/{workshop.id}/compte-rendu",
    }  # fmt: skip
    words = _(
        "Bonjour,\n\nVous étiez inscrite ou inscrit à l’atelier « %(title)s », ou avez dit y avoir pris part. Son "
        "compte rendu se lit à cette adresse, en page, en PDF et en DOCX :\n\n%(address)s\n\nIl donne les résultats "
        "complets des votes, les décisions et la suite. Rien n’y dit qui a voté quoi."
    )
    return words % said
