"""The market: retail companies, packages, usage, contracts, what is asked for about them; anchors of evidence."""

import sqlalchemy as sa
from alembic import op

import domain.base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "market_prices",
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("yuan", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_market_prices")),
    )
    op.create_table(
        "month_usages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_mark", sa.String(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("kwh", sa.BigInteger(), nullable=False),
        sa.Column("peak_kwh", sa.BigInteger(), nullable=True),
        sa.Column("flat_kwh", sa.BigInteger(), nullable=True),
        sa.Column("valley_kwh", sa.BigInteger(), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_usages")),
        sa.UniqueConstraint("account_mark", "month", name=op.f("uq_month_usages_account_mark_month")),
    )
    op.create_table(
        "usage_asks",
        sa.Column("account_mark", sa.String(), nullable=False),
        sa.Column("asked_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("settled_month", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("account_mark", name=op.f("pk_usage_asks")),
    )
    op.create_table(
        "evidence_anchors",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("numbers", sa.String(), nullable=False),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_anchors_evidence_id")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_evidence_anchors")),
    )
    op.create_table(
        "retailers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("service_score", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("created_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_retailers_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retailers")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_retailers_organisation_id")),
    )
    op.create_table(
        "packages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("retailer_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["retailer_id"], ["retailers.id"], name=op.f("fk_packages_retailer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
        sa.UniqueConstraint("code", name=op.f("uq_packages_code")),
        sa.UniqueConstraint("retailer_id", "name", name=op.f("uq_packages_retailer_id_name")),
    )
    op.create_index(op.f("ix_packages_retailer_id"), "packages", ["retailer_id"])
    op.create_table(
        "package_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("offered_from", sa.Date(), nullable=False),
        sa.Column("offered_to", sa.Date(), nullable=True),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("submitted_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("created_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_package_versions_decided_by")),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_package_versions_package_id")),
        sa.ForeignKeyConstraint(["written_by"], ["staff.id"], name=op.f("fk_package_versions_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_versions")),
        sa.UniqueConstraint("package_id", "number", name=op.f("uq_package_versions_package_id_number")),
    )
    op.create_index(op.f("ix_package_versions_state"), "package_versions", ["state"])
    op.create_table(
        "contracts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("company_mark", sa.String(), nullable=False),
        sa.Column("unit_kind", sa.String(), nullable=False),
        sa.Column("unit_mark", sa.String(), nullable=False),
        sa.Column("retailer_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("first_month", sa.Integer(), nullable=False),
        sa.Column("last_month", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why_ended", sa.String(), nullable=False),
        sa.Column("renewal", sa.String(), nullable=False),
        sa.Column("renews_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_contracts_application_id")),
        sa.ForeignKeyConstraint(["renews_id"], ["contracts.id"], name=op.f("fk_contracts_renews_id")),
        sa.ForeignKeyConstraint(["retailer_id"], ["retailers.id"], name=op.f("fk_contracts_retailer_id")),
        sa.ForeignKeyConstraint(["version_id"], ["package_versions.id"], name=op.f("fk_contracts_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("number", name=op.f("uq_contracts_number")),
        sa.UniqueConstraint("renews_id", name=op.f("uq_contracts_renews_id")),
        sa.CheckConstraint("last_month >= first_month - 1", name=op.f("ck_contracts_months")),
    )
    live = sa.text("first_month <= last_month")
    op.create_index(
        "uq_contracts_begin",
        "contracts",
        ["unit_mark", "first_month"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index(op.f("ix_contracts_application_id"), "contracts", ["application_id"])
    op.create_index(op.f("ix_contracts_company_mark"), "contracts", ["company_mark"])
    op.create_index("ix_contracts_ending", "contracts", ["state", "last_month", "renewal"])
    op.create_index(op.f("ix_contracts_retailer_id"), "contracts", ["retailer_id"])
    op.create_index("ix_contracts_unit", "contracts", ["unit_mark", "first_month"])
    op.create_table(
        "contract_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("shown", domain.base.Sealed(), nullable=False),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_contract_notices_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_notices")),
        sa.UniqueConstraint("contract_id", "step", name=op.f("uq_contract_notices_contract_id_step")),
    )
    op.create_table(
        "contract_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("company_mark", sa.String(), nullable=False),
        sa.Column("unit_kind", sa.String(), nullable=False),
        sa.Column("unit_mark", sa.String(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("first_month", sa.Integer(), nullable=False),
        sa.Column("last_month", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposer", sa.String(), nullable=False),
        sa.Column("shown", domain.base.Sealed(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deadline", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_contract_requests_application_id")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_contract_requests_contract_id")),
        sa.ForeignKeyConstraint(["result_id"], ["contracts.id"], name=op.f("fk_contract_requests_result_id")),
        sa.ForeignKeyConstraint(["version_id"], ["package_versions.id"], name=op.f("fk_contract_requests_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_requests_number")),
    )
    op.create_index(op.f("ix_contract_requests_application_id"), "contract_requests", ["application_id"])
    op.create_index(op.f("ix_contract_requests_company_mark"), "contract_requests", ["company_mark"])
    op.create_index(op.f("ix_contract_requests_contract_id"), "contract_requests", ["contract_id"])
    op.create_index("ix_contract_requests_open", "contract_requests", ["state", "deadline"])
    op.create_index(op.f("ix_contract_requests_result_id"), "contract_requests", ["result_id"])
    op.create_index("ix_contract_requests_unit", "contract_requests", ["unit_mark", "state"])
    op.create_table(
        "contract_consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("retailer_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_contract_consents_evidence_id")),
        sa.ForeignKeyConstraint(["request_id"], ["contract_requests.id"], name=op.f("fk_contract_consents_request_id")),
        sa.ForeignKeyConstraint(["retailer_id"], ["retailers.id"], name=op.f("fk_contract_consents_retailer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_consents")),
        sa.UniqueConstraint("request_id", "side", name=op.f("uq_contract_consents_request_id_side")),
        sa.CheckConstraint(
            "answer = '' OR (answer IN ('yes', 'no') AND evidence_id IS NOT NULL)",
            name=op.f("ck_contract_consents_proved"),
        ),
    )
    op.create_index("ix_contract_consents_waiting", "contract_consents", ["retailer_id", "answer"])


def downgrade() -> None:
    op.drop_index("ix_contract_consents_waiting", table_name="contract_consents")
    op.drop_table("contract_consents")
    op.drop_index("ix_contract_requests_unit", table_name="contract_requests")
    op.drop_index(op.f("ix_contract_requests_result_id"), table_name="contract_requests")
    op.drop_index("ix_contract_requests_open", table_name="contract_requests")
    op.drop_index(op.f("ix_contract_requests_contract_id"), table_name="contract_requests")
    op.drop_index(op.f("ix_contract_requests_company_mark"), table_name="contract_requests")
    op.drop_index(op.f("ix_contract_requests_application_id"), table_name="contract_requests")
    op.drop_table("contract_requests")
    op.drop_table("contract_notices")
    op.drop_index("uq_contracts_begin", table_name="contracts")
    op.drop_index("ix_contracts_unit", table_name="contracts")
    op.drop_index(op.f("ix_contracts_retailer_id"), table_name="contracts")
    op.drop_index("ix_contracts_ending", table_name="contracts")
    op.drop_index(op.f("ix_contracts_company_mark"), table_name="contracts")
    op.drop_index(op.f("ix_contracts_application_id"), table_name="contracts")
    op.drop_table("contracts")
    op.drop_index(op.f("ix_package_versions_state"), table_name="package_versions")
    op.drop_table("package_versions")
    op.drop_index(op.f("ix_packages_retailer_id"), table_name="packages")
    op.drop_table("packages")
    op.drop_table("retailers")
    op.drop_table("evidence_anchors")
    op.drop_table("month_usages")
    op.drop_table("market_prices")
