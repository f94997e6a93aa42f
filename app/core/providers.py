"""The providers that the settings name, each asked for the least and the way it wants.

FranceConnect refuses PKCE and any parameter that it does not know, and wants ``eidas1``; a subject is all we ask.
ProConnect takes PKCE; the employer's SIRET is asked, which proves an employer and no mandate.
Source: research of the two federations' published code and partner documentation.
"""

from app.core.i18n import gettext as _
from app.core.machine import label
from app.core.oidc import Provider
from app.core.settings import Settings, get_settings

FRANCECONNECT = "franceconnect"
PROCONNECT = "proconnect"
OTHER = "oidc"
DEMO_PATH = "/demo/fournisseur"
DEMO_CLIENT = "emglev-demonstration"
DEMO_SECRET = "secret-de-demonstration"
GIVES = {
    FRANCECONNECT: label(
        "FranceConnect nous donne un numéro qui vous désigne ici, et rien d’autre : ni nom, ni adresse."
    ),
    PROCONNECT: label("ProConnect nous donne un numéro qui vous désigne et le SIRET de votre employeur, rien d’autre."),
    OTHER: label("Ce service nous donne un numéro qui vous désigne, et rien d’autre."),
}


def offered() -> list[Provider]:
    """The ways in besides the e-mail link, in their order; the demonstration brings its own where none is set."""
    settings = get_settings()
    ways = [_franceconnect(settings), _proconnect(settings), _other(settings)]
    return [way for way in ways if way.client_id]


def named(key: str) -> Provider | None:
    """One of them."""
    return next((way for way in offered() if way.key == key), None)


def gives(key: str) -> str:
    """What it tells us, in a sentence."""
    return GIVES[key]


def in_demonstration(settings: Settings) -> bool:
    """Whether the providers offered are those of the demonstration."""
    real = settings.franceconnect_client_id or settings.proconnect_client_id or settings.oidc_client_id
    return settings.demo and not real


def demo_issuer(key: str) -> str:
    """Where the demonstration's provider answers."""
    return f"{get_settings().public_url}{DEMO_PATH}/{key}"


def _franceconnect(settings: Settings) -> Provider:
    demo = in_demonstration(settings)
    return Provider(
        FRANCECONNECT, "FranceConnect",
        issuer=demo_issuer(FRANCECONNECT) if demo else settings.franceconnect_issuer,
        client_id=DEMO_CLIENT if demo else settings.franceconnect_client_id,
        client_secret=DEMO_SECRET if demo else settings.franceconnect_client_secret,
        pkce=False, acr="eidas1", about="https://franceconnect.gouv.fr/",
    )  # fmt: skip


def _proconnect(settings: Settings) -> Provider:
    demo = in_demonstration(settings)
    return Provider(
        PROCONNECT, "ProConnect",
        issuer=demo_issuer(PROCONNECT) if demo else settings.proconnect_issuer,
        client_id=DEMO_CLIENT if demo else settings.proconnect_client_id,
        client_secret=DEMO_SECRET if demo else settings.proconnect_client_secret,
        scope="openid siret", claims=("siret",), about="https://www.proconnect.gouv.fr/",
    )  # fmt: skip


def _other(settings: Settings) -> Provider:
    return Provider(
        OTHER, settings.oidc_label or _("Votre service"), issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id, client_secret=settings.oidc_client_secret, scope=settings.oidc_scopes,
        claims=("siret",) if "siret" in settings.oidc_scopes.split() else (), plain=True,
    )  # fmt: skip
