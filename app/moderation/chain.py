"""The chain of the log: each entry carries the hash of the one before. Pure.

An entry altered, removed or slipped in makes its own hash, or that of the next one, wrong. What the chain cannot see
by itself is a tail cut off whole: the last hash, written down elsewhere from time to time, shows it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

START = "0" * 64  # what the first entry carries as the hash of the one before
FIELDS = ("at", "territory_id", "subject_kind", "subject_id", "verb", "reason", "actor_id", "waited", "words", "batch")


def digest(words: str) -> str:
    """The SHA-256 of a text, in hexadecimal: enough to say that it was this one, not to read it again."""
    return hashlib.sha256(words.encode()).hexdigest()


def entry_hash(entry: Mapping[str, Any], previous: str) -> str:
    """The SHA-256 of an entry's fields and of the hash before, as JSON with sorted keys and no space; UTC moments."""
    fields = {name: _plain(entry[name]) for name in FIELDS} | {"previous": previous}
    return digest(json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


def first_broken(entries: Iterable[Mapping[str, Any]]) -> int | None:
    """The rank (from 0) of the first entry that does not follow from the one before, in order of writing, if any."""
    previous = START
    for rank, entry in enumerate(entries):
        if entry["previous"] != previous or entry["hash"] != entry_hash(entry, previous):
            return rank
        previous = entry["hash"]
    return None
