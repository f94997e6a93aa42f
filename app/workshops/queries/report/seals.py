"""What tells that a text changed since a page was shown: a short digest of it, sent back with the form."""

from hashlib import blake2b

from app.workshops.models import Outcome


def seal(*values: object) -> str:
    """The same for the same values, and for no others."""
    return blake2b(repr(values).encode(), digest_size=9).hexdigest()


def seal_of(row: Outcome) -> str:
    """Of a line of the relevé de décisions; not of its place."""
    return seal(row.text, row.holder, row.due_on)
