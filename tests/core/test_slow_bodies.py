"""Whoever sends a form slowly makes nobody else wait: the database opens once the whole form is here."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest
from sqlmodel import select

from app.core.db import WRITERS_AT_ONCE
from app.needs.models import Need
from tests.needs.test_say import WORDS
from tests.site import Site

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b"
PATIENCE = 60.0  # seconds


@pytest.mark.parametrize("kind", [FORM, PARTS])
@pytest.mark.parametrize("path", ["/besoins", "/connexion", "/besoins/{need}/soutiens"])
def test_slow_senders_leave_the_writer_to_others(site: Site, path: str, kind: str) -> None:
    visitor = site.visitor()
    with site.reading() as db:
        path = path.format(need=db.exec(select(Need.id).where(Need.status == "published")).first())
    headers = {"sec-fetch-site": "same-origin", "content-type": kind}

    async def meanwhile() -> tuple[httpx.Response, bool]:
        waiting, rest = asyncio.Semaphore(0), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield b"--b\r\nContent-Disp" if kind == PARTS else b"title="
            waiting.release()
            await rest.wait()
            yield b"osition: form-data; name=title\r\n\r\nx\r\n--b--\r\n" if kind == PARTS else b"x"

        slow = [
            asyncio.create_task(visitor.http.post(path, content=slowly(), headers=headers))
            for _n in range(WRITERS_AT_ONCE)
        ]
        quick = urlencode({**WORDS, "once": "q" * 30})
        try:
            for _n in slow:
                await asyncio.wait_for(waiting.acquire(), PATIENCE)
            said = await asyncio.wait_for(
                visitor.http.post("/besoins", content=quick, headers=headers | {"content-type": FORM}), PATIENCE
            )
        finally:
            still = not any(task.done() for task in slow)
            rest.set()
            await asyncio.gather(*slow)
        return said, still

    said, still = site.run(meanwhile())
    assert said.status_code == 200 and still
    assert "/suivi/" in str(said.url)
