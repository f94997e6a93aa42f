"""What a printed sheet says."""

from collections.abc import Sequence
from typing import Any

from fastapi import Request

from app.core.i18n import fdate, today
from app.core.i18n import gettext as _
from app.core.printing import qr
from app.core.security import spaced
from app.identity.states import College
from app.intake.queries.choices import Choices
from app.needs.models import Campaign


def paper(
    request: Request, here: Choices, campaign: Campaign, sheets: Sequence[tuple[str, str]]
) -> dict[str, Any]:  # fmt: skip
    """The data of the templates of paper: the collecte, the lists to tick, each sheet with the address of its page."""
    urls, settings = request.app.state.urls, request.app.state.settings
    online = settings.public_url + urls("needs.new", territoire=here.territory.slug)
    return {
        "campaign": campaign.name, "text": campaign.text, "territory": here.territory.name,
        "themes": [theme.name for theme in here.themes.values()], "colleges": [_(c.label) for c in College],
        "until": fdate(campaign.ends_on) if campaign.ends_on else "", "phone": settings.contact_phone,
        "publisher": settings.publisher, "printed": fdate(today()),
        "online": online, "online_qr": qr(online),
        "follow": settings.public_url.partition("://")[2] + urls("portal.tracking_form"),
        "privacy": settings.public_url.partition("://")[2] + urls("portal.privacy"),
        "sheets": [
            {"ref": ref, "code": code, "qr": qr(settings.public_url + urls("portal.tracking", code=code))}
            for ref, code in ((ref, spaced(secret)) for ref, secret in sheets)
        ],
    }  # fmt: skip
