"""What was acknowledged is there after the process is killed."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from app.core.db import Database
from app.core.security import digest, normal_code
from app.needs.models import Need
from tests.databases import Engine
from tests.needs.test_say import WORDS
from tests.ports import reserved_port

SERVE = "from app.cli import main; main()"
PATIENCE = 120.0  # seconds


@contextlib.contextmanager
def _server(url: str, folder: Path):  # type: ignore[no-untyped-def]
    with reserved_port() as port, (folder / "server.log").open("w") as log:
        address = f"http://127.0.0.1:{port}"
        settings = {
            "EMGLEV_DATABASE_URL": url,
            "EMGLEV_PUBLIC_URL": address,
            "EMGLEV_DEMO": "true",
            "EMGLEV_VAR_DIR": str(folder),
        }
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--port", str(port)],
            env=os.environ | settings,
            stdout=log,
            stderr=log,
        )
        try:
            _until_it_answers(address, process, folder / "server.log")
            yield address, process
        finally:
            process.kill()
            process.wait(PATIENCE)


def _until_it_answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    late = time.monotonic() + PATIENCE
    while time.monotonic() < late:
        assert process.poll() is None, log.read_text("utf-8")
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/healthz").status_code == 200:
                return
        threading.Event().wait(0.05)
    pytest.fail(f"the server does not answer: {log.read_text('utf-8')}")


def _say(address: str, once: str) -> str | None:
    """The tracking code that the server gave for this need, if it acknowledged it."""
    headers = {"sec-fetch-site": "same-origin"}
    with contextlib.suppress(httpx.TransportError):
        given = httpx.post(f"{address}/besoins", data={**WORDS, "once": once}, headers=headers, timeout=PATIENCE)
        found = re.search(r"/suivi/([0-9A-Z-]+)", given.headers.get("location", ""))
        return normal_code(found[1]) if found else None
    return None


@pytest.mark.slow
def test_every_need_acknowledged_before_a_kill_is_there_after_it(engine: Engine, tmp_path: Path) -> None:
    acknowledged: list[str] = []
    with engine.copy() as url, _server(url, tmp_path) as (address, process):

        def write(worker: int) -> None:
            for n in range(4):  # the rate limit lets twelve through
                code = _say(address, f"{worker:014d}{n:014d}")
                if code:
                    acknowledged.append(code)
                if len(acknowledged) >= 6:
                    process.send_signal(signal.SIGKILL)

        threads = [threading.Thread(target=write, args=(n,)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        database = Database(url)
        with database.reading() as db:
            kept = set(db.exec(select(Need.tracking_digest)))
        database.dispose()
        assert len(acknowledged) >= 6
        assert {digest(code) for code in acknowledged} <= kept


@pytest.mark.slow
def test_a_served_page_streams_what_moves_and_the_server_stops_in_time(engine: Engine, tmp_path: Path) -> None:
    with engine.copy() as url, _server(url, tmp_path) as (address, process):
        same = {"sec-fetch-site": "same-origin"}
        with httpx.Client(base_url=address, follow_redirects=True, headers=same, timeout=PATIENCE) as moderator:
            moderator.post("/demo/personne", data={"persona": "moderator"})
            with moderator.stream("GET", "/direct/moderation") as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                lines = stream.iter_lines()
                assert next(lines) == "retry: 3000"
                assert _say(address, "s" * 30)
                heard = next(line for line in lines if line.startswith("data:"))
                assert heard.startswith("data: moderation-")
                process.send_signal(signal.SIGTERM)
                process.wait(30)
                assert not [line for line in lines if line.startswith("data:")]
        assert process.wait(30) in (0, -signal.SIGTERM)
