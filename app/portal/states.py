"""How long personal data is kept: one list, run by ``emglev purge`` and shown on /confidentialite."""

from dataclasses import dataclass

from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.machine import label

REOPENING_DAYS = 30  # how long a closed account may be reopened
INACTIVE_DAYS = 3 * 365
UNSEEN_FILES_DAYS = 210  # beyond the time in which a decision may be contested, and answered
WARNING_DAYS = 30  # between the warning of an account without a visit and its closing


@dataclass(frozen=True)
class Rule:
    """One rule of retention: what is kept, how many days after what, on which ground, and what is done then."""

    key: str
    what: str
    days: int
    since: str
    ground: str
    done: str

    @property
    def delay(self) -> str:
        """« 30 jours », « 3 ans »; the day of a warning is said by the closing that it announces."""
        if self.days == INACTIVE_DAYS - WARNING_DAYS:
            return _("3 ans moins 30 jours")
        if self.days % 365 == 0:
            return ngettext("%(n)s an", "%(n)s ans", self.days // 365) % {"n": self.days // 365}
        return ngettext("%(n)s jour", "%(n)s jours", self.days) % {"n": self.days}


_MISSION = label("mission d’intérêt public")
_SECURITY = label("sécurité du site")
_CONSENT = label("accord d’un parent")
_REMOVED = label("supprimés")

RULES = (
    Rule(
        "unconfirmed_needs", label("Besoins dont l’adresse n’a pas été confirmée"), 8, label("l’envoi"),
        _MISSION, _REMOVED,
    ),
    Rule(
        "unconfirmed_comments", label("Commentaires dont l’adresse n’a pas été confirmée"), 8, label("l’envoi"),
        _MISSION, _REMOVED,
    ),
    Rule(
        "unseen_files", label("Photos et documents retirés, non publiés, ou d’un besoin retiré"), UNSEEN_FILES_DAYS,
        label("le dernier geste sur eux"), _MISSION, label("effacés ; leur date reste"),
    ),
    Rule(
        "imports", label("Tableaux de saisie lus, sans accord ni abandon"), 30, label("l’envoi du fichier"),
        _MISSION, label("abandonnés, leurs lignes effacées"),
    ),
    Rule(
        "news", label("Nouvelles envoyées à qui suit une page"), 365, label("leur date"), _MISSION, label("supprimées"),
    ),
    Rule(
        "follows", label("Abonnements arrêtés"), 30, label("leur arrêt"), _MISSION, _REMOVED,
    ),
    Rule(
        "reporters", label("Nom et adresse de qui a fait un signalement"), 365, label("la décision"), _MISSION,
        label("effacés ; le signalement et sa réponse restent"),
    ),
    Rule(
        "proofs", label("Liens envoyés pour se connecter ou confirmer"), 1, label("la fin de leur validité"),
        _SECURITY, _REMOVED,
    ),
    Rule(
        "pending_identities", label("Identités certifiées qui n’ont ouvert aucun compte"), 1,
        label("la fin de leur validité"), _SECURITY, label("supprimées"),
    ),
    Rule(
        "sessions", label("Connexions terminées"), 1, label("leur fin"), _SECURITY, label("supprimées"),
    ),
    Rule(
        "recovery_codes", label("Codes de secours utilisés"), 30, label("leur usage"), _SECURITY, _REMOVED,
    ),
    Rule(
        "mails", label("Messages envoyés par le site"), 30, label("leur envoi"), _MISSION, _REMOVED,
    ),
    Rule(
        "jobs", label("Tâches techniques terminées"), 30, label("leur fin"), _SECURITY, label("supprimées"),
    ),
    Rule(
        "invitations", label("Invitations à tenir un rôle"), 30, label("la fin de leur validité"),
        _MISSION, label("supprimées"),
    ),
    Rule(
        "delegates", label("Invitations à parler pour une organisation, sans accord donné"), 30, label("l’envoi"),
        _MISSION, label("supprimées"),
    ),
    Rule(
        "parents", label("Demandes à un parent, sans réponse, refusées ou retirées"), 30,
        label("la demande ou le retrait"), _CONSENT, label("supprimées"),
    ),
    Rule(
        "seats", label("Secrets des téléphones d’un atelier"), 30, label("la publication du compte rendu"),
        _SECURITY, label("effacés ; les bulletins restent, sans lien avec un téléphone"),
    ),
    Rule(
        "registrations", label("Inscriptions à un atelier, et ce qu’elles disent de vos besoins"), 30,
        label("l’atelier"), _MISSION, label("supprimées"),
    ),
    Rule(
        "inactive_warning", label("Comptes sans visite : message d’avertissement"), INACTIVE_DAYS - WARNING_DAYS,
        label("la dernière visite"), _MISSION, label("prévenus par message"),
    ),
    Rule(
        "inactive", label("Comptes sans visite"), INACTIVE_DAYS, label("la dernière visite"), _MISSION,
        label("fermés, contributions gardées"),
    ),
    Rule(
        "closed_accounts", label("Comptes fermés"), REOPENING_DAYS, label("la fermeture"), _MISSION,
        label("anonymisés ; textes et voix effacés si leur auteur l’a demandé"),
    ),
)  # fmt: skip
RULE = {rule.key: rule for rule in RULES}
