"""The work of moderators: log, claims, reports, appeals; files, groups of needs, follows, what is typed from paper.

Columns are added without rebuilding tables: a rebuild would drop their triggers.
"""

from alembic import op
import sqlalchemy as sa


revision = "7e2b90c4d1f6"
down_revision = "5c1d7e90ab34"
branch_labels = None
depends_on = None

TABLES = [
    "moderation_log",
    "campaign",
    "printed_sheet",
    "claim",
    "follow",
    "news",
    "original",
    "profile_text",
    "recusal",
    "report",
    "second_opinion",
    "undoable",
    "watch_word",
    "appeal",
    "file",
    "need_import",
    "need_group",
    "group_member",
    "need_wording",
]
COLUMNS = [
    ("accord", "comments_a_posteriori", sa.Boolean(), sa.false()),
    ("accord", "files_a_posteriori", sa.Boolean(), sa.false()),
    ("accord", "profiles_a_posteriori", sa.Boolean(), sa.true()),
    ("accord", "reading_hours", sa.Integer(), "48"),
    ("comment", "held_for", sa.String(length=20), None),
    ("job", "once", sa.String(length=80), None),
    ("mail", "batch", sa.String(length=24), None),
    ("mail", "handed_at", sa.DateTime(), None),
    ("mail", "unsubscribe", sa.String(length=200), None),
    ("need", "held_for", sa.String(length=20), None),
    ("need", "latitude", sa.Float(), None),
    ("need", "longitude", sa.Float(), None),
    ("need", "place_note", sa.String(length=120), None),
    ("need", "sheet_ref", sa.String(length=40), None),
    ("need", "collected_on", sa.Date(), None),
    ("need", "second_read_at", sa.DateTime(), None),
]
POINTERS = [
    ("need", "group_id", "need_group"),
    ("need", "campaign_id", "campaign"),
    ("need", "transcribed_by", "person"),
    ("need", "second_reader_id", "person"),
    ("need_answer", "group_id", "need_group"),
]
INDEXES = [
    ("ix_mail_batch", "mail", ["batch"]),
    ("ix_need_campaign_id", "need", ["campaign_id"]),
    ("ix_need_group_id", "need", ["group_id"]),
    ("ix_need_transcribed_by", "need", ["transcribed_by"]),
    ("ix_need_answer_group_id", "need_answer", ["group_id"]),
]

_COUNTED = "{row}.status <> 'dissolved' AND {row}.priority_id IS NOT NULL"
_VOICE_IN = "ON CONFLICT (priority_id, voice_id) DO UPDATE SET mentions = priority_voice.mentions + 1"
GROUP_OUT = f"""
UPDATE priority_voice SET mentions = mentions - 1
 WHERE {_COUNTED.format(row="OLD")} AND priority_id = OLD.priority_id
   AND voice_id IN (SELECT voice_id FROM support WHERE thread_id = OLD.thread_id);
DELETE FROM priority_voice WHERE priority_id = OLD.priority_id AND mentions <= 0;
"""
GROUP_IN = f"""
INSERT INTO priority_voice (priority_id, voice_id, mentions)
 SELECT NEW.priority_id, voice_id, 1 FROM support
  WHERE thread_id = NEW.thread_id AND {_COUNTED.format(row="NEW")} {_VOICE_IN};
"""
SUPPORT_IN = f"""
INSERT INTO priority_voice (priority_id, voice_id, mentions)
 SELECT need_group.priority_id, NEW.voice_id, 1 FROM need_group
  WHERE need_group.thread_id = NEW.thread_id AND {_COUNTED.format(row="need_group")} {_VOICE_IN};
"""
SUPPORT_OUT = f"""
UPDATE priority_voice SET mentions = mentions - 1
 WHERE voice_id = OLD.voice_id AND priority_id IN
  (SELECT priority_id FROM need_group
    WHERE need_group.thread_id = OLD.thread_id AND {_COUNTED.format(row="need_group")});
DELETE FROM priority_voice WHERE voice_id = OLD.voice_id AND mentions <= 0;
"""
# Who supports a group is heard on its priorité, as who supports a need is (2026_11_22_counters_and_search).
TRIGGERS = [
    ("need_group_added", "INSERT", "need_group", GROUP_IN),
    ("need_group_changed", "UPDATE OF status, priority_id, thread_id", "need_group", GROUP_OUT + GROUP_IN),
    ("need_group_removed", "DELETE", "need_group", GROUP_OUT),
    ("group_supported", "INSERT", "support", SUPPORT_IN),
    ("group_unsupported", "DELETE", "support", SUPPORT_OUT),
]


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _refuse(event: str) -> None:
    """The log is only ever added to: the engine itself refuses the rest."""
    name, run = f"moderation_log_no_{event.lower()}", op.get_bind().exec_driver_sql
    if _is_sqlite():
        run(
            f"CREATE TRIGGER {name} BEFORE {event} ON moderation_log "
            "BEGIN SELECT RAISE(ABORT, 'the moderation log is append-only'); END"
        )
        return
    run(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ "
        "BEGIN RAISE EXCEPTION 'the moderation log is append-only'; END $body$"
    )
    run(f"CREATE TRIGGER {name} BEFORE {event} ON moderation_log FOR EACH ROW EXECUTE FUNCTION {name}()")


