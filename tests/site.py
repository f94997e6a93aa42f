"""A whole site under test, and its visitors, who speak HTTP and check each page they read."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import httpx
from sqlalchemy import event
from sqlmodel import Session, col, select

from app.core import jobs
from app.core.db import Database
from app.core.mail import Mail
from app.core.settings import get_settings
from app.identity import service as identity
from app.identity.access import cookie_name
from app.identity.models import Person
from app.main import create_app
from tests.conscience import check_page

ORIGIN = "http://localhost:8000"


class Visitor:
    """A browser without JavaScript: follows redirects, keeps cookies, says where it comes from."""

    def __init__(self, site: "Site") -> None:
        self.site = site
        transport = httpx.ASGITransport(site.app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url=ORIGIN, follow_redirects=True)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request and check what comes back."""
        headers = {"sec-fetch-site": "same-origin"} | options.pop("headers", {})
        kept = {name: value for name, value in headers.items() if value is not None}
        response = self.site.run(self.http.request(method, path, headers=kept, **options))
        check_page(response)
        return response

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Read a page."""
        return self.request("GET", path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Send a form."""
        return self.request("POST", path, data=data or {}, **options)

    def part(self, path: str, target: str) -> httpx.Response:
        """Ask for one block, as htmx does."""
        headers = {"hx-request": "true", "hx-target": f"section#{target}"}
        return self.get(path, headers=headers)


class Site:
    """The application on one database."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.app = create_app(get_settings(), self.database)
        self.loop = asyncio.Runner()
        self.opened: list[Visitor] = []

    def __enter__(self) -> "Site":
        """Ready."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing open."""
        for visitor in self.opened:
            self.run(visitor.http.aclose())
        self.loop.close()
        self.database.dispose()

    def run(self, awaitable: Any) -> Any:
        """Wait for something asynchronous."""

        async def wait() -> Any:
            return await awaitable

        return self.loop.run(wait())

    def visitor(self) -> Visitor:
        """Somebody without an account."""
        visitor = Visitor(self)
        self.opened.append(visitor)
        return visitor

    def signed_in(self, persona: str) -> Visitor:
        """One of the demonstration persons, signed in."""
        visitor = self.visitor()
        with self.database.writing() as db:
            person = db.exec(select(Person).where(Person.demo_persona == persona)).one()
            visitor.http.cookies.set(cookie_name(), identity.open_session(db, person), domain="localhost.local")
        return visitor

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Look at the database."""
        with self.database.reading() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Prepare the database."""
        with self.database.writing() as db:
            yield db

    def mails(self, to: str | None = None) -> list[Mail]:
        """The mails written so far, oldest first, after every due job ran."""
        jobs.run_due(self.database)
        with self.reading() as db:
            statement = select(Mail).order_by(col(Mail.id))
            return list(db.exec(statement.where(Mail.to == to) if to else statement))

    def link(self, to: str) -> str:
        """The path of the last link mailed to this address."""
        return re.findall(r"http://localhost:8000(/(?:connexion/lien|confirmation)/\S+)", self.mails(to)[-1].body)[-1]

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The statements run meanwhile."""
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        engines = {self.database.reader, self.database.writer, self.database.batches}
        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", note)
