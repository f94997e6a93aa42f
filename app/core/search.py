"""Full text over needs and what comes later: FTS5 on SQLite, tsvector on PostgreSQL, same results.

Words are folded and lightly stemmed here, once, for both engines: neither the accents nor
the plural of a query matter, and both engines index the very same words.
"""

import re
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, UniqueConstraint, delete, false, text
from sqlmodel import Field, Session, SQLModel, col, select

from app.core.db import is_sqlite

_WORD = re.compile(r"[a-z0-9]+")
_STOP = frozenset(
    "a au aux avec ce ces cet cette d dans de des du elle en est et eux il ils j je l la le les leur leurs lui "
    "m ma mais me mes mon n ne nos notre nous on ou par pas pour qu que qui s sa se ses son sont sur t ta te "
    "tes ton tu un une vos votre vous y c".split()
)
MAX_TERMS = 8


class SearchEntry(SQLModel, table=True):
    """The stemmed words of one findable thing; the engines' indexes hang on it (see the migrations)."""

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    subject_id: int
    body: str


def fold(value: str) -> str:
    """Lower case, no accents, ligatures opened."""
    value = value.lower().replace("œ", "oe").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", value)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def stem(word: str) -> str:
    """The word without its plural or its mute final e: « écoles » → « ecol », « cars » → « car »."""
    for ending in ("s", "x"):
        if len(word) > 3 and word.endswith(ending) and not word.endswith("ss"):
            word = word[:-1]
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def words(value: str) -> list[str]:
    """The words that count, stemmed, in order."""
    return [stem(w) for w in _WORD.findall(fold(value)) if w not in _STOP]


def index(db: Session, kind: str, subject_id: int, *texts: str) -> None:
    """Make a thing findable, or update what is found of it."""
    forget(db, kind, subject_id)
    db.add(SearchEntry(kind=kind, subject_id=subject_id, body=" ".join(" ".join(words(t)) for t in texts)))
    db.flush()


def forget(db: Session, kind: str, subject_id: int) -> None:
    """Nobody finds it any more."""
    db.execute(delete(SearchEntry).where(col(SearchEntry.kind) == kind, col(SearchEntry.subject_id) == subject_id))


def matching(db: Session, kind: str, query: str, column: Any) -> ColumnElement[bool] | None:
    """A condition « this column is the id of a thing that matches », or None for an empty query.

    Every word must be there; each may be the beginning of a longer one.
    """
    terms = list(dict.fromkeys(words(query)))[:MAX_TERMS]
    if not terms:
        return false() if query.strip() else None
    if is_sqlite(db):
        found = text("search_entry.id IN (SELECT rowid FROM search_fts WHERE search_fts MATCH :terms)")
        expression = " ".join(f"{term}*" for term in terms)
    else:
        found = text("to_tsvector('simple', search_entry.body) @@ to_tsquery('simple', :terms)")
        expression = " & ".join(f"{term}:*" for term in terms)
    ids = select(SearchEntry.subject_id).where(SearchEntry.kind == kind, found.bindparams(terms=expression))
    condition: ColumnElement[bool] = column.in_(ids)
    return condition
