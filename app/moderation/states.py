"""Lifecycles of reports and appeals, and the closed lists of the moderators' work."""

from enum import StrEnum

from app.core.machine import Machine, label
from app.threads.states import Moderation


class Kind(StrEnum):
    """What a queue may hold; the values stand in addresses."""

    NEED = "besoin"
    COMMENT = "commentaire"
    FILE = "photo"
    PROFILE = "profil"
    CARD = "carte"
    REPORT = "signalement"
    APPEAL = "recours"


KIND_LABELS = {
    Kind.NEED: label("Besoin"),
    Kind.COMMENT: label("Commentaire"),
    Kind.FILE: label("Photo ou document"),
    Kind.PROFILE: label("Pseudonyme"),
    Kind.CARD: label("Carte d’atelier"),
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
AGAINST_LABELS = {
    "refuse": label("Non publié"), "hide": label("Retiré de la vue"), "mask": label("Un passage masqué"),
    "publish_masked": label("Publié, un passage masqué"),
}  # fmt: skip
APPEAL_DAYS = 15  # within which another person answers; said to whoever appeals
UNDO_SECONDS = 10
GRACE_SECONDS = 2  # a press at the tenth second takes this long to arrive, at worst
MAIL_SECONDS = 15  # a mail that tells of a decision leaves after it can no longer be undone
FORGET_SECONDS = 60  # what was kept to take a decision back is gone after this
_M = Moderation
# A decision taken back: by where it found a thing and where it left it, the move that goes back (none where it only
# left its trace: read again, masked further).
TAKEN_BACK: dict[tuple[str, str], str] = {
    (_M.PENDING, _M.PUBLISHED): "undo_reading", (_M.PENDING, _M.MASKED): "undo_reading",
    (_M.PENDING, _M.REFUSED): "undo_reading", (_M.PUBLISHED, _M.MASKED): "restore",
    (_M.PUBLISHED, _M.HIDDEN): "restore", (_M.MASKED, _M.HIDDEN): "restore_masked",
    (_M.MASKED, _M.PUBLISHED): "undo_unmask", (_M.HIDDEN, _M.PUBLISHED): "undo_restore",
    (_M.HIDDEN, _M.MASKED): "undo_restore", (_M.APPEALED, _M.UPHELD): "undo_review",
    (_M.APPEALED, _M.PUBLISHED): "undo_review", (_M.APPEALED, _M.MASKED): "undo_review",
    (_M.PUBLISHED, _M.WITHDRAWN): "undo_withdraw",
    (_M.MASKED, _M.WITHDRAWN): "undo_withdraw_masked", (_M.PUBLISHED, _M.PUBLISHED): "", (_M.MASKED, _M.MASKED): "",
    (_R.OPEN, _R.DECIDED): "undo", (_R.CLAIMED, _R.DECIDED): "undo",
    (_A.OPEN, _A.UPHELD): "undo", (_A.OPEN, _A.REVERSED): "undo",
}  # fmt: skip
CLAIM_HOURS = 2  # a thing taken in charge and left is everybody's again after this


class Verb(StrEnum):
    """What a moderator may decide; masking what waits publishes it, masked."""

    PUBLISH = "publish"
    MASK = "mask"
    REFUSE = "refuse"
    KEEP = "keep"
    HIDE = "hide"
    RESTORE = "restore"


VERB_LABELS = {
    Verb.PUBLISH: label("Publier tel quel"),
    Verb.MASK: label("Publier en masquant"),
    Verb.REFUSE: label("Ne pas publier"),
    Verb.KEEP: label("Laisser en ligne"),
    Verb.HIDE: label("Retirer de la vue"),
    Verb.RESTORE: label("Remettre"),
}
DONE_LABELS = {
    Verb.PUBLISH: label("Publié"),
    Verb.MASK: label("Publié, un passage masqué"),
    Verb.REFUSE: label("Non publié"),
    Verb.KEEP: label("Laissé en ligne"),
    Verb.HIDE: label("Retiré de la vue"),
    Verb.RESTORE: label("Remis"),
}
REASONED = frozenset({Verb.MASK, Verb.REFUSE, Verb.HIDE})
DECIDABLE: dict[str, tuple[Verb, ...]] = {
    _M.PENDING: (Verb.PUBLISH, Verb.MASK, Verb.REFUSE),
    _M.PUBLISHED: (Verb.KEEP, Verb.MASK, Verb.HIDE),
    _M.MASKED: (Verb.KEEP, Verb.MASK, Verb.HIDE, Verb.RESTORE),
    _M.HIDDEN: (Verb.RESTORE,),
}
WORDED = frozenset({"need", "comment"})  # a passage may be masked in these

NOTICE_LABELS = {
    "email": label("adresse électronique"), "phone": label("téléphone"), "link": label("lien"),
    "insult": label("mot de la liste"), "capitals": label("majuscules répétées"),
}  # fmt: skip
LOG_LABELS = {
    "publish": label("Publier"), "publish_masked": label("Publier, un passage masqué"),
    "refuse": label("Ne pas publier"),
    "reread": label("Laisser en ligne"), "mask": label("Masquer un passage"), "hide": label("Retirer de la vue"),
    "restore": label("Remettre"), "undo": label("Annuler une décision"), "claim": label("Prendre en charge"),
    "assign": label("Confier"), "release": label("Rendre"), "take_over": label("Prendre la main"),
    "ask": label("Demander un avis"), "advise": label("Donner un avis"), "recuse": label("Se déporter"),
    "decide": label("Décider d’un signalement"), "uphold": label("Confirmer une décision contestée"),
    "reverse": label("Revenir sur une décision contestée"), "withdraw": label("Retirer à la demande de l’auteur"),
}  # fmt: skip
# A sober list to begin with; each Conseil de développement keeps its own.
SUGGESTED_WORDS = (
    "abruti abrutie bâtard bâtarde bicot bougnoule branleur branleuse connard connasse crétin crétine débile "
    "dégénéré dégénérée enculé enculée fainéant fainéante feignasse gogol gouine imbécile mongol négresse ordure "
    "parasite pédé pourriture poufiasse pute racaille raclure salaud salope tapette trouduc youpin youpine"
).split()
