"""Gates of the portal: the demonstration exists only where it was switched on."""

from app.core.errors import NotFoundError
from app.core.settings import get_settings


def demo_only() -> None:
    """None of it exists unless the demonstration setting is on."""
    if not get_settings().demo:
        raise NotFoundError
