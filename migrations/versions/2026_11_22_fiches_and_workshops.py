"""Fiches-actions with their versions, positions, workshops with their seats and ballots.

Columns are added to existing tables without rebuilding them: a rebuild would drop their triggers.
"""

from alembic import op
import sqlalchemy as sa


revision = "2f685578b9cd"
down_revision = "9b1f0c6a2d11"
branch_labels = None
depends_on = None


COLUMNS = [
    "ALTER TABLE comment ADD COLUMN parent_id INTEGER CONSTRAINT fk_comment_parent_id_comment REFERENCES comment (id)",
    "ALTER TABLE comment ADD COLUMN body_id INTEGER CONSTRAINT fk_comment_body_id_body REFERENCES body (id)",
    "ALTER TABLE comment ADD COLUMN version INTEGER",
    "ALTER TABLE need ADD COLUMN sheets INTEGER DEFAULT 0 NOT NULL",
]


def upgrade() -> None:
    """Fiches-actions with their versions, positions, workshops with their seats and ballots.

    Columns are added to existing tables without rebuilding them: a rebuild would drop their triggers.
    """
    op.create_table(
        "action_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("accord_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("lede", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("exit_reason", sa.String(length=600), nullable=True),
        sa.Column("addressee", sa.String(length=160), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["accord_id"], ["accord.id"], name=op.f("fk_action_sheet_accord_id_accord")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_action_sheet_author_id_person")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_action_sheet_territory_id_territory")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_action_sheet_theme_id_theme")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_action_sheet_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_sheet")),
        sa.UniqueConstraint("reference", name=op.f("uq_action_sheet_reference")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_action_sheet_thread_id")),
    )
    op.create_index("ix_action_sheet_accord_id", "action_sheet", ["accord_id"])
    op.create_index("ix_action_sheet_all_recent", "action_sheet", ["status", "changed_at", "id"])
    op.create_index("ix_action_sheet_author_id", "action_sheet", ["author_id"])
    op.create_index("ix_action_sheet_recent", "action_sheet", ["territory_id", "status", "changed_at", "id"])
    op.create_index("ix_action_sheet_theme_id", "action_sheet", ["theme_id"])

    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=80), nullable=False),
        sa.Column("path", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_mention_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        sa.UniqueConstraint("thread_id", "kind", "subject_id", name=op.f("uq_mention_thread_id_kind_subject_id")),
    )
    op.create_table(
        "workshop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("accord_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("screen_key", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=True),
        sa.Column("edited", sa.Integer(), nullable=False),
        sa.Column("conclusion", sa.String(length=3000), nullable=False),
        sa.Column("next_steps", sa.String(length=2000), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["accord_id"], ["accord.id"], name=op.f("fk_workshop_accord_id_accord")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_workshop_author_id_person")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_workshop_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop")),
        sa.UniqueConstraint("code", name=op.f("uq_workshop_code")),
    )
    op.create_index("ix_workshop_accord_id", "workshop", ["accord_id"])
    op.create_index("ix_workshop_when", "workshop", ["territory_id", "status", "starts_at", "id"])

    op.create_table(
        "position",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("voice_id", sa.Integer(), nullable=False),
        sa.Column("stance", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_position_thread_id_thread")),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_position_voice_id_voice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
        sa.UniqueConstraint("thread_id", "voice_id", name=op.f("uq_position_thread_id_voice_id")),
    )
    op.create_index("ix_position_voice_id", "position", ["voice_id"])

    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("college", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_seat_workshop_id_workshop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("digest", name=op.f("uq_seat_digest")),
    )
    op.create_index("ix_seat_room", "seat", ["workshop_id", "college"])

    op.create_table(
        "sheet_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_sheet_version_author_id_person")),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_sheet_version_sheet_id_action_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_version")),
        sa.UniqueConstraint("sheet_id", "number", name=op.f("uq_sheet_version_sheet_id_number")),
    )
    op.create_table(
        "step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=90), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("dots", sa.Integer(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("hands", sa.String(length=10), nullable=False),
        sa.Column("reveal", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.Column("closes_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("revealed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_step_workshop_id_workshop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
    )
    op.create_index("ix_step_order", "step", ["workshop_id", "position", "id"])

    op.create_table(
        "ballot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("cast_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_ballot_seat_id_seat")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_ballot_step_id_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("step_id", "seat_id", name=op.f("uq_ballot_step_id_seat_id")),
    )
    op.create_index("ix_ballot_seat_id", "ballot", ["seat_id"])

    op.create_table(
        "sheet_priority",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("priority_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["priority_id"], ["priority.id"], name=op.f("fk_sheet_priority_priority_id_priority")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["action_sheet.id"], name=op.f("fk_sheet_priority_sheet_id_action_sheet")
        ),
        sa.PrimaryKeyConstraint("sheet_id", "priority_id", name=op.f("pk_sheet_priority")),
    )
    op.create_index("ix_sheet_priority_priority_id", "sheet_priority", ["priority_id"])

    op.create_table(
        "workshop_rate",
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("college", sa.String(length=20), nullable=False),
        sa.Column("supporters", sa.Integer(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_workshop_rate_step_id_step")),
        sa.PrimaryKeyConstraint("step_id", "kind", "subject_id", "college", name=op.f("pk_workshop_rate")),
    )
    op.create_index("ix_workshop_rate_subject", "workshop_rate", ["kind", "subject_id"])

    op.create_table(
        "option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("priority_id", sa.Integer(), nullable=True),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_option_need_id_need")),
        sa.ForeignKeyConstraint(["priority_id"], ["priority.id"], name=op.f("fk_option_priority_id_priority")),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_option_sheet_id_action_sheet")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_option_step_id_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_option")),
    )
    op.create_index("ix_option_need_id", "option", ["need_id"])
    op.create_index("ix_option_order", "option", ["step_id", "position", "id"])
    op.create_index("ix_option_priority_id", "option", ["priority_id"])
    op.create_index("ix_option_sheet_id", "option", ["sheet_id"])

    op.create_table(
        "sheet_need",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_sheet_need_need_id_need")),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_sheet_need_sheet_id_action_sheet")),
        sa.PrimaryKeyConstraint("sheet_id", "need_id", name=op.f("pk_sheet_need")),
    )
    op.create_index("ix_sheet_need_need_id", "sheet_need", ["need_id"])

    for statement in COLUMNS:
        op.execute(statement)


