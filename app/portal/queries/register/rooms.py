"""What somebody did for workshops: prepared, came, helped, typed."""

from sqlmodel import col, or_

from app.core.machine import label
from app.portal.queries.register.parts import ID, INNER, OTHER, PUBLIC_ACTS, SECRET, Part, by
from app.workshops.models import Correction, Crew, PaperBallot, Participation, Registration, Series, Workshop
from app.workshops.states import ATTENDANCE_LABELS, DUTY_LABELS, MODE_LABELS, PAPER_LABELS, ROOM_LABELS

_INNER = ("author_id", "accord_id", "series_id", "step_id", "screen", "screen_step_id", "edited", "acted_at")
_SECRET = ("code", "screen_key", "crew_key", "link")

ROOMS: tuple[Part, ...] = (
    Part(
        "workshops", label("Ateliers que vous avez préparés"), Workshop, by(Workshop.author_id),
        ("title", "mode", "place", "text", "access", "territory_id", "starts_at", "minutes", "registration", "capacity",
         "status", "conclusion", "next_steps", "opened_at", "closed_at", "closed_alone", "published_at"),
        PUBLIC_ACTS,
        ID | dict.fromkeys(_INNER, INNER) | dict.fromkeys(_SECRET, SECRET)
        | {"lead_id": OTHER, "offered_to_id": OTHER},
        {"status": ROOM_LABELS, "mode": MODE_LABELS},
    ),
    Part(
        "workshop_series", label("Séries d’ateliers que vous avez préparées"), Series, by(Series.created_by),
        ("title", "territory_id", "created_at"), PUBLIC_ACTS, ID | {"accord_id": INNER, "created_by": INNER},
    ),
    Part(
        "registrations", label("Vos inscriptions à des ateliers"), Registration, by(Registration.person_id),
        ("workshop_id", "remote", "note", "status", "queued_at", "reminded_at"),
        label("30 jours après l’atelier"), ID | {"person_id": INNER, "token": SECRET}, {"status": ATTENDANCE_LABELS},
    ),
    Part(
        "participations", label("Ateliers auxquels vous dites avoir pris part"), Participation,
        by(Participation.person_id), ("workshop_id", "at"),
        label("jusqu’à ce que vous l’enleviez, ou jusqu’à l’effacement du compte fermé"),
        ID | {"person_id": INNER},
    ),
    Part(
        "crews", label("Équipes d’ateliers dont vous êtes"), Crew, by(Crew.person_id),
        ("workshop_id", "duty", "added_at"), PUBLIC_ACTS,
        ID | {"person_id": INNER, "table_id": INNER, "added_by": OTHER}, {"duty": DUTY_LABELS},
    ),
    Part(
        "paper_ballots", label("Bulletins papier que vous avez saisis ou relus"), PaperBallot,
        lambda person: or_(col(PaperBallot.entered_by) == person.id, col(PaperBallot.read_by) == person.id),
        ("step_id", "number", "status", "entered_at", "read_at"), PUBLIC_ACTS,
        ID | dict.fromkeys(("college", "marks", "words", "again", "void_reason", "entered_by", "read_by"), OTHER)
        | {"printed_at": INNER},
        {"status": PAPER_LABELS},
    ),
    Part(
        "corrections", label("Rectifications de comptes rendus que vous avez écrites"), Correction,
        by(Correction.author_id), ("workshop_id", "text", "at"), PUBLIC_ACTS, ID | {"author_id": INNER},
    ),
)  # fmt: skip
