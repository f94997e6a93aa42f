"""A hall of 2,000 seats in the room of the demonstration, and the bytes that its phones send."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session, col, func, insert, select

from app.core.db import Database, now
from app.core.security import digest
from app.workshops.models import Ballot, Option, Seat, Step, Workshop
from tests.databases import Engine

SEATS = 2_000
COLLEGES = ("habitants", "associations", "entreprises", "jeunes", "institutions")
AGENT = "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
HEAD = (
    "host: localhost\r\nuser-agent: {agent}\r\naccept: {accept}\r\naccept-language: fr,fr-FR;q=0.8,en-US;q=0.5\r\n"
    "accept-encoding: gzip, deflate, br, zstd\r\nreferer: http://localhost/a/{code}\r\norigin: http://localhost\r\n"
    "dnt: 1\r\nconnection: keep-alive\r\nsec-fetch-dest: empty\r\nsec-fetch-mode: cors\r\npriority: u=0\r\n"
    "sec-fetch-site: same-origin\r\ncookie: emglev-place-{room}={secret}\r\n"
)


@dataclass(frozen=True)
class Hall:
    """A room under way, what it votes, and its seats."""

    database: Database
    room: int
    code: str
    key: str
    step: int
    options: tuple[int, ...]

    def ballots(self, round_: int = 0) -> list[bytes]:
        """One request a seat: a ballot of two options, another each round."""
        return [self._ballot(number, round_) for number in range(SEATS)]

    def _ballot(self, number: int, round_: int) -> bytes:
        first = (number + round_) % len(self.options)
        marks = (self.options[first], self.options[(first + 1) % len(self.options)])
        body = f"step={self.step}&" + "&".join(f"dots={option}%3A1" for option in marks)
        kind = f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\n"
        head = self._head(f"POST /direct/a/{self.code}/bulletin", "application/json", number)
        return f"{head}{kind}\r\n{body}".encode()

    def phone(self) -> bytes:
        """What opens the stream of a phone."""
        return (self._head(f"GET /direct/a/{self.code}", "text/event-stream", 0) + "\r\n").encode()

    def screen(self) -> bytes:
        """What opens the stream of the projector."""
        return (self._head(f"GET /direct/ateliers/{self.room}/{self.key}", "text/event-stream", 0) + "\r\n").encode()

    def publish(self) -> bytes:
        """What changes the stage."""
        return (self._head("POST /bench/publish", "*/*", 0) + "content-length: 0\r\n\r\n").encode()

    def _head(self, first: str, accept: str, number: int) -> str:
        secret = _secret(number)
        return f"{first} HTTP/1.1\r\n" + HEAD.format(
            agent=AGENT, accept=accept, code=self.code, room=self.room, secret=secret
        )

    def kept(self) -> int:
        """How many ballots of these seats the database holds."""
        with self.database.reading() as db:
            mine = select(Seat.id).where(Seat.workshop_id == self.room, col(Seat.table_id).is_(None))
            return int(
                db.exec(
                    select(func.count()).where(col(Ballot.step_id) == self.step, col(Ballot.seat_id).in_(mine))
                ).one()
            )

    def forget(self) -> None:
        """No ballot was cast."""
        with self.database.writing() as db:
            for ballot in db.exec(select(Ballot).where(Ballot.step_id == self.step)):
                db.delete(ballot)


def _secret(number: int) -> str:
    return f"bench-seat-{number:06d}-abcdefghijkl"


@contextmanager
def hall(opened: Engine) -> Iterator[tuple[Hall, str, Path]]:
    """A copy of the demonstration whose room has 2,000 seats; its address, and a folder for logs."""
    with TemporaryDirectory(prefix="emglev-hall-") as folder, opened.copy() as url:
        database = Database(url)
        with database.writing() as db:
            found = _fill(db, database)
        found.forget()
        yield found, url, Path(folder) / "server.log"
        database.dispose()


def _fill(db: Session, database: Database) -> Hall:
    workshop = db.exec(select(Workshop).where(Workshop.status == "running").order_by(col(Workshop.id))).first()
    assert workshop is not None
    step = db.exec(select(Step).where(Step.id == workshop.step_id)).one()
    options = db.exec(select(Option.id).where(Option.step_id == step.id)).all()
    rows = [
        {"workshop_id": workshop.id, "digest": digest(_secret(n)), "place": 1, "college": COLLEGES[n % 5],
         "channel": "phone", "created_at": now()}
        for n in range(SEATS)
    ]  # fmt: skip
    db.execute(insert(Seat), rows)
    return Hall(
        database, workshop.id or 0, workshop.code, workshop.screen_key, step.id or 0, tuple(o or 0 for o in options)
    )
