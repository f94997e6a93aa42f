"""Workshops: registrations, crews, tables, cards, graded votes, paper ballots, series, decisions.

Columns are added without rebuilding tables, but for ``ballot``: a paper ballot has no seat. Nothing points to it.
"""

import secrets

from alembic import op
import sqlalchemy as sa


revision = "9d41f7c2b8e0"
down_revision = "7e2b90c4d1f6"
branch_labels = None
depends_on = None

TABLES = [
    "workshop_series",
    "correction",
    "headcount",
    "outcome",
    "participation",
    "registration",
    "room_table",
    "ticket",
    "crew",
    "paper_ballot",
    "cluster",
    "card",
]
COLUMNS = [
    ("seat", "place", sa.Integer(), "1"),
    ("seat", "channel", sa.String(length=8), "phone"),
    ("seat", "tracking", sa.String(length=64), None),
    ("step", "blanks", sa.String(length=10), "worst"),
    ("step", "limit_percent", sa.Integer(), None),
    ("step", "cards", sa.Integer(), "5"),
    ("step", "approve", sa.Boolean(), sa.true()),
    ("step", "signed", sa.String(length=8), "none"),
    ("step", "image_digest", sa.String(length=64), None),
    ("step", "image_type", sa.String(length=60), None),
    ("step", "image_alt", sa.String(length=300), ""),
    ("step", "image_width", sa.Integer(), None),
    ("step", "image_height", sa.Integer(), None),
    ("step", "skipped", sa.Boolean(), sa.false()),
    ("workshop", "mode", sa.String(length=8), "onsite"),
    ("workshop", "link", sa.String(length=300), ""),
    ("workshop", "access", sa.String(length=600), ""),
    ("workshop", "registration", sa.Boolean(), sa.false()),
    ("workshop", "capacity", sa.Integer(), None),
    ("workshop", "crew_key", sa.String(length=40), ""),
    ("workshop", "screen", sa.String(length=8), "live"),
    ("workshop", "screen_step_id", sa.Integer(), None),
    ("workshop", "acted_at", sa.DateTime(), None),
    ("workshop", "closed_alone", sa.Boolean(), sa.false()),
]
# (table, column, target, indexed)
POINTERS = [
    ("option", "group_id", "need_group", True),
    ("option", "cluster_id", "cluster", True),
    ("option", "twin_id", "option", True),
    ("seat", "table_id", "room_table", True),
    ("seat", "ticket_id", "ticket", True),
    ("step", "source_id", "step", True),
    ("step", "twin_id", "step", True),
    ("workshop", "lead_id", "person", True),
    ("workshop", "offered_to_id", "person", False),
    ("workshop", "series_id", "workshop_series", True),
]


def _quoted(name: str) -> str:
    return op.get_bind().dialect.identifier_preparer.quote(name)


