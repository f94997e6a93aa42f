"""The lifecycle of a fiche-action, what each move asks for, how a list is narrowed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from app.core.machine import Machine, label


class Sheet(StrEnum):
    """Where a fiche-action is."""

    IDEA = "idea"
    PROJECT = "project"
    CANDIDATE = "candidate"
    IN_WORKSHOP = "in_workshop"
    PROPOSED = "proposed"
    VALIDATED = "validated"
    IN_PLAN = "in_plan"
    EXAMINED = "examined"
    PASSED = "passed"
    VOTED = "voted"
    ADJOURNED = "adjourned"
    REJECTED = "rejected"
    UNDER_WAY = "under_way"
    DONE = "done"
    EVALUATED = "evaluated"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"
    ABANDONED = "abandoned"


_S = Sheet
EXITS = frozenset({_S.REDIRECTED, _S.WITHDRAWN, _S.ABANDONED})
_BEFORE_VOTE = frozenset(
    {
        _S.IDEA,
        _S.PROJECT,
        _S.CANDIDATE,
        _S.IN_WORKSHOP,
        _S.PROPOSED,
        _S.VALIDATED,
        _S.IN_PLAN,
        _S.EXAMINED,
        _S.PASSED,
        _S.ADJOURNED,
    }
)
SHEET: Machine[Sheet] = Machine(
    {
        "make_project": ({_S.IDEA}, _S.PROJECT),
        "make_candidate": ({_S.PROJECT}, _S.CANDIDATE),
        "take_to_workshop": ({_S.CANDIDATE}, _S.IN_WORKSHOP),
        "propose": ({_S.CANDIDATE, _S.IN_WORKSHOP}, _S.PROPOSED),
        "validate": ({_S.PROPOSED}, _S.VALIDATED),
        "plan": ({_S.VALIDATED}, _S.IN_PLAN),
        "examine": ({_S.IN_PLAN}, _S.EXAMINED),
        "pass": ({_S.EXAMINED}, _S.PASSED),
        "vote": ({_S.PASSED, _S.ADJOURNED}, _S.VOTED),
        "adjourn": ({_S.PASSED}, _S.ADJOURNED),
        "reject": ({_S.PASSED, _S.ADJOURNED}, _S.REJECTED),
        "start": ({_S.VOTED}, _S.UNDER_WAY),
        "finish": ({_S.UNDER_WAY}, _S.DONE),
        "evaluate": ({_S.DONE}, _S.EVALUATED),
        "redirect": (_BEFORE_VOTE | {_S.REJECTED}, _S.REDIRECTED),
        "withdraw": (_BEFORE_VOTE, _S.WITHDRAWN),
        "abandon": (_BEFORE_VOTE | {_S.VOTED, _S.UNDER_WAY}, _S.ABANDONED),
    }
)
SHEET_LABELS = {
    _S.IDEA: label("Idée"),
    _S.PROJECT: label("Fiche-projet"),
    _S.CANDIDATE: label("Candidate"),
    _S.IN_WORKSHOP: label("Candidate, en atelier"),
    _S.PROPOSED: label("Proposée au comité territorial"),
    _S.VALIDATED: label("Validée par le comité territorial"),
    _S.IN_PLAN: label("Au plan de l’année"),
    _S.EXAMINED: label("Examinée par les services"),
    _S.PASSED: label("Passée en comité de pilotage"),
    _S.VOTED: label("Votée"),
    _S.ADJOURNED: label("Ajournée"),
    _S.REJECTED: label("Rejetée"),
    _S.UNDER_WAY: label("En cours"),
    _S.DONE: label("Réalisée"),
    _S.EVALUATED: label("Évaluée"),
    _S.REDIRECTED: label("Orientée vers une autre politique"),
    _S.WITHDRAWN: label("Retirée"),
    _S.ABANDONED: label("Abandonnée"),
}
MOVE_LABELS = {
    "make_project": label("En faire une fiche-projet"),
    "make_candidate": label("La rendre candidate"),
    "take_to_workshop": label("La porter en atelier"),
    "propose": label("La proposer au comité territorial"),
    "validate": label("Noter sa validation par le comité territorial"),
    "plan": label("L’inscrire au plan de l’année"),
    "examine": label("Noter l’examen des services"),
    "pass": label("Noter le passage en comité de pilotage"),
    "vote": label("Noter son vote"),
    "adjourn": label("Noter son ajournement"),
    "reject": label("Noter son rejet"),
    "start": label("Noter son démarrage"),
    "finish": label("Noter sa réalisation"),
    "evaluate": label("Noter son évaluation"),
    "redirect": label("L’orienter vers une autre politique"),
    "withdraw": label("La retirer"),
    "abandon": label("L’abandonner"),
}
# What must be written before a move: a project says what and why; a candidate says how and with what.
_PROJECT = ("context", "objectives", "description")
REQUIRED: dict[str, tuple[str, ...]] = {
    "make_project": _PROJECT,
    "make_candidate": (*_PROJECT, "holder", "means", "funding", "calendar", "indicators"),
}
REASONED = frozenset({"adjourn", "reject", "redirect", "withdraw", "abandon"})
FIELD_LABELS = {
    "title": label("Intitulé"),
    "lede": label("En une phrase"),
    "context": label("Contexte"),
    "needs_found": label("Besoins repérés"),
    "objectives": label("Objectifs"),
    "description": label("Description"),
    "holder": label("Porteur"),
    "holder_sought": label("Porteur recherché"),
    "partners": label("Partenaires"),
    "area": label("Territoire concerné"),
    "means": label("Moyens demandés"),
    "engineering": label("Ingénierie"),
    "support": label("Accompagnement"),
    "financing": label("Financement"),
    "funding": label("Plan de financement"),
    "calendar": label("Calendrier"),
    "indicators": label("On saura que c’est réussi si"),
}

MEANS = ("engineering", "support", "financing")
FIELDS = (
    "title", "lede", "context", "needs_found", "objectives", "description", "holder", "holder_sought", "partners",
    "area", *MEANS, "funding", "calendar", "indicators",
)  # fmt: skip


def whole(content: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a fiche with every key of ``FIELDS``, in their order; what was not written is empty."""
    blank: dict[str, Any] = dict.fromkeys(FIELDS, "") | {"holder_sought": False, "funding": []}
    return blank | {key: content[key] for key in FIELDS if key in content}


