"""No row loads another behind our back: what a page needs is said in its query."""

from sqlmodel import SQLModel

import app.tables  # noqa: F401


def test_every_relationship_refuses_to_load_by_itself() -> None:
    lazy = [
        f"{mapper.class_.__name__}.{relation.key}: lazy={relation.lazy!r}"
        for mapper in SQLModel._sa_registry.mappers
        for relation in mapper.relationships
        if relation.lazy not in ("raise", "noload", "write_only")
    ]
    assert not lazy
