"""People at a real browser, and what no page of ours may ever do to them."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    WebError,
    expect,
    sync_playwright,
)

from tests.browser.server import Server

HOME = "morlaix-communaute"
PATIENCE = 30_000  # ms: how long a condition is waited for
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--disable-dev-shm-usage",
]  # fmt: skip
WIDE: Any = {"width": 1280, "height": 900}
NOWHERE = -1  # px: where a mouse is that has not come yet
AWAKE = "html[data-awake], html:not(:has(script[src*='/js/page.']))"  # its scripts have started, or it has none
_addresses = count(1)


def _address() -> dict[str, str]:
    """Limits count addresses: each person has one."""
    number = next(_addresses)
    return {"x-forwarded-for": f"10.0.{number // 250}.{number % 250 + 1}"}


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """The machine's Chromium (``EMGLEV_TEST_CHROMIUM`` names another), else Playwright's own."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("EMGLEV_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """Notes what a page does wrong: errors, refusals of the content policy, requests to other hosts."""

    host: str
    faults: list[str] = field(default_factory=list)
    offline: bool = False
    statuses: set[int] = field(default_factory=set)

    def follow(self, context: BrowserContext) -> None:
        """Listen to every page of this context."""
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning") or message.text.startswith("Failed to load resource"):
            return  # failed loads are judged by their status, below
        if not (self.offline and re.search("ERR_INTERNET_DISCONNECTED|Failed to fetch", message.text)):
            self.faults.append(f"console {message.type}: {message.text}")

    def _error(self, error: WebError) -> None:
        if not self.offline:
            self.faults.append(f"uncaught: {error.error}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.faults.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        refused = response.request.resource_type in ("document", "fetch") and response.status < 500
        if response.status >= 400 and not refused and response.status not in self.statuses:
            self.faults.append(f"{response.status} for {response.url}")

    def _failed(self, request: Request) -> None:
        if not self.offline and request.failure not in (None, "net::ERR_ABORTED"):
            self.faults.append(f"{request.failure} for {request.url}")


class Visitor:
    """One person: one browser, one address, one page at a time."""

    def __init__(self, browser: Browser, server: Server, **options: Any) -> None:
        self.server = server
        self.watch = Watch(urlsplit(server.url).netloc)
        settings: dict[str, Any] = {
            "base_url": server.url, "locale": "fr-FR", "timezone_id": "Europe/Paris", "color_scheme": "light",
            "viewport": WIDE, "reduced_motion": "reduce", "extra_http_headers": _address(),
        }  # fmt: skip
        self.scripted = bool(options.get("java_script_enabled", True))
        self.context = browser.new_context(**settings | options)
        self.context.set_default_timeout(PATIENCE)
        self.watch.follow(self.context)
        self.answers: list[Response] = []
        self.page = self.open_tab()

    def open_tab(self) -> Page:
        """Another tab of the same browser, which becomes the present one."""
        self.page = self.context.new_page()
        self.page.on("response", self._note)
        return self.page

    def give_way(self) -> None:
        """Leave one's place to somebody new: another address, nothing kept, nothing on screen.

        A browser with its first page takes half a second to open: who visits two hundred pages keeps it.
        """
        self.page.goto("/healthz")  # of the same origin, so that what the last page kept on leaving goes as well
        self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        self.context.clear_cookies()
        self.context.set_extra_http_headers(_address())
        self.page.set_viewport_size(WIDE)
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page.mouse.move(NOWHERE, NOWHERE)
        self.answers.clear()
        self.watch.faults.clear()

    def _note(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and not 300 <= response.status < 400:
            self.answers.append(response)

    @property
    def status(self) -> int:
        """The status of the page on screen."""
        return self.answers[-1].status

    @property
    def path(self) -> str:
        """The address of the page on screen, without its host."""
        return self.page.url.removeprefix(self.server.url)

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(path)
        self.wake()
        return self.page

    def wake(self) -> None:
        """Wait for the scripts of the page: no person presses a key in the same millisecond as a page comes."""
        if self.scripted:
            self.page.locator(AWAKE).wait_for(state="attached")

    def become(self, persona: str, territory: str = HOME) -> None:
        """Sign in as one of the demonstration persons, without reading the page where one chooses."""
        answer = self.context.request.post(
            f"{self.server.url}/demo/personne", form={"persona": persona, "territoire": territory, "next": "/aide"},
            headers={"sec-fetch-site": "same-origin"},
        )  # fmt: skip
        assert answer.ok, f"{persona}: {answer.status}"

    def post(self, path: str, **form: str | int) -> int:
        """Send a form that is not under test; the status of the answer."""
        sent = self.context.request.post(
            f"{self.server.url}{path}", form=dict(form), headers={"sec-fetch-site": "same-origin"}
        )
        return sent.status

    def follow(self, target: Locator) -> None:
        """Click on what leads to another page, and wait for that page."""
        with self.page.expect_event("load"):
            target.click()
        self.wake()

    def press(self, name: str) -> None:
        """Press the button of this name, and wait for the page that comes."""
        self.follow(self.page.get_by_role("button", name=name, exact=True))

    def click(self, name: str) -> None:
        """Follow the link of this name."""
        self.follow(self.page.get_by_role("link", name=name, exact=True).first)

    def key(self, key: str) -> None:
        """Press a key that leads to another page, and wait for that page."""
        with self.page.expect_event("load"):
            self.page.keyboard.press(key)
        self.wake()

    def go_still(self, path: str) -> Page:
        """Open a page where time stands still until it is wound forward, however slow the machine is."""
        began = datetime.now(UTC)
        self.page.clock.install(time=began)
        self.page.clock.pause_at(began + timedelta(minutes=1))
        self.go(path).clock.run_for(1)  # htmx begins in its own turn
        return self.page

    def cut(self) -> None:
        """Lose the network."""
        self.watch.offline = True
        self.context.set_offline(True)

    def back_online(self) -> None:
        """Find the network again."""
        self.context.set_offline(False)

    def close(self) -> None:
        """Leave; raise what the pages did wrong."""
        self.context.close()
        assert not self.watch.faults, "\n".join(dict.fromkeys(self.watch.faults))


class Crowd:
    """Everyone who comes to one server during one test."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser = browser
        self.server = server
        self.visitors: list[Visitor] = []

    def visitor(self, **options: Any) -> Visitor:
        """Somebody new."""
        visitor = Visitor(self.browser, self.server, **options)
        self.visitors.append(visitor)
        return visitor

    def signed_in(self, persona: str, territory: str = HOME, **options: Any) -> Visitor:
        """One of the demonstration persons."""
        visitor = self.visitor(**options)
        visitor.become(persona, territory)
        return visitor

    def keep_pictures(self, folder: Path, name: str) -> None:
        """Save what every open page shows."""
        folder.mkdir(parents=True, exist_ok=True)
        short = re.sub(r"[^\w-]+", "-", name).strip("-")[:120]
        pages = [page for visitor in self.visitors for page in visitor.context.pages]
        for number, page in enumerate(pages):
            page.screenshot(path=folder / f"{short}-{number}.png", full_page=True)

    def leave(self) -> None:
        """Close every browser; raise what any page did wrong."""
        leaving, self.visitors = self.visitors, []
        faults: list[str] = []
        for visitor in leaving:
            visitor.context.close()
            faults += visitor.watch.faults
        assert not faults, "\n".join(dict.fromkeys(faults))
