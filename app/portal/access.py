"""Gates of the portal: the demonstration only where it was switched on, secret pages out of every cache."""

from app.core.errors import NotFoundError
from app.core.settings import get_settings

PRIVATE = {"x-robots-tag": "noindex, nofollow", "cache-control": "no-store", "referrer-policy": "no-referrer"}


def demo_only() -> None:
    """None of it exists unless the demonstration setting is on."""
    if not get_settings().demo:
        raise NotFoundError
