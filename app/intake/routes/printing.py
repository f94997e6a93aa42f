"""What a printed sheet says, and the answer that prints it once its numbers are durable."""

import io
from collections.abc import Sequence
from typing import Any

import anyio.to_thread
import segno
from fastapi import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.core import pdf
from app.core.i18n import fdate, today
from app.core.i18n import gettext as _
from app.core.security import spaced
from app.identity.states import College
from app.intake.queries.choices import Choices
from app.needs.models import Campaign


class Printed(Response):
    """A PDF drawn after the transaction: drawing a hundred sheets takes seconds, and writers must not wait for it."""

    def __init__(self, template: str, data: dict[str, Any], name: str) -> None:
        super().__init__()
        self.template, self.data, self.name = template, data, name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Draw it, then send it."""
        drawn = await anyio.to_thread.run_sync(pdf.render, self.template, self.data)
        headers = {"content-disposition": f'attachment; filename="{self.name}"', "cache-control": "no-store"}
        await Response(drawn, media_type="application/pdf", headers=headers)(scope, receive, send)


def qr(address: str) -> str:
    """A QR code as SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", xmldecl=False, border=2, scale=4)
    return drawn.getvalue().decode()


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
