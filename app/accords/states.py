"""Lifecycles of accords, enjeux and priorités, and what a phase may open."""

from enum import StrEnum

from app.core.machine import Machine, label


class Verb(StrEnum):
    """What a phase of the calendar opens to everyone."""

    SAY = "need.say"
    SUPPORT = "need.support"
    COMMENT = "need.comment"
    WORKSHOP = "workshop.join"
    SHEET_COMMENT = "sheet.comment"
    SHEET_POSITION = "sheet.position"


VERB_LABELS = {
    Verb.SAY: label("dire un besoin"),
    Verb.SUPPORT: label("soutenir un besoin"),
    Verb.COMMENT: label("commenter un besoin"),
    Verb.WORKSHOP: label("rejoindre un atelier"),
    Verb.SHEET_COMMENT: label("commenter une fiche-action"),
    Verb.SHEET_POSITION: label("prendre position sur une fiche-action"),
}


class Stage(StrEnum):
    """Where an enjeu or a priorité is."""

    PROPOSED = "proposed"
    IN_DISCUSSION = "in_discussion"
    RETAINED = "retained"
    IN_ACCORD = "in_accord"
    WITHDRAWN = "withdrawn"


STAGE_LABELS = {
    Stage.PROPOSED: label("Proposée"),
    Stage.IN_DISCUSSION: label("En discussion"),
    Stage.RETAINED: label("Retenue"),
    Stage.IN_ACCORD: label("Inscrite à l’accord"),
    Stage.WITHDRAWN: label("Retirée"),
}
BOARD_STAGES = (Stage.PROPOSED, Stage.IN_DISCUSSION, Stage.RETAINED, Stage.IN_ACCORD)

_ALIVE = frozenset(BOARD_STAGES)
_MOVES = {
    "discuss": ({Stage.PROPOSED}, Stage.IN_DISCUSSION),
    "retain": ({Stage.IN_DISCUSSION}, Stage.RETAINED),
    "enrol": ({Stage.RETAINED}, Stage.IN_ACCORD),
    "reopen": ({Stage.RETAINED, Stage.WITHDRAWN}, Stage.IN_DISCUSSION),
    "withdraw": (_ALIVE, Stage.WITHDRAWN),
}
PRIORITY: Machine[Stage] = Machine(_MOVES)
CHALLENGE: Machine[Stage] = Machine(_MOVES)
MOVE_LABELS = {
    "discuss": label("Mettre en discussion"),
    "retain": label("Retenir"),
    "enrol": label("Inscrire à l’accord"),
    "reopen": label("Rouvrir la discussion"),
    "withdraw": label("Retirer"),
}


class AccordStatus(StrEnum):
    """Where an accord is."""

    PREPARATION = "preparation"
    DIALOGUE = "dialogue"
    ADOPTED = "adopted"
    AMENDED = "amended"
    ENDED = "ended"


_A = AccordStatus
ACCORD: Machine[AccordStatus] = Machine(
    {
        "open_dialogue": ({_A.PREPARATION}, _A.DIALOGUE),
        "adopt": ({_A.DIALOGUE}, _A.ADOPTED),
        "amend": ({_A.ADOPTED, _A.AMENDED}, _A.AMENDED),
        "end": ({_A.ADOPTED, _A.AMENDED}, _A.ENDED),
    }
)
ACCORD_LABELS = {
    _A.PREPARATION: label("en préparation"),
    _A.DIALOGUE: label("en dialogue"),
    _A.ADOPTED: label("adopté"),
    _A.AMENDED: label("modifié par avenant"),
    _A.ENDED: label("terminé"),
}


class MapState(StrEnum):
    """How far a territory is, as the map shows it."""

    COLLECTING = "collecting"
    WORKSHOPS = "workshops"
    VALIDATION = "validation"


MAP_LABELS = {
    MapState.COLLECTING: label("Recueil des besoins"),
    MapState.WORKSHOPS: label("Ateliers en cours"),
    MapState.VALIDATION: label("Actions en validation"),
}
