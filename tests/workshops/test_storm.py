"""A server killed while a hall votes: every ballot that was acknowledged is there."""

import contextlib
import json
import signal
import socket
import threading
from pathlib import Path

import pytest
from sqlmodel import col, insert, select

from app.core.db import Database, now
from app.core.security import digest
from app.workshops.models import Ballot, Option, Seat, Workshop
from tests.databases import Engine
from tests.test_faults import PATIENCE, _server

PHONES = 24
KILL_AFTER = 150  # acknowledged ballots
HALL = tuple(f"telephone-{number:02d}-de-la-salle-entiere" for number in range(PHONES))


class Phone(threading.Thread):
    """Votes again and again, each time something else; remembers the last marks that were acknowledged."""

    def __init__(self, port: int, room: Workshop, options: list[int], secret: str, done: "Count") -> None:
        super().__init__(daemon=True)
        self.port, self.room, self.options, self.secret, self.done = port, room, options, secret, done
        self.acknowledged: dict[str, int] = {}
        self.sent: dict[str, int] = {}

    def run(self) -> None:
        """Until the server is gone."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as line:
            for number in range(25):  # a seat may send thirty a minute
                self.sent = {str(self.options[number % len(self.options)]): 1}
                line.sendall(self._request())
                status, said = _answer(line)
                if status != 200:
                    return
                self.acknowledged = said["marks"]
                self.done.add(self)

    def _request(self) -> bytes:
        (option,) = self.sent
        body = f"step={self.room.step_id}&dots={option}%3A1"
        return (
            f"POST /direct/a/{self.room.code}/bulletin HTTP/1.1\r\nhost: x\r\nsec-fetch-site: same-origin\r\n"
            f"cookie: emglev-place-{self.room.id}={self.secret}\r\ncontent-length: {len(body)}\r\n"
            f"content-type: application/x-www-form-urlencoded\r\n\r\n{body}"
        ).encode()


def _answer(line: socket.socket) -> tuple[int, dict[str, dict[str, int]]]:
    """The status and what is said; (0, {}) when the server is gone."""
    got = b""
    while (end := got.find(b"\r\n\r\n")) < 0 or not got.endswith(b"}"):
        more = line.recv(4096)
        if not more:
            return 0, {}
        got += more
    return int(got[9:12]), json.loads(got[end + 4 :])


class Count:
    """How many were acknowledged, and the moment when it is enough: each phone had its turn."""

    def __init__(self) -> None:
        self.lock, self.number, self.enough = threading.Lock(), 0, threading.Event()
        self.phones: set[Phone] = set()

    def add(self, phone: Phone) -> None:
        """One more."""
        with self.lock:
            self.number += 1
            self.phones.add(phone)
            if self.number >= KILL_AFTER and len(self.phones) == PHONES:
                self.enough.set()


def seat_all(database: Database) -> tuple[Workshop, list[int]]:
    """The running room of the demonstration, with a seat for each phone; what it votes."""
    with database.writing() as db:
        room = db.exec(select(Workshop).where(Workshop.status == "running").order_by(col(Workshop.id))).first()
        assert room
        rows = [
            {"workshop_id": room.id, "digest": digest(secret), "place": 1, "college": "jeunes", "channel": "phone",
             "created_at": now()}
            for secret in HALL
        ]  # fmt: skip
        db.execute(insert(Seat), rows)
        options = db.exec(select(Option.id).where(Option.step_id == room.step_id).order_by(col(Option.position))).all()
        return room, [option or 0 for option in options]


@pytest.mark.slow
def test_every_ballot_acknowledged_before_a_kill_is_there_after_it(engine: Engine, tmp_path: Path) -> None:
    with engine.copy() as url:
        database = Database(url)
        room, options = seat_all(database)
        with _server(url, tmp_path) as (address, process):
            done = Count()
            phones = [Phone(int(address.rpartition(":")[2]), room, options, secret, done) for secret in HALL]
            for phone in phones:
                phone.start()
            assert done.enough.wait(PATIENCE), (tmp_path / "server.log").read_text("utf-8")[-2000:]
            process.send_signal(signal.SIGKILL)
            for phone in phones:
                phone.join(PATIENCE)
        with database.reading() as db:
            mine = select(Seat.digest, Ballot.marks).join(Seat, col(Seat.id) == Ballot.seat_id)
            kept = dict(db.execute(mine.where(Ballot.step_id == room.step_id)).all())
        database.dispose()
    acknowledged = [phone for phone in phones if phone.acknowledged]
    assert len(acknowledged) == PHONES and done.number >= KILL_AFTER
    for phone in acknowledged:  # the last one sent may be kept without having been acknowledged
        assert kept[digest(phone.secret)] in (phone.acknowledged, phone.sent)