def downgrade() -> None:
    """Undo it."""
    for table, column in (("need", "sheets"), ("comment", "version"), ("comment", "body_id"), ("comment", "parent_id")):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_index("ix_sheet_need_need_id", "sheet_need")

    op.drop_table("sheet_need")
    op.drop_index("ix_option_sheet_id", "option")
    op.drop_index("ix_option_priority_id", "option")
    op.drop_index("ix_option_order", "option")
    op.drop_index("ix_option_need_id", "option")

    op.drop_table("option")
    op.drop_index("ix_workshop_rate_subject", "workshop_rate")

    op.drop_table("workshop_rate")
    op.drop_index("ix_sheet_priority_priority_id", "sheet_priority")

    op.drop_table("sheet_priority")
    op.drop_index("ix_ballot_seat_id", "ballot")

    op.drop_table("ballot")
    op.drop_index("ix_step_order", "step")

    op.drop_table("step")
    op.drop_table("sheet_version")
    op.drop_index("ix_seat_room", "seat")

    op.drop_table("seat")
    op.drop_index("ix_position_voice_id", "position")

    op.drop_table("position")
    op.drop_index("ix_workshop_when", "workshop")
    op.drop_index("ix_workshop_accord_id", "workshop")

    op.drop_table("workshop")
    op.drop_table("mention")
    op.drop_index("ix_action_sheet_theme_id", "action_sheet")
    op.drop_index("ix_action_sheet_recent", "action_sheet")
    op.drop_index("ix_action_sheet_author_id", "action_sheet")
    op.drop_index("ix_action_sheet_all_recent", "action_sheet")
    op.drop_index("ix_action_sheet_accord_id", "action_sheet")

    op.drop_table("action_sheet")
