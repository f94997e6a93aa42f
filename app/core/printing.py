"""Paper for people: the answer that draws a PDF once what it shows is durable, and the QR codes on it."""

import io
from typing import Any

import anyio.to_thread
import segno
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.core import pdf
from app.core.security import PRIVATE


class Printed(Response):
    """A PDF drawn after the transaction: drawing a hundred sheets takes seconds, and writers must not wait for it."""

    def __init__(self, template: str, data: dict[str, Any], name: str) -> None:
        super().__init__()
        self.template, self.data, self.name = template, data, name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Draw it, then send it."""
        drawn = await anyio.to_thread.run_sync(pdf.render, self.template, self.data)
        headers = PRIVATE | {"content-disposition": f'attachment; filename="{self.name}"'}
        await Response(drawn, media_type="application/pdf", headers=headers)(scope, receive, send)


def qr(address: str) -> str:
    """A QR code as SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", xmldecl=False, border=2, scale=4)
    return drawn.getvalue().decode()
