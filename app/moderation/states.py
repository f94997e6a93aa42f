"""Lifecycles of reports and appeals, and the closed lists of the moderators' work."""

from enum import StrEnum

from app.core.machine import Machine, label


class Kind(StrEnum):
    """What a queue may hold; the values stand in addresses."""

    NEED = "besoin"
    COMMENT = "commentaire"
    FILE = "photo"
    PROFILE = "profil"
    REPORT = "signalement"
    APPEAL = "recours"


KIND_LABELS = {
    Kind.NEED: label("Besoin"),
    Kind.COMMENT: label("Commentaire"),
    Kind.FILE: label("Photo ou document"),
    Kind.PROFILE: label("Pseudonyme"),
    Kind.REPORT: label("Signalement"),
    Kind.APPEAL: label("Recours"),
}


class ReportStatus(StrEnum):
    """Where a report is."""

    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"


_R = ReportStatus
REPORT: Machine[ReportStatus] = Machine(
    {
        "claim": ({_R.OPEN}, _R.CLAIMED),
        "release": ({_R.CLAIMED}, _R.OPEN),
        "decide": ({_R.OPEN, _R.CLAIMED}, _R.DECIDED),
        "undo": ({_R.DECIDED}, _R.OPEN),
    }
)
REPORT_LABELS = {
    _R.OPEN: label("Reçu"),
    _R.CLAIMED: label("En cours d’examen"),
    _R.DECIDED: label("Examiné"),
}


class ReportReason(StrEnum):
    """What somebody says is wrong; ``WITHDRAWAL`` is an author who asks that their own words be taken back."""

    NAMED_PERSON = "personne_visee"
    INSULT = "propos_injurieux"
    PRIVATE_DATA = "donnee_privee"
    ADVERTISING = "publicite"
    FALSE = "faux"
    ILLEGAL = "illegal"
    OTHER = "autre"
    WITHDRAWAL = "retrait"


REPORT_REASONS = {
    ReportReason.NAMED_PERSON: label("Vise une personne reconnaissable"),
    ReportReason.INSULT: label("Propos injurieux, haineux ou discriminatoire"),
    ReportReason.PRIVATE_DATA: label("Donnée privée de quelqu’un"),
    ReportReason.ADVERTISING: label("Publicité ou message électoral"),
    ReportReason.FALSE: label("Se fait passer pour quelqu’un d’autre"),
    ReportReason.ILLEGAL: label("Contenu interdit par la loi"),
    ReportReason.OTHER: label("Autre chose, contraire à la charte"),
    ReportReason.WITHDRAWAL: label("Son auteur demande le retrait"),
}


class ReportOutcome(StrEnum):
    """What was done after a report."""

    KEPT = "kept"
    MASKED = "masked"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


OUTCOME_LABELS = {
    ReportOutcome.KEPT: label("Laissé en ligne"),
    ReportOutcome.MASKED: label("Un passage masqué"),
    ReportOutcome.HIDDEN: label("Retiré de la vue"),
    ReportOutcome.WITHDRAWN: label("Retiré à la demande de son auteur"),
}


class AppealStatus(StrEnum):
    """Where an appeal is."""

    OPEN = "open"
    UPHELD = "upheld"
    REVERSED = "reversed"


_A = AppealStatus
APPEAL: Machine[AppealStatus] = Machine(
    {
        "uphold": ({_A.OPEN}, _A.UPHELD),
        "reverse": ({_A.OPEN}, _A.REVERSED),
        "undo": ({_A.UPHELD, _A.REVERSED}, _A.OPEN),
    }
)
APPEAL_LABELS = {
    _A.OPEN: label("En cours d’examen"),
    _A.UPHELD: label("Décision confirmée"),
    _A.REVERSED: label("Décision annulée"),
}
APPEAL_DAYS = 15  # within which another person answers; said to whoever appeals
UNDO_SECONDS = 10
MAIL_SECONDS = 15  # a mail that tells of a decision leaves after it can no longer be undone
