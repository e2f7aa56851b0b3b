"""Proxies: keys, authorisations, hooks and conduct."""

import sqlalchemy as sa
from alembic import op

import domain.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proxies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("warned_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("blocked_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_proxies_contact_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_proxies_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxies")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_proxies_organisation_id")),
    )
    op.create_table(
        "proxy_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proxy_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("networks", sa.JSON(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=True),
        sa.Column("per_day", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("replaced_by", sa.Integer(), nullable=True),
        sa.Column("last_used_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_proxy_keys_created_by")),
        sa.ForeignKeyConstraint(["proxy_id"], ["proxies.id"], name=op.f("fk_proxy_keys_proxy_id")),
        sa.ForeignKeyConstraint(["replaced_by"], ["proxy_keys.id"], name=op.f("fk_proxy_keys_replaced_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_keys")),
        sa.UniqueConstraint("mark", name=op.f("uq_proxy_keys_mark")),
    )
    op.create_index(op.f("ix_proxy_keys_proxy_id"), "proxy_keys", ["proxy_id"], unique=False)
    op.create_table(
        "proxy_authorisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proxy_id", sa.Integer(), nullable=False),
        sa.Column("company_mark", sa.String(), nullable=False),
        sa.Column("company_name", domain.base.Sealed(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deadline", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_proxy_authorisations_application_id")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_proxy_authorisations_contact_id")),
        sa.ForeignKeyConstraint(["proxy_id"], ["proxies.id"], name=op.f("fk_proxy_authorisations_proxy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_authorisations")),
    )
    op.create_index(
        op.f("ix_proxy_authorisations_application_id"), "proxy_authorisations", ["application_id"], unique=False
    )
    op.create_index("ix_proxy_authorisations_company", "proxy_authorisations", ["company_mark", "state"], unique=False)
    op.create_index(op.f("ix_proxy_authorisations_contact_id"), "proxy_authorisations", ["contact_id"], unique=False)
    op.create_index(op.f("ix_proxy_authorisations_proxy_id"), "proxy_authorisations", ["proxy_id"], unique=False)
    op.create_table(
        "proxy_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proxy_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", domain.base.SealedJson(), nullable=True),
        sa.Column("begun_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["proxy_id"], ["proxies.id"], name=op.f("fk_proxy_requests_proxy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_requests")),
        sa.UniqueConstraint("proxy_id", "key", name=op.f("uq_proxy_requests_proxy_id_key")),
    )
    op.create_index(op.f("ix_proxy_requests_begun_at"), "proxy_requests", ["begun_at"], unique=False)
    op.create_table(
        "proxy_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proxy_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_proxy_documents_application_id")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_proxy_documents_photo_id")),
        sa.ForeignKeyConstraint(["proxy_id"], ["proxies.id"], name=op.f("fk_proxy_documents_proxy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_documents")),
        sa.UniqueConstraint("photo_id", name=op.f("uq_proxy_documents_photo_id")),
    )
    op.create_index(op.f("ix_proxy_documents_application_id"), "proxy_documents", ["application_id"], unique=False)
    op.create_index(op.f("ix_proxy_documents_proxy_id"), "proxy_documents", ["proxy_id"], unique=False)
    op.create_table(
        "proxy_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proxy_id", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["proxy_id"], ["proxies.id"], name=op.f("fk_proxy_batches_proxy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_batches")),
    )
    op.create_index(op.f("ix_proxy_batches_proxy_id"), "proxy_batches", ["proxy_id"], unique=False)
    op.create_table(
        "proxy_batch_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sent", domain.base.SealedJson(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", domain.base.SealedJson(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["proxy_batches.id"], name=op.f("fk_proxy_batch_items_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_batch_items")),
        sa.UniqueConstraint("batch_id", "place", name=op.f("uq_proxy_batch_items_batch_id_place")),
    )
    op.create_table(
        "proxy_hooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proxy_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("secret", domain.base.Sealed(), nullable=False),
        sa.Column("old_secret", domain.base.Sealed(), nullable=True),
        sa.Column("old_until", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["proxy_id"], ["proxies.id"], name=op.f("fk_proxy_hooks_proxy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_hooks")),
    )
    op.create_index(op.f("ix_proxy_hooks_proxy_id"), "proxy_hooks", ["proxy_id"], unique=False)
    op.create_table(
        "hook_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("due_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hook_id"], ["proxy_hooks.id"], name=op.f("fk_hook_deliveries_hook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_deliveries")),
        sa.UniqueConstraint("hook_id", "key", name=op.f("uq_hook_deliveries_hook_id_key")),
    )
    op.create_index("ix_hook_deliveries_due", "hook_deliveries", ["state", "due_at"], unique=False)
    op.create_table(
        "proxy_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proxy_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("said", domain.base.Sealed(), nullable=False),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("taken_back_why", domain.base.Sealed(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_proxy_marks_application_id")),
        sa.ForeignKeyConstraint(["proxy_id"], ["proxies.id"], name=op.f("fk_proxy_marks_proxy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_marks")),
    )
    op.create_index(op.f("ix_proxy_marks_proxy_id"), "proxy_marks", ["proxy_id"], unique=False)
    op.execute(
        "ALTER TABLE applications ADD COLUMN proxy_id INTEGER"
        " CONSTRAINT fk_applications_proxy_id REFERENCES proxies (id)"
    )
    op.create_index("ix_applications_proxy_id", "applications", ["proxy_id"])


def downgrade() -> None:
    op.drop_index("ix_applications_proxy_id", "applications")
    op.drop_column("applications", "proxy_id")
    op.drop_table("proxy_marks")
    op.drop_table("hook_deliveries")
    op.drop_table("proxy_hooks")
    op.drop_table("proxy_batch_items")
    op.drop_table("proxy_batches")
    op.drop_table("proxy_documents")
    op.drop_table("proxy_requests")
    op.drop_table("proxy_authorisations")
    op.drop_table("proxy_keys")
    op.drop_table("proxies")
