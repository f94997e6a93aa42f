"""What the engines keep by themselves: counters by triggers, full-text indexes.

Triggers also hold for imports and for edits by hand. The same statements serve both engines;
only the wrapping differs.
"""

from alembic import op

revision = "9b1f0c6a2d11"
down_revision = "c6984736d54f"
branch_labels = None
depends_on = None

_PUBLIC = "('published', 'masked')"


def _counted(row: str) -> str:
    return f"({row}.status IN {_PUBLIC} AND {row}.priority_id IS NOT NULL)"


_VOICE_IN = "ON CONFLICT (priority_id, voice_id) DO UPDATE SET mentions = priority_voice.mentions + 1"
NEED_OUT = f"""
UPDATE priority_voice SET mentions = mentions - 1
 WHERE {_counted("OLD")} AND priority_id = OLD.priority_id AND voice_id = OLD.voice_id;
UPDATE priority_voice SET mentions = mentions - 1
 WHERE {_counted("OLD")} AND priority_id = OLD.priority_id
   AND voice_id IN (SELECT voice_id FROM support WHERE thread_id = OLD.thread_id);
DELETE FROM priority_voice WHERE priority_id = OLD.priority_id AND mentions <= 0;
UPDATE priority_tally SET needs = needs - 1
 WHERE {_counted("OLD")} AND priority_id = OLD.priority_id AND college = OLD.college;
"""
NEED_IN = f"""
INSERT INTO priority_voice (priority_id, voice_id, mentions)
 SELECT NEW.priority_id, NEW.voice_id, 1 WHERE {_counted("NEW")} AND NEW.voice_id IS NOT NULL {_VOICE_IN};
INSERT INTO priority_voice (priority_id, voice_id, mentions)
 SELECT NEW.priority_id, voice_id, 1 FROM support
  WHERE thread_id = NEW.thread_id AND {_counted("NEW")} {_VOICE_IN};
INSERT INTO priority_tally (priority_id, college, needs, voices)
 SELECT NEW.priority_id, NEW.college, 1, 0 WHERE {_counted("NEW")}
 ON CONFLICT (priority_id, college) DO UPDATE SET needs = priority_tally.needs + 1;
"""
SUPPORT_IN = f"""
UPDATE thread SET supports = supports + 1 WHERE id = NEW.thread_id;
UPDATE need SET supports = supports + 1 WHERE thread_id = NEW.thread_id;
INSERT INTO priority_voice (priority_id, voice_id, mentions)
 SELECT need.priority_id, NEW.voice_id, 1 FROM need
  WHERE need.thread_id = NEW.thread_id AND {_counted("need")} {_VOICE_IN};
"""
SUPPORT_OUT = f"""
UPDATE thread SET supports = supports - 1 WHERE id = OLD.thread_id;
UPDATE need SET supports = supports - 1 WHERE thread_id = OLD.thread_id;
UPDATE priority_voice SET mentions = mentions - 1
 WHERE voice_id = OLD.voice_id AND priority_id IN
  (SELECT priority_id FROM need WHERE need.thread_id = OLD.thread_id AND {_counted("need")});
DELETE FROM priority_voice WHERE voice_id = OLD.voice_id AND mentions <= 0;
"""
COMMENT_IN = f"UPDATE thread SET comments = comments + 1 WHERE id = NEW.thread_id AND NEW.status IN {_PUBLIC};\n"
COMMENT_OUT = f"UPDATE thread SET comments = comments - 1 WHERE id = OLD.thread_id AND OLD.status IN {_PUBLIC};\n"
HEARD = """
INSERT INTO priority_tally (priority_id, college, needs, voices)
 SELECT NEW.priority_id, college, 0, 1 FROM voice WHERE id = NEW.voice_id
 ON CONFLICT (priority_id, college) DO UPDATE SET voices = priority_tally.voices + 1;
"""
UNHEARD = """
UPDATE priority_tally SET voices = voices - 1
 WHERE priority_id = OLD.priority_id AND college = (SELECT college FROM voice WHERE id = OLD.voice_id);
"""
COLLEGE_CHANGED = """
UPDATE priority_tally SET voices = voices - 1
 WHERE college = OLD.college AND priority_id IN (SELECT priority_id FROM priority_voice WHERE voice_id = NEW.id);
INSERT INTO priority_tally (priority_id, college, needs, voices)
 SELECT priority_id, NEW.college, 0, 1 FROM priority_voice WHERE voice_id = NEW.id
 ON CONFLICT (priority_id, college) DO UPDATE SET voices = priority_tally.voices + 1;
"""
TRIGGERS = [
    ("support_added", "INSERT", "support", SUPPORT_IN),
    ("support_removed", "DELETE", "support", SUPPORT_OUT),
    ("comment_added", "INSERT", "comment", COMMENT_IN),
    ("comment_changed", "UPDATE OF status", "comment", COMMENT_OUT + COMMENT_IN),
    ("comment_removed", "DELETE", "comment", COMMENT_OUT),
    ("need_added", "INSERT", "need", NEED_IN),
    ("need_changed", "UPDATE OF status, priority_id, voice_id, college", "need", NEED_OUT + NEED_IN),
    ("need_removed", "DELETE", "need", NEED_OUT),
    ("voice_heard", "INSERT", "priority_voice", HEARD),
    ("voice_unheard", "DELETE", "priority_voice", UNHEARD),
    ("voice_moved", "UPDATE OF college", "voice", COLLEGE_CHANGED),
]
SQLITE_SEARCH = [
    """CREATE VIRTUAL TABLE search_fts USING fts5
       (body, content='search_entry', content_rowid='id', tokenize='unicode61 remove_diacritics 0')""",
    """CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
       INSERT INTO search_fts (rowid, body) VALUES (NEW.id, NEW.body); END""",
    """CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN
       INSERT INTO search_fts (search_fts, rowid, body) VALUES ('delete', OLD.id, OLD.body); END""",
    """CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry BEGIN
       INSERT INTO search_fts (search_fts, rowid, body) VALUES ('delete', OLD.id, OLD.body);
       INSERT INTO search_fts (rowid, body) VALUES (NEW.id, NEW.body); END""",
]
POSTGRESQL_SEARCH = "CREATE INDEX ix_search_entry_words ON search_entry USING gin (to_tsvector('simple', body))"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement)


def _create(name: str, event: str, table: str, body: str) -> None:
    if _is_sqlite():
        _run(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {body} END")
        return
    _run(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} RETURN NULL; END $body$")
    _run(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def upgrade() -> None:
    """Create triggers and full-text indexes."""
    for name, event, table, body in TRIGGERS:
        _create(name, event, table, body)
    for statement in SQLITE_SEARCH if _is_sqlite() else [POSTGRESQL_SEARCH]:
        _run(statement)


def downgrade() -> None:
    """Take them away."""
    for name, _event, table, _body in TRIGGERS:
        _run(f"DROP TRIGGER {name}" if _is_sqlite() else f"DROP TRIGGER {name} ON {table}")
        if not _is_sqlite():
            _run(f"DROP FUNCTION {name}()")
    if _is_sqlite():
        for name in ("search_entry_added", "search_entry_removed", "search_entry_changed"):
            _run(f"DROP TRIGGER {name}")
        _run("DROP TABLE search_fts")
    else:
        _run("DROP INDEX ix_search_entry_words")