def _count(name: str, event: str, table: str, body: str) -> None:
    """A trigger that keeps the counters of the board."""
    run = op.get_bind().exec_driver_sql
    if _is_sqlite():
        run(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {body} END")
        return
    run(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} RETURN NULL; END $body$")
    run(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def upgrade() -> None:
    """Tables, then columns; where needs were read after publication, comments were too."""
    op.create_table(
        "moderation_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("waited", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=64), nullable=False),
        sa.Column("batch", sa.String(length=24), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_log")),
        sa.UniqueConstraint("hash", name=op.f("uq_moderation_log_hash")),
    )
    op.create_index(op.f("ix_moderation_log_at"), "moderation_log", ["at"], unique=False)
    op.create_index(op.f("ix_moderation_log_batch"), "moderation_log", ["batch"], unique=False)
    op.create_index("ix_moderation_log_subject", "moderation_log", ["subject_kind", "subject_id", "id"], unique=False)
    op.create_index(op.f("ix_moderation_log_territory_id"), "moderation_log", ["territory_id"], unique=False)

    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=8), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_campaign_created_by_person")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_campaign_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("mark", name=op.f("uq_campaign_mark")),
    )
    op.create_index(op.f("ix_campaign_created_by"), "campaign", ["created_by"], unique=False)
    op.create_index(op.f("ix_campaign_territory_id"), "campaign", ["territory_id"], unique=False)

    op.create_table(
        "printed_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_printed_sheet_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed_sheet")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_printed_sheet_campaign_id_number")),
        sa.UniqueConstraint("digest", name=op.f("uq_printed_sheet_digest")),
    )

    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("assigned_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["assigned_by"], ["person.id"], name=op.f("fk_claim_assigned_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_claim_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("subject_kind", "subject_id", name=op.f("uq_claim_subject_kind_subject_id")),
    )
    op.create_index(op.f("ix_claim_person_id"), "claim", ["person_id"], unique=False)

    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("rhythm", sa.String(length=8), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_follow_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint(
            "person_id", "subject_kind", "subject_id", name=op.f("uq_follow_person_id_subject_kind_subject_id")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_follow_token")),
    )
    op.create_index("ix_follow_subject", "follow", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("path", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("batch", sa.String(length=24), nullable=True),
        sa.Column("besides", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_news_territory_id_territory")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_news_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
    )
    op.create_index("ix_news_at", "news", ["at"], unique=False)
    op.create_index(op.f("ix_news_batch"), "news", ["batch"], unique=False)
    op.create_index("ix_news_thread", "news", ["thread_id", "at"], unique=False)

    op.create_table(
        "original",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=3000), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("masked_by", sa.Integer(), nullable=True),
        sa.Column("masked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["masked_by"], ["person.id"], name=op.f("fk_original_masked_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_original")),
        sa.UniqueConstraint("subject_kind", "subject_id", name=op.f("uq_original_subject_kind_subject_id")),
    )
    op.create_table(
        "profile_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("reason_note", sa.String(length=600), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_profile_text_author_id_person")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_profile_text_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_text")),
    )
    op.create_index(op.f("ix_profile_text_author_id"), "profile_text", ["author_id"], unique=False)
    op.create_index("ix_profile_text_queue", "profile_text", ["status", "territory_id", "id"], unique=False)

    op.create_table(
        "recusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recusal_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint(
            "person_id", "subject_kind", "subject_id", name=op.f("uq_recusal_person_id_subject_kind_subject_id")
        ),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("outcome_text", sa.String(length=1000), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_report_author_id_person")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_report_decided_by_person")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_report_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("receipt", name=op.f("uq_report_receipt")),
    )
    op.create_index(op.f("ix_report_author_id"), "report", ["author_id"], unique=False)
    op.create_index(op.f("ix_report_email"), "report", ["email"], unique=False)
    op.create_index("ix_report_queue", "report", ["status", "territory_id", "id"], unique=False)

    op.create_table(
        "second_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("question", sa.String(length=600), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.String(length=600), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_second_opinion_answered_by_person")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_second_opinion_asked_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_opinion")),
    )
    op.create_index(op.f("ix_second_opinion_answered_by"), "second_opinion", ["answered_by"], unique=False)
    op.create_index(op.f("ix_second_opinion_asked_by"), "second_opinion", ["asked_by"], unique=False)
    op.create_index("ix_second_opinion_subject", "second_opinion", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "undoable",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_undoable_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undoable")),
    )
    op.create_index(op.f("ix_undoable_batch"), "undoable", ["batch"], unique=False)
    op.create_index(op.f("ix_undoable_person_id"), "undoable", ["person_id"], unique=False)
    op.create_table(
        "watch_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_watch_word_added_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_word")),
        sa.UniqueConstraint("word", name=op.f("uq_watch_word_word")),
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("contested_by", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("outcome_text", sa.String(length=1000), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_appeal_author_id_person")),
        sa.ForeignKeyConstraint(["contested_by"], ["person.id"], name=op.f("fk_appeal_contested_by_person")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_appeal_decided_by_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_appeal_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_appeal_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
    )
    op.create_index(op.f("ix_appeal_author_id"), "appeal", ["author_id"], unique=False)
    op.create_index("ix_appeal_queue", "appeal", ["status", "territory_id", "id"], unique=False)

    op.create_table(
        "file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("reason_note", sa.String(length=600), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_file_author_id_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_file_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_file_territory_id_territory")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_file_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
    )
    op.create_index(op.f("ix_file_author_id"), "file", ["author_id"], unique=False)
    op.create_index(op.f("ix_file_digest"), "file", ["digest"], unique=False)
    op.create_index(op.f("ix_file_organisation_id"), "file", ["organisation_id"], unique=False)
    op.create_index("ix_file_queue", "file", ["status", "territory_id", "id"], unique=False)
    op.create_index("ix_file_thread", "file", ["thread_id", "status", "id"], unique=False)

    op.create_table(
        "need_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_need_import_author_id_person")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_need_import_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_need_import_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_import")),
    )
    op.create_index(op.f("ix_need_import_author_id"), "need_import", ["author_id"], unique=False)
    op.create_index(op.f("ix_need_import_territory_id"), "need_import", ["territory_id"], unique=False)

    op.create_table(
        "need_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("accord_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=3000), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("priority_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("edited", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["accord_id"], ["accord.id"], name=op.f("fk_need_group_accord_id_accord")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_need_group_created_by_person")),
        sa.ForeignKeyConstraint(["priority_id"], ["priority.id"], name=op.f("fk_need_group_priority_id_priority")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_need_group_territory_id_territory")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_need_group_theme_id_theme")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_need_group_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_group")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_need_group_thread_id")),
    )
    op.create_index(op.f("ix_need_group_accord_id"), "need_group", ["accord_id"], unique=False)
    op.create_index(op.f("ix_need_group_created_by"), "need_group", ["created_by"], unique=False)
    op.create_index(op.f("ix_need_group_priority_id"), "need_group", ["priority_id"], unique=False)
    op.create_index(op.f("ix_need_group_territory_id"), "need_group", ["territory_id"], unique=False)
    op.create_index(op.f("ix_need_group_theme_id"), "need_group", ["theme_id"], unique=False)

    op.create_table(
        "group_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=False),
        sa.Column("joined_by", sa.Integer(), nullable=True),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.Column("left_by", sa.Integer(), nullable=True),
        sa.Column("left_why", sa.String(length=20), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("asked_words", sa.String(length=600), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_words", sa.String(length=600), nullable=True),
        sa.Column("brought_id", sa.Integer(), nullable=True),
        sa.Column("former_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_group_member_answered_by_person")),
        sa.ForeignKeyConstraint(["brought_id"], ["priority.id"], name=op.f("fk_group_member_brought_id_priority")),
        sa.ForeignKeyConstraint(["former_id"], ["priority.id"], name=op.f("fk_group_member_former_id_priority")),
        sa.ForeignKeyConstraint(["group_id"], ["need_group.id"], name=op.f("fk_group_member_group_id_need_group")),
        sa.ForeignKeyConstraint(["joined_by"], ["person.id"], name=op.f("fk_group_member_joined_by_person")),
        sa.ForeignKeyConstraint(["left_by"], ["person.id"], name=op.f("fk_group_member_left_by_person")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_group_member_need_id_need")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
    )
    op.create_index(op.f("ix_group_member_group_id"), "group_member", ["group_id"], unique=False)
    op.create_index(op.f("ix_group_member_need_id"), "group_member", ["need_id"], unique=False)
    op.create_index(
        "ix_group_member_present",
        "group_member",
        ["need_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )

    op.create_table(
        "need_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=3000), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("replaced_by", sa.Integer(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_wording_need_id_need")),
        sa.ForeignKeyConstraint(["replaced_by"], ["person.id"], name=op.f("fk_need_wording_replaced_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_wording")),
    )
    op.create_index(op.f("ix_need_wording_need_id"), "need_wording", ["need_id"], unique=False)

    for table, column, kind, default in COLUMNS:
        op.add_column(table, sa.Column(column, kind, nullable=default is None, server_default=default))
    for table, column, target in POINTERS:
        name = f"fk_{table}_{column}_{target}"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {target} (id)")
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    op.create_index("ix_job_once", "job", ["once"], unique=True)
    op.create_index("ix_need_sheet", "need", ["territory_id", "sheet_ref"], unique=True)
    op.execute("UPDATE accord SET comments_a_posteriori = a_posteriori")
    for name, event, table, body in TRIGGERS:
        _count(name, event, table, body)
    for event in ("UPDATE", "DELETE"):
        _refuse(event)


def downgrade() -> None:
    """Undo it."""
    for name, _event, table, _body in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}" if _is_sqlite() else f"DROP TRIGGER {name} ON {table}")
        if not _is_sqlite():
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_index("ix_job_once", "job")
    op.drop_index("ix_need_sheet", "need")
    for name, table, _columns in reversed(INDEXES):
        op.drop_index(name, table)
    for table, column, _target in POINTERS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table, column, _kind, _default in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in reversed(TABLES):
        op.drop_table(table)
    if not _is_sqlite():
        for event in ("update", "delete"):
            op.execute(f"DROP FUNCTION moderation_log_no_{event}()")
