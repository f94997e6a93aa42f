"""A mail server as a process of its own: keeps what it takes in a file, and fails as it is told to.

    python -m tests.core.mail_server PORT BOX [--dies-before N | --dies-after N]

The address says how it is answered: ``refuse…`` never, ``later…`` at the second try only. Each mail taken is a line of
BOX (address, Message-ID), durable before the server answers for it. ``--dies-before N``: killed while it receives its
Nth mail; ``--dies-after N``: killed once it kept it, before it could say so.
"""

import argparse
import asyncio
import os
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller


class Box:
    """What becomes of each mail."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.path = Path(options.box)
        self.taken = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Refuse some addresses, and some for a while."""
        if address.startswith("refuse"):
            return f"550 5.1.1 <{address}> unknown here"
        tried = self.path.with_suffix(f".{address}")
        if address.startswith("later") and not tried.exists():
            tried.touch()
            return "451 4.7.1 Greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep a mail, or die of it."""
        self.taken += 1
        if self.taken == self.options.dies_before:
            os._exit(9)
        message = message_from_bytes(envelope.content)
        with self.path.open("ab") as box:
            for address in envelope.rcpt_tos:
                box.write(f"{address}\t{message['Message-ID']}\n".encode())
            box.flush()
            os.fsync(box.fileno())
        self.path.with_suffix(".eml").write_bytes(envelope.content)
        if self.taken == self.options.dies_after:
            os._exit(9)
        return "250 OK"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("box")
    parser.add_argument("--dies-before", type=int, default=0)
    parser.add_argument("--dies-after", type=int, default=0)
    options = parser.parse_args()
    Controller(Box(options), hostname="127.0.0.1", port=options.port, ready_timeout=60).start()
    print("ready", flush=True)
    asyncio.new_event_loop().run_forever()


if __name__ == "__main__":
    main()
