"""Who speaks: ways in, second factors, sessions, roles, invitations, organisations and their delegates.

Columns are added, and two of them made optional, without rebuilding tables: a rebuild would drop their triggers.
"""

from alembic import op
import sqlalchemy as sa


revision = "5c1d7e90ab34"
down_revision = "2f685578b9cd"
branch_labels = None
depends_on = None

TABLES = [
    "delegate",
    "recovery_code",
    "passkey",
    "parent_agreement",
    "organisation",
    "invitation",
    "federated_identity",
    "pending_identity",
]
POINTERS = [
    ("comment", "organisation_id", "organisation"),
    ("need", "organisation_id", "organisation"),
    ("voice", "organisation_id", "organisation"),
    ("role", "ended_by", "person"),
]
COLUMNS = [
    ("person", "age_bracket", sa.String(length=10), None),
    ("person", "shows_commune", sa.Boolean(), sa.false()),
    ("person", "last_seen_at", sa.DateTime(), None),
    ("person", "closing_at", sa.DateTime(), None),
    ("person", "closing_erases", sa.Boolean(), sa.false()),
    ("person", "closed_at", sa.DateTime(), None),
    ("role", "ended_at", sa.DateTime(), None),
    ("role", "end_reason", sa.String(length=300), None),
    ("web_session", "last_seen_at", sa.DateTime(), None),
    ("web_session", "idle_minutes", sa.Integer(), "0"),
    ("web_session", "way", sa.String(length=20), "email"),
    ("web_session", "device", sa.String(length=60), ""),
    ("web_session", "verified_at", sa.DateTime(), None),
    ("web_session", "challenge", sa.String(length=120), None),
    ("web_session", "challenge_until", sa.DateTime(), None),
    ("web_session", "rotate", sa.Boolean(), sa.false()),
    ("web_session", "previous_digest", sa.String(length=64), None),
    ("web_session", "rotated_at", sa.DateTime(), None),
    ("web_session", "id_token", sa.String(), None),
    ("web_session", "ended_at", sa.DateTime(), None),
    ("web_session", "exit_digest", sa.String(length=64), None),
]
INDEXES = [
    ("ix_comment_organisation_id", "comment", ["organisation_id"], False),
    ("ix_need_organisation_id", "need", ["organisation_id"], False),
    ("ix_voice_organisation", "voice", ["forum_id", "organisation_id"], True),
    ("ix_web_session_previous_digest", "web_session", ["previous_digest"], False),
]
# What may be empty from now on: (table, column, its type as SQLite wrote it).
OPTIONAL = [("person", "email", "VARCHAR(254)"), ("voice", "person_id", "INTEGER")]


def _may_be_empty(table: str, column: str, kind: str, empty: bool) -> None:
    """On SQLite, by rewriting the declaration, which its manual gives for constraints that change no content
    (https://www.sqlite.org/lang_altertable.html, section 7)."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.alter_column(table, column, nullable=empty)
        return
    strict, loose = f"{column} {kind} NOT NULL", f"{column} {kind}"
    before, after = (strict, loose) if empty else (loose, strict)
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    changed = bind.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
        (before, after, table, before),
    ).rowcount
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=OFF")
    if changed != 1:
        raise RuntimeError(f"{table}.{column} is not declared as expected")


def upgrade() -> None:
    """Tables, then columns; a delegate without an organisation was a role of the demonstration only."""
    op.create_table(
        "federated_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_federated_identity_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federated_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_federated_identity_issuer_subject")),
    )
    op.create_index(op.f("ix_federated_identity_person_id"), "federated_identity", ["person_id"], unique=False)

    op.create_table(
        "pending_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=True),
        sa.Column("id_token", sa.String(), nullable=False),
        sa.Column("next_path", sa.String(length=500), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_identity")),
        sa.UniqueConstraint("digest", name=op.f("uq_pending_identity_digest")),
    )
    op.create_index(op.f("ix_pending_identity_expires_at"), "pending_identity", ["expires_at"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name=op.f("fk_invitation_invited_by_person")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_invitation_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=90), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("college", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=1500), nullable=False),
        sa.Column("website", sa.String(length=200), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=True),
        sa.Column("rna", sa.String(length=10), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("declared_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("verified_at", sa.DateTime(), nullable=True),
        sa.Column("verified_how", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["declared_by"], ["person.id"], name=op.f("fk_organisation_declared_by_person")),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_organisation_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_index("ix_organisation_where", "organisation", ["territory_id", "status", "id"], unique=False)
    alive = sa.text("status IN ('declared', 'verified')")
    for number in ("siret", "rna"):
        op.create_index(
            f"ix_organisation_{number}", "organisation", [number], unique=True,
            sqlite_where=alive, postgresql_where=alive,
        )  # fmt: skip

    op.create_table(
        "parent_agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_parent_agreement_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parent_agreement")),
    )
    op.create_index(op.f("ix_parent_agreement_person_id"), "parent_agreement", ["person_id"], unique=False)

    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passkey_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_person_id"), "passkey", ["person_id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"], unique=False)

    op.create_table(
        "delegate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name=op.f("fk_delegate_invited_by_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_delegate_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delegate_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegate")),
    )
    op.create_index(op.f("ix_delegate_email"), "delegate", ["email"], unique=False)
    op.create_index(op.f("ix_delegate_organisation_id"), "delegate", ["organisation_id"], unique=False)
    op.create_index("ix_delegate_person", "delegate", ["person_id", "status"], unique=False)

    for table, column, kind, default in COLUMNS:
        op.add_column(table, sa.Column(column, kind, nullable=default is None, server_default=default))
    for table, column, target in POINTERS:
        name = f"fk_{table}_{column}_{target}"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {target} (id)")
    for name, table, columns, unique in INDEXES:
        op.create_index(name, table, columns, unique=unique)
    for table, column, kind in OPTIONAL:
        _may_be_empty(table, column, kind, True)
    op.execute("DELETE FROM role WHERE kind = 'delegate'")


def downgrade() -> None:
    """Undo it: the voices of organisations go, who had no address gets one that leads nowhere."""
    of_organisations = "(SELECT id FROM voice WHERE person_id IS NULL)"
    op.execute(f"DELETE FROM support WHERE voice_id IN {of_organisations}")
    op.execute(f"DELETE FROM position WHERE voice_id IN {of_organisations}")
    op.execute(f"DELETE FROM priority_voice WHERE voice_id IN {of_organisations}")
    op.execute(f"UPDATE need SET voice_id = NULL WHERE voice_id IN {of_organisations}")
    op.execute("DELETE FROM voice WHERE person_id IS NULL")
    op.execute("UPDATE person SET email = 'sans-adresse-' || id || '@emglev.invalid' WHERE email IS NULL")
    for table, column, kind in OPTIONAL:
        _may_be_empty(table, column, kind, False)
    for name, table, _columns, _unique in reversed(INDEXES):
        op.drop_index(name, table)
    for table, column, _target in POINTERS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table, column, _kind, _default in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in TABLES:
        op.drop_table(table)
