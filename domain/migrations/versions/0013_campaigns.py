"""Campaigns that prompt who has not chosen yet."""

import sqlalchemy as sa
from alembic import op

import domain.base

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("before", sa.Date(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("then", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("stopped_by", sa.Integer(), nullable=True),
        sa.Column("stopped_at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_campaigns_made_by")),
        sa.ForeignKeyConstraint(["stopped_by"], ["staff.id"], name=op.f("fk_campaigns_stopped_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_table(
        "campaign_prompts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_campaign_prompts_application_id")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_prompts_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_prompts")),
        sa.UniqueConstraint(
            "campaign_id",
            "application_id",
            "step",
            name=op.f("uq_campaign_prompts_campaign_id_application_id_step"),
        ),
    )
    op.create_index(op.f("ix_campaign_prompts_application_id"), "campaign_prompts", ["application_id"])


def downgrade() -> None:
    op.drop_table("campaign_prompts")
    op.drop_table("campaigns")
