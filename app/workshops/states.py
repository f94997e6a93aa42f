"""Lifecycles of a workshop and of its steps, and the closed lists of a vote."""

from enum import StrEnum

from app.core.machine import Machine, label


class Room(StrEnum):
    """Where a workshop is."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    LOBBY = "lobby"
    RUNNING = "running"
    CLOSED = "closed"
    PUBLISHED = "published"


_R = Room
WORKSHOP: Machine[Room] = Machine(
    {
        "schedule": ({_R.DRAFT}, _R.SCHEDULED),
        "unschedule": ({_R.SCHEDULED}, _R.DRAFT),
        "open_room": ({_R.SCHEDULED}, _R.LOBBY),
        "start": ({_R.LOBBY}, _R.RUNNING),
        "close_room": ({_R.LOBBY, _R.RUNNING}, _R.CLOSED),
        "publish": ({_R.CLOSED}, _R.PUBLISHED),
    }
)
ROOM_LABELS = {
    _R.DRAFT: label("En préparation"),
    _R.SCHEDULED: label("Annoncé"),
    _R.LOBBY: label("Accueil ouvert"),
    _R.RUNNING: label("En cours"),
    _R.CLOSED: label("Terminé, compte rendu à venir"),
    _R.PUBLISHED: label("Compte rendu publié"),
}


class StepStatus(StrEnum):
    """Where a step is."""

    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"
    REVEALED = "revealed"


_T = StepStatus
STEP: Machine[StepStatus] = Machine(
    {
        "open": ({_T.WAITING}, _T.OPEN),
        "close": ({_T.OPEN}, _T.CLOSED),
        "reopen": ({_T.CLOSED}, _T.OPEN),
        "reveal": ({_T.CLOSED}, _T.REVEALED),
    }
)
STEP_LABELS = {
    _T.WAITING: label("À venir"),
    _T.OPEN: label("En cours"),
    _T.CLOSED: label("Terminée"),
    _T.REVEALED: label("Résultats montrés"),
}


class StepKind(StrEnum):
    """What is done during a step."""

    PRESENTATION = "presentation"
    DOTS = "dots"
    HANDS = "hands"


KIND_LABELS = {
    StepKind.PRESENTATION: label("Présentation"),
    StepKind.DOTS: label("Vote par gommettes"),
    StepKind.HANDS: label("Main levée"),
}
VOTES = frozenset({StepKind.DOTS, StepKind.HANDS})


class Hands(StrEnum):
    """How hands are raised: one answer, or as many as one approves."""

    SINGLE = "single"
    APPROVAL = "approval"


HANDS_LABELS = {
    Hands.SINGLE: label("Une seule réponse"),
    Hands.APPROVAL: label("Plusieurs réponses possibles"),
}


class Reveal(StrEnum):
    """When results may be seen."""

    HIDDEN = "hidden"
    AFTER_VOTE = "after_vote"
    LIVE = "live"


REVEAL_LABELS = {
    Reveal.HIDDEN: label("Cachés jusqu’à la clôture"),
    Reveal.AFTER_VOTE: label("Visibles après son propre vote"),
    Reveal.LIVE: label("En direct sur l’écran"),
}
