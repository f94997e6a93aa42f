"""Who arrives at a server of several processes is shared out between them."""

import pickle
import socket
from contextlib import ExitStack
from select import select

import pytest

from app.core.listening import Reserved

ARRIVALS = 64
PATIENCE = 60.0  # seconds
FEWEST = 8  # of 64: fewer falls by chance once in ten thousand million times


def _taken(doors: list[socket.socket]) -> list[int]:
    """How many came in by each door, once everybody has: the system may let somebody in a little after they knocked."""
    taken = [0 for _door in doors]
    while sum(taken) < ARRIVALS:
        waited_at, _, _ = select(doors, [], [], PATIENCE)
        assert waited_at, taken
        for door in waited_at:
            door.accept()[0].close()
            taken[doors.index(door)] += 1
    return taken


def test_each_process_has_a_door_of_its_own_and_the_system_shares_people_out() -> None:
    with ExitStack() as stack:
        reserved = stack.enter_context(Reserved("127.0.0.1", 0))
        doors = [stack.enter_context(pickle.loads(pickle.dumps(reserved))) for _process in range(2)]
        for door in doors:
            door.listen(ARRIVALS)
        for _arrival in range(ARRIVALS):
            stack.enter_context(socket.create_connection(reserved.getsockname()))
        taken = _taken(doors)
    assert min(taken) >= FEWEST, taken


def test_an_address_in_use_is_refused_even_by_a_server_of_ours() -> None:
    with Reserved("127.0.0.1", 0) as reserved, pickle.loads(pickle.dumps(reserved)) as door:
        door.listen(1)
        with pytest.raises(OSError, match="in use"):
            Reserved(*door.getsockname())