def upgrade() -> None:
    """Tables, then columns; the ballots that are there say the collège of their seat."""
    op.create_table(
        "workshop_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("accord_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["accord_id"], ["accord.id"], name=op.f("fk_workshop_series_accord_id_accord")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_workshop_series_created_by_person")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_workshop_series_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_series")),
    )
    op.create_index(op.f("ix_workshop_series_accord_id"), "workshop_series", ["accord_id"], unique=False)
    op.create_index(op.f("ix_workshop_series_created_by"), "workshop_series", ["created_by"], unique=False)
    op.create_index(op.f("ix_workshop_series_territory_id"), "workshop_series", ["territory_id"], unique=False)

    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_correction_author_id_person")),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_correction_workshop_id_workshop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_author_id"), "correction", ["author_id"], unique=False)
    op.create_index(op.f("ix_correction_workshop_id"), "correction", ["workshop_id"], unique=False)

    op.create_table(
        "headcount",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("college", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_headcount_workshop_id_workshop")),
        sa.PrimaryKeyConstraint("workshop_id", "college", name=op.f("pk_headcount")),
    )
    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("unresolved", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_outcome_workshop_id_workshop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
    )
    op.create_index("ix_outcome_order", "outcome", ["workshop_id", "position", "id"], unique=False)

    op.create_table(
        "participation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_participation_person_id_person")),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_participation_workshop_id_workshop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
        sa.UniqueConstraint("workshop_id", "person_id", name=op.f("uq_participation_workshop_id_person_id")),
    )
    op.create_index(op.f("ix_participation_person_id"), "participation", ["person_id"], unique=False)

    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("queued_at", sa.DateTime(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_registration_person_id_person")),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_registration_workshop_id_workshop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("token", name=op.f("uq_registration_token")),
        sa.UniqueConstraint("workshop_id", "person_id", name=op.f("uq_registration_workshop_id_person_id")),
    )
    op.create_index(op.f("ix_registration_person_id"), "registration", ["person_id"], unique=False)
    op.create_index("ix_registration_queue", "registration", ["workshop_id", "status", "queued_at", "id"], unique=False)

    op.create_table(
        "room_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_room_table_workshop_id_workshop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_table")),
        sa.UniqueConstraint("key", name=op.f("uq_room_table_key")),
        sa.UniqueConstraint("workshop_id", "number", name=op.f("uq_room_table_workshop_id_number")),
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("printed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_ticket_workshop_id_workshop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("code", name=op.f("uq_ticket_code")),
    )
    op.create_index(op.f("ix_ticket_workshop_id"), "ticket", ["workshop_id"], unique=False)

    op.create_table(
        "crew",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=12), nullable=False),
        sa.Column("table_id", sa.Integer(), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_crew_added_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_crew_person_id_person")),
        sa.ForeignKeyConstraint(["table_id"], ["room_table.id"], name=op.f("fk_crew_table_id_room_table")),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_crew_workshop_id_workshop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew")),
        sa.UniqueConstraint("workshop_id", "person_id", name=op.f("uq_crew_workshop_id_person_id")),
    )
    op.create_index(op.f("ix_crew_person_id"), "crew", ["person_id"], unique=False)
    op.create_index(op.f("ix_crew_table_id"), "crew", ["table_id"], unique=False)

    op.create_table(
        "paper_ballot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("college", sa.String(length=20), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("again", sa.JSON(), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=False),
        sa.Column("printed_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(), nullable=True),
        sa.Column("read_by", sa.Integer(), nullable=True),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_paper_ballot_entered_by_person")),
        sa.ForeignKeyConstraint(["read_by"], ["person.id"], name=op.f("fk_paper_ballot_read_by_person")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_paper_ballot_step_id_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_ballot")),
        sa.UniqueConstraint("step_id", "number", name=op.f("uq_paper_ballot_step_id_number")),
    )
    op.create_index(op.f("ix_paper_ballot_entered_by"), "paper_ballot", ["entered_by"], unique=False)
    op.create_index("ix_paper_ballot_queue", "paper_ballot", ["step_id", "status", "id"], unique=False)
    op.create_index(op.f("ix_paper_ballot_read_by"), "paper_ballot", ["read_by"], unique=False)

    op.create_table(
        "cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=90), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["need_group.id"], name=op.f("fk_cluster_group_id_need_group")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_cluster_need_id_need")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_cluster_step_id_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
    )
    op.create_index(op.f("ix_cluster_group_id"), "cluster", ["group_id"], unique=False)
    op.create_index(op.f("ix_cluster_need_id"), "cluster", ["need_id"], unique=False)
    op.create_index("ix_cluster_order", "cluster", ["step_id", "position", "id"], unique=False)

    op.create_table(
        "card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        sa.Column("table_id", sa.Integer(), nullable=True),
        sa.Column("college", sa.String(length=20), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=280), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_card_cluster_id_cluster")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_card_need_id_need")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_card_seat_id_seat")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_card_step_id_step")),
        sa.ForeignKeyConstraint(["table_id"], ["room_table.id"], name=op.f("fk_card_table_id_room_table")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("key", name=op.f("uq_card_key")),
    )
    op.create_index(op.f("ix_card_cluster_id"), "card", ["cluster_id"], unique=False)
    op.create_index(op.f("ix_card_need_id"), "card", ["need_id"], unique=False)
    op.create_index(op.f("ix_card_seat_id"), "card", ["seat_id"], unique=False)
    op.create_index("ix_card_step", "card", ["step_id", "status", "id"], unique=False)
    op.create_index(op.f("ix_card_table_id"), "card", ["table_id"], unique=False)

    for table, column, kind, default in COLUMNS:
        op.add_column(table, sa.Column(column, kind, nullable=default is None, server_default=default))
    for table, column, target, indexed in POINTERS:
        name = f"fk_{table}_{column}_{target}"
        op.execute(
            f"ALTER TABLE {_quoted(table)} ADD COLUMN {column} INTEGER "
            f"CONSTRAINT {name} REFERENCES {_quoted(target)} (id)"
        )
        if indexed:
            op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_seat_tracking", "seat", ["tracking"], unique=True)
    with op.batch_alter_table("ballot") as ballot:
        ballot.add_column(sa.Column("paper_id", sa.Integer(), nullable=True))
        ballot.add_column(sa.Column("college", sa.String(length=20), nullable=False, server_default=""))
        ballot.add_column(sa.Column("channel", sa.String(length=8), nullable=False, server_default="phone"))
        ballot.add_column(sa.Column("words", sa.String(length=500), nullable=False, server_default=""))
        ballot.add_column(sa.Column("words_shown", sa.Boolean(), nullable=False, server_default=sa.false()))
        ballot.alter_column("seat_id", existing_type=sa.Integer(), nullable=True)
        ballot.create_unique_constraint("uq_ballot_paper_id", ["paper_id"])
        ballot.create_foreign_key("fk_ballot_paper_id_paper_ballot", "paper_ballot", ["paper_id"], ["id"])
    op.execute("UPDATE ballot SET college = (SELECT seat.college FROM seat WHERE seat.id = ballot.seat_id)")
    op.execute("UPDATE workshop SET lead_id = author_id")
    database, set_key = op.get_bind(), sa.text("UPDATE workshop SET crew_key = :key WHERE id = :id")
    for (workshop_id,) in database.execute(sa.text("SELECT id FROM workshop")).fetchall():
        database.execute(set_key, {"key": secrets.token_urlsafe(18), "id": workshop_id})


def downgrade() -> None:
    """Undo it; paper ballots go, they have no seat."""
    op.execute("DELETE FROM ballot WHERE seat_id IS NULL")
    with op.batch_alter_table("ballot") as ballot:
        ballot.drop_constraint("fk_ballot_paper_id_paper_ballot", type_="foreignkey")
        ballot.drop_constraint("uq_ballot_paper_id", type_="unique")
        ballot.alter_column("seat_id", existing_type=sa.Integer(), nullable=False)
        for column in ("paper_id", "college", "channel", "words", "words_shown"):
            ballot.drop_column(column)
    op.drop_index("ix_seat_tracking", "seat")
    for table, column, _target, indexed in reversed(POINTERS):
        if indexed:
            op.drop_index(f"ix_{table}_{column}", table)
        op.execute(f"ALTER TABLE {_quoted(table)} DROP COLUMN {column}")
    for table, column, _kind, _default in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {_quoted(table)} DROP COLUMN {column}")
    for table in reversed(TABLES):
        op.drop_table(table)
