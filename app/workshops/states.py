"""Lifecycles of a workshop and of its steps, and the closed lists of a vote."""

from collections.abc import Mapping
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
        "reopen_room": ({_R.CLOSED}, _R.RUNNING),
        "reopen_lobby": ({_R.CLOSED}, _R.LOBBY),
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
# Rooms by what may be done there; plain words, as the table holds them.
ROOM_UNDER_WAY = (_R.LOBBY.value, _R.RUNNING.value)
ROOM_OVER = (_R.CLOSED.value, _R.PUBLISHED.value)  # its crew has left: what it did not read is the moderators'
ROOM_WRITABLE = (*ROOM_UNDER_WAY, _R.CLOSED.value)  # its report is being written


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
# What each degree of a scale is called, best first; a mark is its number, a missing mark a blank.
GRADES: Mapping[str, Mapping[int, str]] = {
    "judgment": {
        7: label("Excellent"), 6: label("Très bien"), 5: label("Bien"), 4: label("Assez bien"), 3: label("Passable"),
        2: label("Insuffisant"), 1: label("À rejeter"),
    },
    "agreement": {
        6: label("Plein accord"), 5: label("Accord avec réserve mineure"), 4: label("Soutien réservé"),
        3: label("Abstention"), 2: label("Désaccord"), 1: label("Opposition"),
    },
    "yes_no": {3: label("Oui"), 2: label("Je m’abstiens"), 1: label("Non")},
}  # fmt: skip
SHORTEST_CONCLUSION = 20  # characters of what a room concludes, without which its report is not published
OBJECTING = 3  # from this degree down, an agreement asks for words
STEP_LABELS = {
    _T.WAITING: label("À venir"),
    _T.OPEN: label("En cours"),
    _T.CLOSED: label("Terminée"),
    _T.REVEALED: label("Résultats montrés"),
}


class StepKind(StrEnum):
    """What is done during a step."""

    PRESENTATION = "presentation"
    CARDS = "cards"
    GROUPING = "grouping"
    DOTS = "dots"
    JUDGMENT = "judgment"
    AGREEMENT = "agreement"
    HANDS = "hands"
    DISCUSSION = "discussion"
    PAUSE = "pause"


VOTES = frozenset({StepKind.DOTS, StepKind.JUDGMENT, StepKind.AGREEMENT, StepKind.HANDS})
ASKING = VOTES | {StepKind.CARDS}  # people answer on their phones: it ends by hand, never under them


class Hands(StrEnum):
    """How hands are raised: one answer, as many as one approves, or yes, no, abstention on one subject."""

    SINGLE = "single"
    APPROVAL = "approval"
    YES_NO = "yes_no"


KIND_LABELS: Mapping[str, str] = {  # by ``Step.sort``: a question of yes or no is a sort of its own
    StepKind.PRESENTATION: label("Présentation"),
    StepKind.CARDS: label("Recueil"),
    StepKind.GROUPING: label("Regroupement"),
    StepKind.DOTS: label("Vote par gommettes"),
    StepKind.JUDGMENT: label("Jugement majoritaire"),
    StepKind.AGREEMENT: label("Échelle d’accord"),
    StepKind.HANDS: label("Question à choix"),
    Hands.YES_NO: label("Oui, non, je m’abstiens"),
    StepKind.DISCUSSION: label("Discussion"),
    StepKind.PAUSE: label("Pause"),
}
HANDS_LABELS = {
    Hands.SINGLE: label("Une seule réponse"),
    Hands.APPROVAL: label("Plusieurs réponses possibles"),
    Hands.YES_NO: label("Oui, non, je m’abstiens"),
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


class Mode(StrEnum):
    """Where people meet."""

    ONSITE = "onsite"
    REMOTE = "remote"
    BOTH = "both"


MODE_LABELS = {
    Mode.ONSITE: label("Dans une salle"),
    Mode.REMOTE: label("À distance"),
    Mode.BOTH: label("Dans une salle et à distance"),
}


class Blanks(StrEnum):
    """What an option without a mention counts for, in a jugement majoritaire."""

    WORST = "worst"
    NORMALISED = "normalised"


BLANKS_LABELS = {
    Blanks.WORST: label("Un choix laissé sans mention compte comme « À rejeter »"),
    Blanks.NORMALISED: label(
        "Un choix laissé sans mention n’est pas compté ; on compare des parts, comme si tous avaient autant de mentions"
    ),
}


class Signed(StrEnum):
    """What a card says of who wrote it."""

    NONE = "none"
    COLLEGE = "college"
    TABLE = "table"


SIGNED_LABELS = {
    Signed.NONE: label("Rien : les cartes ne disent pas qui les écrit"),
    Signed.COLLEGE: label("Le collège de la personne, par exemple « Jeunes »"),
    Signed.TABLE: label("La table, par exemple « Table 4 »"),
}


class Screen(StrEnum):
    """What the projector does."""

    LIVE = "live"
    BLANK = "blank"
    FROZEN = "frozen"


class Duty(StrEnum):
    """What somebody does in the crew of a workshop."""

    CO_FACILITATOR = "co"
    SCRIBE = "scribe"


DUTY_LABELS = {Duty.CO_FACILITATOR: label("Co-animation"), Duty.SCRIBE: label("Secrétariat de table")}


class Channel(StrEnum):
    """How a person takes part."""

    PHONE = "phone"
    LENT = "lent"
    PAPER = "paper"


class Attendance(StrEnum):
    """Where a registration is."""

    ASKED = "asked"
    REGISTERED = "registered"
    WAITING = "waiting"
    CANCELLED = "cancelled"


_A = Attendance
REGISTRATION: Machine[Attendance] = Machine(
    {
        "register": ({_A.ASKED}, _A.REGISTERED),
        "queue": ({_A.ASKED}, _A.WAITING),
        "let_in": ({_A.WAITING}, _A.REGISTERED),
        "cancel": ({_A.ASKED, _A.REGISTERED, _A.WAITING}, _A.CANCELLED),
        "ask_again": ({_A.CANCELLED}, _A.ASKED),
    }
)
ATTENDANCE_LABELS = {
    _A.ASKED: label("Inscription demandée"),
    _A.REGISTERED: label("Inscription confirmée"),
    _A.WAITING: label("Sur la liste d’attente"),
    _A.CANCELLED: label("Inscription annulée"),
}


class Paper(StrEnum):
    """Where a paper ballot is."""

    PRINTED = "printed"
    ENTERED = "entered"
    DIFFERS = "differs"
    COUNTED = "counted"
    VOID = "void"


_P = Paper
PAPER: Machine[Paper] = Machine(
    {
        "enter": ({_P.PRINTED}, _P.ENTERED),
        "enter_again": ({_P.ENTERED, _P.DIFFERS}, _P.ENTERED),
        "count": ({_P.ENTERED, _P.DIFFERS}, _P.COUNTED),
        "disagree": ({_P.ENTERED}, _P.DIFFERS),
        "void": ({_P.PRINTED, _P.ENTERED, _P.DIFFERS, _P.COUNTED}, _P.VOID),
    }
)
PAPER_LABELS = {
    _P.PRINTED: label("Imprimé"),
    _P.ENTERED: label("Saisi, à relire"),
    _P.DIFFERS: label("Deux lectures différentes"),
    _P.COUNTED: label("Compté"),
    _P.VOID: label("Nul"),
}
