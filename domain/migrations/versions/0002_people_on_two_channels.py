"""People on two channels: authorities, bindings, invitations, links, conversations; what questions and messages carry.

Columns are added in place: SQLite would copy whole tables otherwise, and one that others refer to cannot be dropped.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import domain.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT, NUMBER, MOMENT = sa.String(), sa.Integer(), domain.base.UtcDateTime(timezone=True)
FILLED: tuple[tuple[str, str, Any], ...] = (
    ("addresses", "bound_by", TEXT),
    ("addresses", "stopped_by", TEXT),
    ("outbound_messages", "merge", TEXT),
    ("outbound_messages", "segments", NUMBER),
    ("questions", "slot", TEXT),
    ("questions", "code", TEXT),
    ("questions", "silence", TEXT),
    ("questions", "chosen", TEXT),
    ("questions", "free", TEXT),
)
OPEN: tuple[tuple[str, str, Any], ...] = (
    ("addresses", "last_seen_at", MOMENT),
    ("contacts", "focus_id", NUMBER),
    ("contacts", "pending", domain.base.SealedJson()),
    ("outbound_messages", "expires_at", MOMENT),
    ("questions", "short", domain.base.Sealed()),
)
REFERENCES = (
    ("outbound_messages", "question_id", "questions"),
    ("outbound_messages", "staff_id", "staff"),
    ("outbound_messages", "fallback_for", "outbound_messages"),
    ("staff", "contact_id", "contacts"),
)


def upgrade() -> None:
    op.create_table(
        "authorities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("company_mark", sa.String(), nullable=False),
        sa.Column("company_name", domain.base.Sealed(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("since", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_authorities_application_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_authorities_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorities")),
    )
    with op.batch_alter_table("authorities", schema=None) as batch_op:
        batch_op.create_index("ix_authorities_company", ["company_mark", "ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_authorities_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "binding_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("phone_id", sa.Integer(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("company_mark", sa.String(), nullable=False),
        sa.Column("said", domain.base.Sealed(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("remark", domain.base.Sealed(), nullable=False),
        sa.Column("created_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_binding_requests_application_id")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_binding_requests_contact_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["contacts.id"], name=op.f("fk_binding_requests_holder_id")),
        sa.ForeignKeyConstraint(["phone_id"], ["addresses.id"], name=op.f("fk_binding_requests_phone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_requests")),
    )
    with op.batch_alter_table("binding_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_binding_requests_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_binding_requests_holder_id"), ["holder_id"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", domain.base.Sealed(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("taken_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("alarmed_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_conversations_contact_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_conversations_organisation_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_conversations_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversations_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index("ix_conversations_state", ["state", "opened_at"], unique=False)
        one_open = sa.text("state != 'closed'")
        batch_op.create_index(
            "uq_conversations_open", ["contact_id"], unique=True, sqlite_where=one_open, postgresql_where=one_open
        )

    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("company_mark", sa.String(), nullable=False),
        sa.Column("company_name", domain.base.Sealed(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_by_contact", sa.Integer(), nullable=True),
        sa.Column("created_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_invitations_application_id")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_invitations_made_by")),
        sa.ForeignKeyConstraint(["made_by_contact"], ["contacts.id"], name=op.f("fk_invitations_made_by_contact")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_invitations_staff_id")),
        sa.ForeignKeyConstraint(["used_by"], ["contacts.id"], name=op.f("fk_invitations_used_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("mark", name=op.f("uq_invitations_mark")),
    )
    op.create_table(
        "one_time_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("text", domain.base.Sealed(), nullable=True),
        sa.Column("created_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_one_time_links_address_id")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_one_time_links_application_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_one_time_links_contact_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_one_time_links_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("mark", name=op.f("uq_one_time_links_mark")),
    )
    with op.batch_alter_table("one_time_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_links_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "send_gates",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stopped_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("probe_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_send_gates")),
    )
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_reminders_application_id")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_reminders_by_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_reminders_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
    )
    op.create_index("ix_reminders_application", "reminders", ["application_id", "at"])

    for table, column, kind in FILLED:
        op.add_column(table, sa.Column(column, kind, nullable=False, server_default="0" if kind is NUMBER else ""))
    for table, column, kind in OPEN:
        op.add_column(table, sa.Column(column, kind, nullable=True))
    for table, column, to in REFERENCES:
        name = f"fk_{table}_{column}"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {to} (id)")
    for table, column in (("outbound_messages", "question_id"), ("questions", "code"), ("staff", "contact_id")):
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_questions_open", "questions", ["state", "deadline"])
    op.execute(  # what was open before goes on to be replaced by the next question of its own matter
        "UPDATE questions SET slot = CASE WHEN purpose = 'market' THEN 'market:' ELSE 'form:' END || application_id"
        " WHERE state = 'open' AND application_id IS NOT NULL"
    )
    op.execute(
        "UPDATE addresses SET last_seen_at = (SELECT MAX(received_at) FROM inbound_messages"
        " WHERE inbound_messages.address_id = addresses.id)"
    )
