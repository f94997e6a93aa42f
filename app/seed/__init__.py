"""The demonstration: real territories, invented people and words, the same at every start."""

import random
from datetime import date, timedelta

from sqlmodel import Session, delete, select

from app import tables
from app.accords.models import Accord
from app.core.i18n import today
from app.seed.accords import load_accords
from app.seed.attendance import load_attendance
from app.seed.disputes import load_disputes
from app.seed.files import load_files
from app.seed.groups import load_groups
from app.seed.intake import load_intake
from app.seed.needs import load_needs
from app.seed.organisations import load_organisations
from app.seed.people import load_people
from app.seed.sheets import load_sheets
from app.seed.workshops import load_workshops
from app.threads.queries import files
from app.threads.service import files as verbs

WRITTEN_ON = date(2026, 11, 22)  # the day for which the texts and the calendar were written
KEPT = {"territory", "commune", "moderation_log"}  # the log is only ever added to


def is_empty(db: Session) -> bool:
    """Whether nothing was loaded nor created yet."""
    return db.exec(select(Accord.id).limit(1)).first() is None


def load(db: Session, *, day: date | None = None) -> int:
    """Load everything as if today were the day of writing; how many needs."""
    shift = (day or today()) - WRITTEN_ON
    chance = random.Random(29)  # a demonstration that is the same everywhere, not a secret
    accords = load_accords(db, shift)
    people = load_people(db, accords, chance)
    loader, needs = load_needs(db, accords, people, chance)
    sheets = load_sheets(loader)
    load_workshops(loader, sheets, people.id_of("facilitator"))
    load_attendance(loader)
    load_groups(loader)
    load_intake(loader)
    load_files(db, moderator=loader.moderator, technician=loader.technician)
    needs += load_organisations(loader, sheets)
    load_disputes(loader)
    return needs


def reset(db: Session) -> int:
    """Erase everything but the geography, and load again."""
    former = files.digests(db)
    for table in reversed(tables.metadata.sorted_tables):
        if table.name not in KEPT:
            db.execute(delete(table))
    db.flush()
    db.expunge_all()
    loaded = load(db)
    verbs.forget(db, former)
    return loaded


def shifted(value: str, shift: timedelta) -> date:
    """A date of the content, moved to now."""
    return date.fromisoformat(value) + shift
