"""Closed lists about people: collèges, roles, kinds of bodies."""

from enum import StrEnum

from app.core.machine import label


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


class RoleKind(StrEnum):
    """What a person may be entrusted with on a territory."""

    DELEGATE = "delegate"
    FACILITATOR = "facilitator"
    MODERATOR = "moderator"
    TECHNICIAN = "technician"
    ELECTED = "elected"
    DATA_MANAGER = "data_manager"
    ADMINISTRATOR = "administrator"


ROLE_LABELS = {
    RoleKind.DELEGATE: label("délégation d’une organisation"),
    RoleKind.FACILITATOR: label("animation d’ateliers"),
    RoleKind.MODERATOR: label("relecture, Conseil de développement"),
    RoleKind.TECHNICIAN: label("équipe technique"),
    RoleKind.ELECTED: label("mandat électif"),
    RoleKind.DATA_MANAGER: label("administration des données"),
    RoleKind.ADMINISTRATOR: label("administration du site"),
}


class BodyKind(StrEnum):
    """What a body is in the governance of an accord."""

    TERRITORIAL_COMMITTEE = "territorial_committee"
    STEERING_COMMITTEE = "steering_committee"
    STANDING_COMMITTEE = "standing_committee"
    DEVELOPMENT_COUNCIL = "development_council"
    COMMUNITY_COUNCIL = "community_council"
    SERVICES = "services"
