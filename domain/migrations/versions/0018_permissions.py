"""In whose name a retail company's program may sign, by that person's own yes."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("proxy_authorisations") as table:
        table.alter_column("application_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("staff_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("program", sa.String(), server_default="", nullable=False))
        table.create_foreign_key(op.f("fk_proxy_authorisations_staff_id"), "staff", ["staff_id"], ["id"])
        table.create_index(op.f("ix_proxy_authorisations_staff_id"), ["staff_id"])


def downgrade() -> None:
    op.execute("DELETE FROM proxy_authorisations WHERE staff_id IS NOT NULL")
    with op.batch_alter_table("proxy_authorisations") as table:
        table.drop_index(op.f("ix_proxy_authorisations_staff_id"))
        table.drop_constraint(op.f("fk_proxy_authorisations_staff_id"), type_="foreignkey")
        table.drop_column("program")
        table.drop_column("staff_id")
        table.alter_column("application_id", existing_type=sa.Integer(), nullable=False)
