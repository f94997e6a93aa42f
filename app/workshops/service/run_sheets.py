"""Ready-made run sheets, to begin with and to change: the orders in which facilitators put steps most often."""

from typing import Any

from sqlmodel import Session

from app.core.errors import ForbiddenError
from app.core.i18n import gettext as _
from app.core.machine import label
from app.workshops import queries
from app.workshops.models import Step, Workshop
from app.workshops.service.steps import copy_steps
from app.workshops.states import Room, StepKind, StepStatus

READY, COPIED = "modele-", "atelier-"
_K = StepKind
_Made = tuple[StepKind, str, int, dict[str, Any]]
_WELCOME: _Made = (_K.PRESENTATION, label("Bienvenue"), 10, {})
_END: _Made = (_K.PRESENTATION, label("Ce que nous retenons, et la suite"), 10, {})
_Sheet = tuple[_Made, ...]
# By key: the name, and each step with its kind, title, minutes and rules. « source »: from the recueil just before.
SHEETS: dict[str, tuple[str, _Sheet]] = {
    "dire": (
        label("Dire, regrouper, voter"),
        (
            _WELCOME,
            (_K.CARDS, label("Qu’est-ce qui manque, et à qui ?"), 20, {"cards": 3}),
            (_K.GROUPING, label("Ce qui va ensemble"), 15, {"source": True}),
            (_K.PAUSE, label("Pause"), 10, {}),
            (_K.DOTS, label("Par quoi commencer ?"), 10, {"source": True, "dots": 5, "cap": 2}),
            (_K.DISCUSSION, label("Parler des écarts entre collèges"), 20, {}),
            _END,
        ),
    ),
    "choisir": (
        label("Choisir entre des fiches-actions"),
        (
            _WELCOME,
            (_K.DISCUSSION, label("Lire les fiches par tables"), 25, {}),
            (_K.JUDGMENT, label("Que valent ces fiches pour notre territoire ?"), 15, {}),
            (_K.DISCUSSION, label("Ce qui changerait votre avis"), 25, {}),
            (_K.DOTS, label("Lesquelles lancer d’abord ?"), 10, {"dots": 5, "cap": 2}),
            _END,
        ),
    ),
    "valider": (
        label("Valider un texte"),
        (
            _WELCOME,
            (_K.PRESENTATION, label("Lecture du texte"), 15, {}),
            (_K.CARDS, label("Ce qu’il faut changer"), 20, {"cards": 3}),
            (_K.DISCUSSION, label("Reprendre les réserves une à une"), 25, {}),
            (_K.AGREEMENT, label("Votre accord sur ce texte"), 10, {"limit_percent": 10}),
            _END,
        ),
    ),
}


def begin(db: Session, workshop: Workshop, start_from: str) -> None:
    """Write the run sheet that a new workshop begins with: a ready-made one, or that of another of the territory.

    Raises:
        ForbiddenError: the workshop to copy is not one of this territory, or is still a draft.
    """
    if start_from.startswith(READY) and start_from.removeprefix(READY) in SHEETS:
        _ready_made(db, workshop, SHEETS[start_from.removeprefix(READY)][1])
    elif start_from.startswith(COPIED):
        other = queries.one(db, int(start_from.removeprefix(COPIED)))
        if other is None or other.accord_id != workshop.accord_id or other.status == Room.DRAFT:
            raise ForbiddenError(_("L’atelier à reprendre n’est pas un atelier annoncé de ce territoire."))
        copy_steps(db, other.id or 0, workshop, twins=False)


def _ready_made(db: Session, workshop: Workshop, sheet: _Sheet) -> None:
    recueil: int | None = None
    for position, (kind, title, minutes, rules) in enumerate(sheet, start=1):
        values = dict(rules)
        step = Step(
            workshop_id=workshop.id or 0, position=position, kind=kind.value, title=_(title), minutes=minutes,
            status=StepStatus.WAITING.value, source_id=recueil if values.pop("source", False) else None, **values,
        )  # fmt: skip
        db.add(step)
        db.flush()
        recueil = step.id if kind == StepKind.CARDS else recueil
