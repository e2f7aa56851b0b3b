"""Documents of several kinds, shared in a group; by which way an application came."""

import sqlalchemy as sa
from alembic import op

import domain.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PHOTOS = sa.table(
    "photos",
    sa.column("id", sa.Integer()),
    sa.column("reading", domain.base.SealedJson()),
    sa.column("erased_at", domain.base.UtcDateTime(timezone=True)),
    sa.column("kind", sa.String()),
)


def upgrade() -> None:
    op.execute("ALTER TABLE applications ADD COLUMN channel VARCHAR DEFAULT '' NOT NULL")
    op.execute(
        "ALTER TABLE applications ADD COLUMN representative_id INTEGER"
        " CONSTRAINT fk_applications_representative_id REFERENCES applications (id)"
    )
    op.create_index("ix_applications_representative_id", "applications", ["representative_id"])
    with op.batch_alter_table("photos", schema=None) as batch_op:  # nothing refers to photos: it may be copied
        batch_op.alter_column("inbound_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("kind", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("party", sa.String(), server_default="", nullable=False))
    _name_licences()


def _name_licences() -> None:
    """Until now every picture that could be read was a licence."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(PHOTOS.c.id, PHOTOS.c.reading, PHOTOS.c.erased_at)).all()
    read = [row.id for row in rows if row.erased_at or (row.reading and not row.reading["trouble"])]
    for photo_id in read:
        connection.execute(PHOTOS.update().where(PHOTOS.c.id == photo_id).values(kind="licence"))


def downgrade() -> None:
    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.drop_column("party")
        batch_op.drop_column("kind")
        batch_op.alter_column("inbound_id", existing_type=sa.Integer(), nullable=False)
    op.drop_index("ix_applications_representative_id", "applications")
    op.drop_column("applications", "representative_id")
    op.drop_column("applications", "channel")
