"""Full text over needs and what comes later: FTS5 on SQLite, tsvector on PostgreSQL, same results.

Words are folded and lightly stemmed here, once, for both engines: neither the accents nor
the plural of a query matter, and both engines index the very same words.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, combinations
from math import log2
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    CTE,
    ColumnElement,
    Engine,
    Integer,
    UniqueConstraint,
    column,
    delete,
    false,
    func,
    literal,
    table,
    text,
    union_all,
)
from sqlmodel import Field, Session, SQLModel, col, select

from app.core.db import is_sqlite

_WORD = re.compile(r"[a-z0-9]+")
_STOP = frozenset(
    "a au aux avec ce ces cet cette d dans de des du elle en est et eux il ils j je l la le les leur leurs lui "
    "m ma mais me mes mon n ne nos notre nous on ou par pas pour qu que qui s sa se ses son sont sur t ta te "
    "tes ton tu un une vos votre vous y c".split()
)
MAX_TERMS = 8
SAMPLE = 3_000  # entries read to know which words are rare
MAX_WORDS = 16  # words of a text that look for its likes: the rarest
MAX_FOUND = 3_000  # entries that these words may bring, by the sample, before they are ranked
MAX_COMMON = 4  # words beyond these entries that still count
ENDING = 2  # letters let go at the end of a long word: a slip of the pen there, or another form of the word
STEM = 4  # letters always kept
COMMON = 500  # a beginning that more entries hold (or one in fifty) is too common: its word is looked for whole


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


@dataclass(frozen=True)
class Frequencies:
    """In how many entries each word stands, from one entry in ``step``; the same entries give the same on both engines.

    ``top`` is the greatest id at the reading.
    """

    vocabulary: list[str]
    sums: list[int]
    step: int
    total: int
    top: int

    def of(self, beginning: str, *, whole: bool = False) -> int:
        """About how many entries hold a word that begins so, or that very word (one with two such counts twice)."""
        end = beginning + (" " if whole else "{")  # the characters just before and just after those of words
        first, last = bisect_left(self.vocabulary, beginning), bisect_left(self.vocabulary, end)
        return (self.sums[last] - self.sums[first]) * self.step

    def weight(self, brought: int) -> int:
        """What finding one of so many entries is worth: eighths of bits of surprise, 1 at least."""
        return max(1, round(8 * log2((self.total + 1) / (brought + 1))))


_frequencies: WeakKeyDictionary[Engine, dict[str, Frequencies]] = WeakKeyDictionary()


def frequencies(db: Session, kind: str) -> Frequencies:
    """How frequent words are; read once a process, and again when a sixteenth of the entries is new."""
    known = _frequencies.setdefault(db.get_bind().engine, {})
    top = db.exec(select(func.max(SearchEntry.id))).one() or 0
    seen = known.get(kind)
    if seen is None or abs(top - seen.top) > seen.top // 16:
        seen = known[kind] = _read_frequencies(db, kind, top)
    return seen


def _read_frequencies(db: Session, kind: str, top: int) -> Frequencies:
    total = db.exec(select(func.count()).select_from(SearchEntry).where(SearchEntry.kind == kind)).one()
    step = total // SAMPLE + 1
    statement = select(SearchEntry.body).where(SearchEntry.kind == kind, col(SearchEntry.subject_id) % step == 0)
    counts = Counter(word for body in db.exec(statement) for word in set(body.split()))
    vocabulary = sorted(counts)
    sums = [0, *accumulate(counts[word] for word in vocabulary)]
    return Frequencies(vocabulary, sums, step, total, top)


@dataclass(frozen=True, order=True)
class Term:
    """A word looked for, or the beginning of one; ``brought``: about how many entries hold it."""

    brought: int
    letters: str
    begins: bool


def _term(known: Frequencies, word: str) -> Term:
    beginning = word[: max(STEM, len(word) - ENDING)]
    brought = known.of(beginning)
    if len(word) > STEM and brought <= max(COMMON, known.total // 50):
        return Term(brought, beginning, True)
    return Term(known.of(word, whole=True), word, False)


def _asked(known: Frequencies, looked_for: Iterable[str]) -> list[tuple[int, tuple[Term, ...], tuple[Term, ...]]]:
    """What is asked of the index: a weight, then words of which one must be there with one of the others, if any."""
    terms = sorted({_term(known, word) for word in looked_for})[:MAX_WORDS]
    within = [total <= MAX_FOUND for total in accumulate(term.brought for term in terms)]
    rare, common = terms[: sum(within)], terms[sum(within) :][:MAX_COMMON]
    if not any(term.brought for term in rare):  # common words only: two of them together are less so
        return [(known.weight(a.brought) + known.weight(b.brought), (a,), (b,)) for a, b in combinations(common, 2)]
    alone = [(known.weight(term.brought), (term,), ()) for term in rare]
    return alone + [(known.weight(term.brought), (term,), tuple(rare)) for term in common]


def resembling(db: Session, kind: str, looked_for: Iterable[str]) -> CTE | None:
    """The things that share rare words with these (``words``): columns ``subject_id`` and ``weight``; None without any.

    The rarest words are looked for, until they bring ``MAX_FOUND`` entries; the long ones that are not common as
    beginnings, so that an ending badly typed does not matter. Common words only add their weight to what these
    found, or are looked for in pairs. What weighs less than a third of the heaviest is left out.
    """
    asked = _asked(frequencies(db, kind), looked_for)
    if not asked:
        return None
    rows = union_all(*(_holding(db, n, *one) for n, one in enumerate(asked))).subquery()
    found = select(rows.c.id, func.sum(rows.c.weight).label("weight")).group_by(rows.c.id).cte("found")
    heaviest = select(func.max(found.c.weight)).scalar_subquery()
    chosen = (
        select(col(SearchEntry.subject_id), found.c.weight)
        .join(found, found.c.id == SearchEntry.id)
        .where(found.c.weight * 3 >= heaviest, SearchEntry.kind == kind)
    )
    return chosen.cte("resembling")


def _holding(db: Session, number: int, weight: int, some: tuple[Term, ...], others: tuple[Term, ...]) -> Any:
    """The ids of the entries that hold one of some words, and one of the others if there are any."""
    value, name = literal(weight, Integer).label("weight"), f"words_{number}"
    if is_sqlite(db):
        fts = table("search_fts", column("rowid"))
        match = text(f"search_fts MATCH :{name}").bindparams(**{name: _expression(some, others, "*", " OR ", " AND ")})
        return select(fts.c.rowid.label("id"), value).where(match)
    match = text(f"to_tsvector('simple', search_entry.body) @@ to_tsquery('simple', :{name})")
    match = match.bindparams(**{name: _expression(some, others, ":*", " | ", " & ")})
    return select(col(SearchEntry.id), value).where(match)


def _expression(some: tuple[Term, ...], others: tuple[Term, ...], begins: str, either: str, both: str) -> str:
    groups = (either.join(t.letters + (begins if t.begins else "") for t in group) for group in (some, others) if group)
    return both.join(f"({group})" for group in groups)
