"""Every status × verb of every lifecycle: a legal move writes its event, an illegal one changes nothing."""

from typing import Any

import pytest
from sqlmodel import Session, col, select

from app.accords.models import Accord, Priority
from app.accords.models import Challenge as Enjeu
from app.accords.states import ACCORD, CHALLENGE, PRIORITY, AccordStatus, Stage
from app.actions.models import ActionSheet
from app.actions.states import SHEET, Sheet
from app.core.errors import ConflictError
from app.core.machine import Event, Machine
from app.identity.models import Delegate, Organisation
from app.identity.states import DELEGATE, ORGANISATION, DelegateStatus, OrganisationStatus
from app.intake.models import NeedImport
from app.intake.states import IMPORT, ImportStatus
from app.moderation.models import Appeal, Report
from app.moderation.states import APPEAL, REPORT, AppealStatus, ReportStatus
from app.needs.models import Need, NeedGroup
from app.needs.states import FOLLOW_UP, GROUP, FollowUp, GroupStatus
from app.threads.models import Comment, File, ProfileText
from app.threads.states import MODERATION, Moderation
from app.workshops.models import Card, PaperBallot, Registration, Step, Workshop
from app.workshops.states import PAPER, REGISTRATION, STEP, WORKSHOP, Attendance, Paper, Room, StepStatus
from tests.site import Site

LIFECYCLES: list[tuple[str, Machine[Any], type[Any], type[Any]]] = [
    ("need moderation", MODERATION, Moderation, Need),
    ("comment moderation", MODERATION, Moderation, Comment),
    ("pseudonym moderation", MODERATION, Moderation, ProfileText),
    ("report", REPORT, ReportStatus, Report),
    ("appeal", APPEAL, AppealStatus, Appeal),
    ("file moderation", MODERATION, Moderation, File),
    ("card moderation", MODERATION, Moderation, Card),
    ("need follow-up", FOLLOW_UP, FollowUp, Need),
    ("need group", GROUP, GroupStatus, NeedGroup),
    ("priority", PRIORITY, Stage, Priority),
    ("challenge", CHALLENGE, Stage, Enjeu),
    ("accord", ACCORD, AccordStatus, Accord),
    ("fiche-action", SHEET, Sheet, ActionSheet),
    ("workshop", WORKSHOP, Room, Workshop),
    ("step", STEP, StepStatus, Step),
    ("registration", REGISTRATION, Attendance, Registration),
    ("paper ballot", PAPER, Paper, PaperBallot),
    ("organisation", ORGANISATION, OrganisationStatus, Organisation),
    ("delegate", DELEGATE, DelegateStatus, Delegate),
    ("import", IMPORT, ImportStatus, NeedImport),
]


def _events(db: Session, obj: Any) -> list[Event]:
    statement = select(Event).where(Event.subject_kind == obj.__tablename__, Event.subject_id == obj.id)
    return list(db.exec(statement.order_by(col(Event.id))))


@pytest.mark.parametrize(
    ("machine", "statuses", "table"), [row[1:] for row in LIFECYCLES], ids=[r[0] for r in LIFECYCLES]
)
def test_every_status_and_verb_moves_or_refuses(
    site: Site, machine: Machine[Any], statuses: type[Any], table: type[Any]
) -> None:
    with site.writing() as db:
        obj = db.exec(select(table).limit(1)).one()
        for status in statuses:
            for verb, (sources, target) in machine.moves.items():
                setattr(obj, machine.field, status.value)
                before = len(_events(db, obj))
                if status in sources:
                    machine.move(db, obj, verb, by=7, note="pourquoi")
                    event = _events(db, obj)[-1]
                    assert getattr(obj, machine.field) == target
                    assert (event.verb, event.before, event.after) == (verb, status, target)
                    assert (event.actor_id, event.note) == (7, "pourquoi")
                else:
                    with pytest.raises(ConflictError):
                        machine.move(db, obj, verb, by=7)
                    assert getattr(obj, machine.field) == status
                    assert len(_events(db, obj)) == before


def test_every_status_but_the_first_can_be_reached() -> None:
    for name, machine, statuses, _table in LIFECYCLES:
        if name == "need follow-up":
            continue  # grouping and fiches-actions bring theirs
        reached = {target for _sources, target in machine.moves.values()}
        first = next(iter(statuses))
        assert set(statuses) - reached <= {first, Stage.PROPOSED}, name


def test_statuses_are_assigned_only_by_machines() -> None:
    import re

    from tests.architecture.tree import APP, python_files

    assigned = re.compile(r"\.(status|stage)\s*=[^=]")
    allowed = {APP / "core/jobs.py"}  # a job's own three states, settled in one place
    found = [
        f"{path.name}: {line.strip()}"
        for path in python_files("app")
        if path not in allowed
        for line in path.read_text("utf-8").splitlines()
        if assigned.search(line)
    ]
    assert not found
