"""Moderation of whatever people write: one table for needs, comments, and later photos and cards."""

from enum import StrEnum

from app.core.machine import Machine, label


class Moderation(StrEnum):
    """Where a contribution is between its author and its readers."""

    DRAFT = "draft"
    AWAITING_EMAIL = "awaiting_email"
    PENDING = "pending"
    PUBLISHED = "published"
    MASKED = "masked"
    REFUSED = "refused"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"
    APPEALED = "appealed"
    UPHELD = "upheld"


_M = Moderation
MODERATION: Machine[Moderation] = Machine(
    {
        "await_email": ({_M.DRAFT}, _M.AWAITING_EMAIL),
        "submit": ({_M.DRAFT, _M.AWAITING_EMAIL}, _M.PENDING),
        "post": ({_M.DRAFT, _M.AWAITING_EMAIL}, _M.PUBLISHED),
        "publish": ({_M.PENDING}, _M.PUBLISHED),
        "refuse": ({_M.PENDING}, _M.REFUSED),
        "withdraw": ({_M.AWAITING_EMAIL, _M.PENDING, _M.PUBLISHED, _M.MASKED}, _M.WITHDRAWN),
        "mask": ({_M.PUBLISHED}, _M.MASKED),
        "hide": ({_M.PUBLISHED, _M.MASKED}, _M.HIDDEN),
        "appeal": ({_M.REFUSED, _M.HIDDEN}, _M.APPEALED),
        "uphold": ({_M.APPEALED}, _M.UPHELD),
        "reverse": ({_M.APPEALED}, _M.PUBLISHED),
        "reverse_masked": ({_M.APPEALED}, _M.MASKED),
        "publish_masked": ({_M.PENDING}, _M.MASKED),
        "restore": ({_M.HIDDEN, _M.MASKED}, _M.PUBLISHED),
        "restore_masked": ({_M.HIDDEN}, _M.MASKED),
        # A decision taken back within seconds: each goes back where it was.
        "undo_reading": ({_M.PUBLISHED, _M.MASKED, _M.REFUSED}, _M.PENDING),
        "undo_restore": ({_M.PUBLISHED, _M.MASKED}, _M.HIDDEN),
        "undo_unmask": ({_M.PUBLISHED}, _M.MASKED),
        "undo_review": ({_M.UPHELD, _M.PUBLISHED, _M.MASKED}, _M.APPEALED),
        "undo_withdraw": ({_M.WITHDRAWN}, _M.PUBLISHED),
        "undo_withdraw_masked": ({_M.WITHDRAWN}, _M.MASKED),
        # An account closed with its words, and reopened: each goes back where it was.
        "withdraw_with_account": ({_M.PENDING, _M.PUBLISHED, _M.MASKED, _M.APPEALED}, _M.WITHDRAWN),
        "return_pending": ({_M.WITHDRAWN}, _M.PENDING),
        "return_published": ({_M.WITHDRAWN}, _M.PUBLISHED),
        "return_masked": ({_M.WITHDRAWN}, _M.MASKED),
        "return_appealed": ({_M.WITHDRAWN}, _M.APPEALED),
    }
)

MODERATION_LABELS = {
    _M.DRAFT: label("Brouillon"),
    _M.AWAITING_EMAIL: label("Adresse à confirmer"),
    _M.PENDING: label("En attente de relecture"),
    _M.PUBLISHED: label("Publié"),
    _M.MASKED: label("Publié, un passage masqué"),
    _M.REFUSED: label("Non publié"),
    _M.HIDDEN: label("Retiré de la vue"),
    _M.WITHDRAWN: label("Retiré par son auteur"),
    _M.APPEALED: label("Réexamen demandé"),
    _M.UPHELD: label("Refus confirmé"),
}


class RefusalReason(StrEnum):
    """Why a contribution is not published; each is an article of the charter."""

    NAMED_PERSON = "personne_visee"
    INSULT = "propos_injurieux"
    PRIVATE_DATA = "donnee_privee"
    ADVERTISING = "publicite"
    OFF_TOPIC = "hors_sujet"
    DUPLICATE = "doublon"


REASON_LABELS = {
    RefusalReason.NAMED_PERSON: label("Vise une personne reconnaissable"),
    RefusalReason.INSULT: label("Propos injurieux ou discriminatoire"),
    RefusalReason.PRIVATE_DATA: label("Donnée privée d’un tiers"),
    RefusalReason.ADVERTISING: label("Publicité ou message électoral"),
    RefusalReason.OFF_TOPIC: label("Sans rapport avec un accord de territoire"),
    RefusalReason.DUPLICATE: label("Déjà envoyé par la même personne"),
}
CONTEST_DAYS = 183  # six months to contest: Regulation (EU) 2022/2065, article 20, paragraph 1
REASON_ARTICLES = {reason: number for number, reason in enumerate(RefusalReason, start=4)}


class CommentKind(StrEnum):
    """What a comment is."""

    REMARK = "remarque"
    QUESTION = "question"
    PROPOSAL = "proposition"


OFFICIAL_ANSWER = "reponse"  # the kind of a comment written in the name of a body

COMMENT_LABELS = {
    CommentKind.REMARK: label("Remarque"),
    CommentKind.QUESTION: label("Question"),
    CommentKind.PROPOSAL: label("Proposition"),
}


class Stance(StrEnum):
    """What a voice thinks of a fiche-action."""

    FOR = "pour"
    MIXED = "nuance"
    AGAINST = "contre"


STANCE_LABELS = {
    Stance.FOR: label("Pour"),
    Stance.MIXED: label("Nuancé"),
    Stance.AGAINST: label("Contre"),
}


class Origin(StrEnum):
    """By which way a contribution came."""

    ONLINE = "online"
    PAPER = "paper"
    PHONE = "phone"
    WORKSHOP = "workshop"


ORIGIN_LABELS = {
    Origin.ONLINE: label("Par internet"),
    Origin.PAPER: label("Sur papier"),
    Origin.PHONE: label("Par téléphone"),
    Origin.WORKSHOP: label("En atelier"),
}


class FileKind(StrEnum):
    """What a file is."""

    IMAGE = "image"
    DOCUMENT = "document"


class FollowKind(StrEnum):
    """What one may follow: a thread is that of a need, a group or a fiche-action."""

    THREAD = "fil"
    THEME = "theme"
    TERRITORY = "territoire"


class Rhythm(StrEnum):
    """How often one is told; ``NEVER``: one stopped following, and may take it back for a while."""

    AT_ONCE = "aussitot"
    WEEKLY = "semaine"
    NEVER = "jamais"


RHYTHM_LABELS = {
    Rhythm.AT_ONCE: label("À chaque nouvelle"),
    Rhythm.WEEKLY: label("Une fois par semaine"),
    Rhythm.NEVER: label("Arrêté"),
}


class Held(StrEnum):
    """Why a contribution waits to be read even where reading comes after: it looks like what a machine sends."""

    TRAP = "piege"
    PACE = "cadence"
    REPEATED = "repete"


HELD_LABELS = {
    Held.TRAP: label("a rempli un champ que personne ne voit"),
    Held.PACE: label("écrit plus vite qu’une personne"),
    Held.REPEATED: label("répète un texte déjà envoyé"),
}
