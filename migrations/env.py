"""Alembic's environment: the tables of the application, on whichever engine is set."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel.sql.sqltypes import AutoString

from app import tables
from app.core.db import Database, UtcDateTime
from app.core.settings import get_settings

# Kept by hand-written SQL: full text lives beside the models, in ways that each engine has of its own.
BY_HAND = ("search_fts", "ix_search_entry_words")


def include(_object: object, name: str | None, _type: str, _reflected: bool, _compare: object) -> bool:
    """Leave alone what the migrations write by hand."""
    return not (name or "").startswith(BY_HAND)


def render(kind: str, item: object, _context: object) -> str | bool:
    """Write plain SQLAlchemy types, so that a migration never imports the application."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    return False


def run(connection: Connection) -> None:
    """Run the migrations on this connection."""
    context.configure(
        connection=connection, target_metadata=tables.metadata, include_object=include, render_item=render,
        render_as_batch=connection.dialect.name == "sqlite", compare_type=True,
    )  # fmt: skip
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(get_settings().effective_database_url)
    with database.writer.connect() as opened:
        run(opened)
        opened.commit()
    database.dispose()
