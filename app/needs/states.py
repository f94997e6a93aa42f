"""The follow-up of a need, apart from its moderation (which is the same for all that people write)."""

from enum import StrEnum

from app.core.machine import Machine, label


class FollowUp(StrEnum):
    """How far a published need went."""

    RECEIVED = "received"
    GROUPED = "grouped"
    ATTACHED = "attached"
    TAKEN_UP = "taken_up"
    ANSWERED = "answered"


_F = FollowUp
FOLLOW_UP: Machine[FollowUp] = Machine(
    {
        "group": ({_F.RECEIVED}, _F.GROUPED),
        "ungroup": ({_F.GROUPED}, _F.RECEIVED),
        "attach": ({_F.RECEIVED, _F.GROUPED, _F.ATTACHED}, _F.ATTACHED),
        "detach": ({_F.ATTACHED}, _F.RECEIVED),
        "detach_grouped": ({_F.ATTACHED}, _F.GROUPED),
        "take_up": ({_F.RECEIVED, _F.GROUPED, _F.ATTACHED, _F.TAKEN_UP}, _F.TAKEN_UP),
        "put_back": ({_F.TAKEN_UP}, _F.ATTACHED),
        "put_back_alone": ({_F.TAKEN_UP}, _F.RECEIVED),
        "put_back_grouped": ({_F.TAKEN_UP}, _F.GROUPED),
        "answer": (frozenset(_F), _F.ANSWERED),
    },
    field="stage",
)
FOLLOW_UP_LABELS = {
    _F.RECEIVED: label("Reçu"),
    _F.GROUPED: label("Regroupé"),
    _F.ATTACHED: label("Rattaché à une priorité"),
    _F.TAKEN_UP: label("Repris dans une fiche-action"),
    _F.ANSWERED: label("Répondu"),
}


class GroupStatus(StrEnum):
    """Where a group of needs is."""

    OPEN = "open"
    ATTACHED = "attached"
    ANSWERED = "answered"
    DISSOLVED = "dissolved"


_G = GroupStatus
GROUP: Machine[GroupStatus] = Machine(
    {
        "attach": ({_G.OPEN, _G.ATTACHED}, _G.ATTACHED),
        "detach": ({_G.ATTACHED}, _G.OPEN),
        "answer": ({_G.OPEN, _G.ATTACHED, _G.ANSWERED}, _G.ANSWERED),
        "dissolve": ({_G.OPEN, _G.ATTACHED, _G.ANSWERED}, _G.DISSOLVED),
        "restore": ({_G.DISSOLVED}, _G.OPEN),
        "restore_attached": ({_G.DISSOLVED}, _G.ATTACHED),
        "restore_answered": ({_G.DISSOLVED}, _G.ANSWERED),
    }
)
GROUP_LABELS = {
    _G.OPEN: label("Besoin partagé"),
    _G.ATTACHED: label("Rattaché à une priorité"),
    _G.ANSWERED: label("Répondu"),
    _G.DISSOLVED: label("Groupe défait"),
}


class GroupState(StrEnum):
    """How a reader narrows the list of groups, or of what awaits an answer."""

    WAITING = "attente"
    LATE = "retard"
    ANSWERED = "repondu"
    ASKED = "demandes"
    DISSOLVED = "defait"


GROUP_STATE_LABELS = {
    GroupState.WAITING: label("Réponse attendue"),
    GroupState.LATE: label("Réponse en retard"),
    GroupState.ANSWERED: label("Répondu"),
    GroupState.ASKED: label("Une sortie est demandée"),
    GroupState.DISSOLVED: label("Défait"),
}
EDITORS_ONLY = frozenset({GroupState.ASKED, GroupState.DISSOLVED})  # who groups needs reads these two


class Left(StrEnum):
    """Why a need left its group."""

    SPLIT = "split"
    AUTHOR = "author"
    DISSOLVED = "dissolved"


class Outcome(StrEnum):
    """What the answer is."""

    RETAINED = "retained"
    PARTLY = "partly"
    NOT_RETAINED = "not_retained"
    REDIRECTED = "redirected"


OUTCOME_LABELS = {
    Outcome.RETAINED: label("Retenu"),
    Outcome.PARTLY: label("Retenu en partie"),
    Outcome.NOT_RETAINED: label("Non retenu"),
    Outcome.REDIRECTED: label("Orienté vers une autre politique"),
}


class ListState(StrEnum):
    """How a reader narrows the list of needs."""

    WAITING = "attente"
    LATE = "retard"
    RECEIVED = "recu"
    ATTACHED = "rattache"
    TAKEN_UP = "repris"
    ALONE = "sans-fiche"
    ANSWERED = "repondu"
    RETAINED = "retenu"
    PARTLY = "en-partie"
    NOT_RETAINED = "non-retenu"
    REDIRECTED = "oriente"


LIST_STATE_LABELS = {
    ListState.WAITING: label("Réponse attendue"),
    ListState.LATE: label("Réponse en retard"),
    ListState.RECEIVED: label("Reçu, pas encore rattaché"),
    ListState.ATTACHED: label("Rattaché à une priorité"),
    ListState.TAKEN_UP: label("Repris dans une fiche-action"),
    ListState.ALONE: label("Sans fiche-action"),
    ListState.ANSWERED: label("Répondu"),
    ListState.RETAINED: label("Retenu"),
    ListState.PARTLY: label("Retenu en partie"),
    ListState.NOT_RETAINED: label("Non retenu"),
    ListState.REDIRECTED: label("Orienté"),
}


class Sort(StrEnum):
    """The order of a list of needs."""

    RECENT = "recents"
    SUPPORTED = "soutenus"
    OLDEST = "anciens"


SORT_LABELS = {
    Sort.RECENT: label("Les plus récents"),
    Sort.SUPPORTED: label("Les plus soutenus"),
    Sort.OLDEST: label("Les plus anciens"),
}


class Scale(StrEnum):
    """How exactly the place of a need is said."""

    COMMUNE = "commune"
    POINT = "point"
    TERRITORY = "territoire"


SCALE_LABELS = {
    Scale.COMMUNE: label("Une commune"),
    Scale.POINT: label("Un endroit précis"),
    Scale.TERRITORY: label("Tout un territoire"),
}