def missing(verb: str, content: Mapping[str, Any]) -> list[str]:
    """What must still be written before this move, as keys of ``FIELD_LABELS``."""
    written = whole(content)
    written["holder"] = written["holder"] or written["holder_sought"]
    written["means"] = any(written[name] for name in MEANS)
    return [name for name in REQUIRED.get(verb, ()) if not written[name]]


class FundingState(StrEnum):
    """How sure a line of the financing plan is."""

    SECURED = "secured"
    REQUESTED = "requested"
    ESTIMATED = "estimated"


FUNDING_LABELS = {
    FundingState.SECURED: label("Acquis"),
    FundingState.REQUESTED: label("Sollicité"),
    FundingState.ESTIMATED: label("Estimé"),
}


class SheetStep(StrEnum):
    """How a reader narrows the list of fiches-actions."""

    PREPARED = "en-preparation"
    DEBATED = "en-debat"
    DECIDING = "en-decision"
    ACTING = "en-action"
    LEFT = "sorties"
    ORPHANS = "sans-besoin"


STEP_STATUSES: dict[SheetStep, frozenset[Sheet]] = {
    SheetStep.PREPARED: frozenset({_S.IDEA, _S.PROJECT}),
    SheetStep.DEBATED: frozenset({_S.CANDIDATE, _S.IN_WORKSHOP, _S.PROPOSED}),
    SheetStep.DECIDING: frozenset({_S.VALIDATED, _S.IN_PLAN, _S.EXAMINED, _S.PASSED, _S.ADJOURNED}),
    SheetStep.ACTING: frozenset({_S.VOTED, _S.UNDER_WAY, _S.DONE, _S.EVALUATED}),
    SheetStep.LEFT: EXITS | {_S.REJECTED},
}
STEP_LABELS = {
    SheetStep.PREPARED: label("En préparation"),
    SheetStep.DEBATED: label("En débat : candidates"),
    SheetStep.DECIDING: label("En décision"),
    SheetStep.ACTING: label("Votées, en cours, réalisées"),
    SheetStep.LEFT: label("Sorties de l’accord"),
    SheetStep.ORPHANS: label("Sans besoin rattaché"),
}


class SheetSort(StrEnum):
    """The order of a list of fiches-actions."""

    RECENT = "recentes"
    TITLE = "titre"


SHEET_SORT_LABELS = {
    SheetSort.RECENT: label("Publiées ou modifiées récemment"),
    SheetSort.TITLE: label("Par intitulé"),
}
