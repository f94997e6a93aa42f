"""What tests of organisations share: one declared, its mandates, somebody who proves an address."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from app.identity.access import cookie_name
from app.identity.models import Delegate, Organisation
from app.identity.queries import organisations as queries
from app.places.queries import reference
from tests.site import ORIGIN, Site, Visitor

TREGOR = "/organisations/tregor-a-velo"


def home(site: Site) -> int:
    with site.reading() as db:
        return reference(db).by_slug["morlaix-communaute"].territory_id


def words(site: Site, **changes: Any) -> dict[str, str]:
    """What the form sends."""
    sent = {
        "kind": "association", "name": "Les Ateliers de la Penzé", "territory": home(site), "text": "On répare des vélos.",
        "rna": "W291002003", "website": "www.exemple.fr",
    }  # fmt: skip
    return {name: str(value) for name, value in (sent | changes).items()}


def get(site: Site, slug: str) -> Organisation:
    with site.reading() as db:
        return queries.by_slug(db, slug) or pytest.fail(f"no organisation {slug}")


def declared(site: Site, persona: str = "resident", **changes: Any) -> tuple[Visitor, str]:
    """A persona who just declared an organisation, and its slug."""
    visitor = site.signed_in(persona)
    page = visitor.post("/organisations/nouvelle", words(site, **changes))
    assert page.status_code == 200, page.text[:3000]
    return visitor, str(page.url.path).split("/")[2]


def someone(site: Site, email: str) -> Visitor:
    """A person who proves this address."""
    visitor = site.visitor()
    visitor.post("/connexion", {"email": email})
    visitor.post(site.link(email))
    return visitor


def mandates(site: Site, slug: str) -> list[tuple[str, str]]:
    with site.reading() as db:
        rows = db.exec(
            select(Delegate).join(Organisation).where(Organisation.slug == slug).order_by(col(Delegate.id))
        )  # fmt: skip
        return [(row.email, row.status) for row in rows]


def delegate_id(site: Site, slug: str, email: str) -> int:
    with site.reading() as db:
        found = db.exec(
            select(Delegate).join(Organisation).where(Organisation.slug == slug, Delegate.email == email)
        ).all()
        return found[-1].id or 0


def at_once(site: Site, sent: Sequence[tuple[Visitor, str, dict[str, str]]]) -> list[int]:
    """Several forms, each by its visitor, at the same moment; the answers, without following them."""

    async def send() -> list[int]:
        transport = httpx.ASGITransport(site.app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, timeout=60) as client:
            calls: list[Any] = []
            for visitor, path, data in sent:
                secret = next(cookie.value for cookie in visitor.http.cookies.jar if cookie.name == cookie_name())
                headers = {"sec-fetch-site": "same-origin", "cookie": f"{cookie_name()}={secret}"}
                calls.append(client.post(path, data=data, headers=headers))
            return [answer.status_code for answer in await asyncio.gather(*calls)]

    answers: list[int] = site.run(send())
    return answers
