"""Closed lists and lifecycles about people: collèges, ages, roles, organisations, kinds of bodies."""

from enum import StrEnum

from app.core.machine import Machine, label


class College(StrEnum):
    """In whose name a voice counts; declared, one per accord."""

    RESIDENTS = "habitants"
    ASSOCIATIONS = "associations"
    BUSINESSES = "entreprises"
    YOUTH = "jeunes"
    INSTITUTIONS = "institutions"

    @property
    def code(self) -> str:
        """The stable code, used by exports and style sheets."""
        return self.value

    @property
    def label(self) -> str:
        """As shown."""
        return COLLEGE_LABELS[self]

    @property
    def help(self) -> str:
        """Who it is for."""
        return COLLEGE_HELP[self]


COLLEGE_LABELS = {
    College.RESIDENTS: label("Habitantes et habitants"),
    College.ASSOCIATIONS: label("Associations"),
    College.BUSINESSES: label("Entreprises"),
    College.YOUTH: label("Jeunes"),
    College.INSTITUTIONS: label("Institutions"),
}
COLLEGE_HELP = {
    College.RESIDENTS: label("Vous parlez pour vous, votre famille, votre quartier."),
    College.ASSOCIATIONS: label("Vous parlez pour une association."),
    College.BUSINESSES: label("Vous parlez pour une entreprise, une ferme, un commerce."),
    College.YOUTH: label("Vous avez entre 12 et 27 ans et souhaitez être compté avec les jeunes."),
    College.INSTITUTIONS: label("Mairie, école, hôpital, service public, élue ou élu."),
}


class AgeBracket(StrEnum):
    """Declared, never asked to sign in: it protects the youngest and opens the youth collège (12 to 27)."""

    UNDER_15 = "-15"
    UNDER_18 = "15-17"
    YOUNG = "18-27"
    ADULT = "28-59"
    OLDER = "60+"


AGE_LABELS = {
    AgeBracket.UNDER_15: label("Moins de 15 ans"),
    AgeBracket.UNDER_18: label("15 à 17 ans"),
    AgeBracket.YOUNG: label("18 à 27 ans"),
    AgeBracket.ADULT: label("28 à 59 ans"),
    AgeBracket.OLDER: label("60 ans et plus"),
}
YOUTH_AGES = frozenset({AgeBracket.UNDER_15, AgeBracket.UNDER_18, AgeBracket.YOUNG})


class RoleKind(StrEnum):
    """What a person may be entrusted with on a territory."""

    FACILITATOR = "facilitator"
    MODERATOR = "moderator"
    TECHNICIAN = "technician"
    ELECTED = "elected"
    RELAY = "relay"
    DATA_MANAGER = "data_manager"
    REFERENT = "referent"
    ADMINISTRATOR = "administrator"


ROLE_LABELS = {
    RoleKind.FACILITATOR: label("animation d’ateliers"),
    RoleKind.MODERATOR: label("relecture, Conseil de développement"),
    RoleKind.TECHNICIAN: label("équipe technique"),
    RoleKind.ELECTED: label("mandat électif"),
    RoleKind.RELAY: label("relais, saisie de ce qui est dit sur papier ou au téléphone"),
    RoleKind.DATA_MANAGER: label("administration des données"),
    RoleKind.REFERENT: label("référence du territoire"),
    RoleKind.ADMINISTRATOR: label("administration du site"),
}
# Held on the same territory at the same time, they exclude each other (product.md section 6; CGCT L5211-10-1).
INCOMPATIBLE = frozenset({frozenset({RoleKind.ELECTED, RoleKind.MODERATOR})})


class RoleState(StrEnum):
    """Where a role is today, as the list of roles is asked for."""

    IN_FORCE = "en-cours"
    TO_COME = "a-venir"
    ENDED = "termines"


class InvitationStatus(StrEnum):
    """Where the offer of a role is."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"


INVITATION: Machine[InvitationStatus] = Machine(
    {
        "accept": ({InvitationStatus.SENT}, InvitationStatus.ACCEPTED),
        "decline": ({InvitationStatus.SENT}, InvitationStatus.DECLINED),
        "cancel": ({InvitationStatus.SENT}, InvitationStatus.CANCELLED),
    }
)
INVITATION_LABELS = {
    InvitationStatus.SENT: label("Invitation envoyée"),
    InvitationStatus.ACCEPTED: label("Acceptée"),
    InvitationStatus.DECLINED: label("Déclinée"),
    InvitationStatus.CANCELLED: label("Annulée"),
}


class OrganisationKind(StrEnum):
    """What an organisation is; it gives its collège."""

    ASSOCIATION = "association"
    BUSINESS = "business"
    PUBLIC_BODY = "public_body"
    YOUTH_BODY = "youth_body"


ORGANISATION_KINDS = {
    OrganisationKind.ASSOCIATION: label("Association"),
    OrganisationKind.BUSINESS: label("Entreprise, ferme, commerce"),
    OrganisationKind.PUBLIC_BODY: label("Organisme public"),
    OrganisationKind.YOUTH_BODY: label("Instance de jeunes"),
}
COLLEGE_OF_KIND = {
    OrganisationKind.ASSOCIATION: College.ASSOCIATIONS,
    OrganisationKind.BUSINESS: College.BUSINESSES,
    OrganisationKind.PUBLIC_BODY: College.INSTITUTIONS,
    OrganisationKind.YOUTH_BODY: College.YOUTH,
}


class OrganisationStatus(StrEnum):
    """Whether an organisation may speak."""

    DECLARED = "declared"
    VERIFIED = "verified"
    REFUSED = "refused"
    CLOSED = "closed"


_O = OrganisationStatus
ORGANISATION: Machine[OrganisationStatus] = Machine(
    {
        "verify": ({_O.DECLARED}, _O.VERIFIED),
        "refuse": ({_O.DECLARED}, _O.REFUSED),
        "declare_again": ({_O.REFUSED}, _O.DECLARED),
        "suspend": ({_O.VERIFIED}, _O.DECLARED),
        "close": ({_O.DECLARED, _O.VERIFIED, _O.REFUSED}, _O.CLOSED),
    }
)
ORGANISATION_LABELS = {
    _O.DECLARED: label("Vérification en attente"),
    _O.VERIFIED: label("Vérifiée"),
    _O.REFUSED: label("Non reconnue"),
    _O.CLOSED: label("Page fermée"),
}


class DelegateStatus(StrEnum):
    """Where the mandate of a delegate is."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    ENDED = "ended"


_D = DelegateStatus
DELEGATE: Machine[DelegateStatus] = Machine(
    {
        "accept": ({_D.INVITED}, _D.ACCEPTED),
        "decline": ({_D.INVITED}, _D.DECLINED),
        "cancel": ({_D.INVITED}, _D.CANCELLED),
        "end": ({_D.ACCEPTED}, _D.ENDED),
    }
)
DELEGATE_LABELS = {
    _D.INVITED: label("Invitation envoyée"),
    _D.ACCEPTED: label("Parle pour l’organisation"),
    _D.DECLINED: label("A décliné"),
    _D.CANCELLED: label("Invitation annulée"),
    _D.ENDED: label("Mandat terminé"),
}


class BodyKind(StrEnum):
    """What a body is in the governance of an accord."""

    TERRITORIAL_COMMITTEE = "territorial_committee"
    STEERING_COMMITTEE = "steering_committee"
    STANDING_COMMITTEE = "standing_committee"
    DEVELOPMENT_COUNCIL = "development_council"
    COMMUNITY_COUNCIL = "community_council"
    SERVICES = "services"
