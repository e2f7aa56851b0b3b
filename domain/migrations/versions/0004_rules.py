"""Rules with dates, places and kinds; every version kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rules", schema=None, recreate="never") as batch_op:
        batch_op.add_column(sa.Column("needs_person", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("document", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("bureaus", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("kinds", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("valid_to", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("rules", schema=None, recreate="never") as batch_op:
        for name in ("valid_to", "valid_from", "kinds", "bureaus", "document", "needs_person"):
            batch_op.drop_column(name)
