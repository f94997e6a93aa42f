"""What a state is: a page that somebody may meet."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.visitor import Visitor

Act = Callable[[Visitor], None]


@dataclass(frozen=True)
class State:
    """A page, who looks at it, what they do there, the status that they get."""

    name: str
    path: str
    persona: str = ""
    status: int = 200
    act: Act | None = None
    site: str = "seeded"
    territory: str = "{home}"
