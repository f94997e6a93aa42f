"""One listening socket for each process of a server, so that the system shares people out between them.

When processes share one socket, whichever wakes first takes everybody who waits at the door: of 200 phones that arrive
together one process may get none. With SO_REUSEPORT, Linux gives each arrival to one of the sockets.
"""

import socket
from typing import Any

Address = tuple[str, int]


class Reserved(socket.socket):
    """Holds an address without listening; a process that receives it gets a socket of its own there.

    Raises ``OSError`` when another server is already at this address.
    """

    def __init__(self, host: str, port: int) -> None:
        super().__init__(_family(host))
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.bind((host, port))  # alone, so that an address in use is refused; what follows shares it with our own
        except OSError:
            self.close()
            raise
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)

    def __reduce__(self) -> tuple[Any, Address]:
        host, port, *_scope = self.getsockname()
        return _bound, (host, port)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _bound(host: str, port: int) -> socket.socket:
    opened = socket.socket(_family(host))
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    opened.bind((host, port))
    return opened
