"""Rules with dates, places and kinds; every version kept; what the rules saw when an application was handed in."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import domain.base
from domain.private import fingerprint

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SAID = ("condition", "severity", "problem", "suggestion", "active")
RULES = sa.table(
    "rules",
    sa.column("id", sa.Integer()),
    sa.column("version", sa.Integer()),
    *(sa.column(name, sa.Boolean() if name == "active" else sa.String()) for name in SAID),
)
CHANGES = sa.table(
    "rule_changes",
    sa.column("id", sa.Integer()),
    sa.column("rule_id", sa.Integer()),
    sa.column("version", sa.Integer()),
    sa.column("old", sa.JSON()),
    sa.column("staff_id", sa.Integer()),
    sa.column("at", domain.base.UtcDateTime(timezone=True)),
)
APPLICATIONS = sa.table("applications", sa.column("id", sa.Integer()), sa.column("phone_mark", sa.String()))
VALUES = sa.table(
    "field_values",
    sa.column("application_id", sa.Integer()),
    sa.column("name", sa.String()),
    sa.column("source", sa.String()),
    sa.column("value", domain.base.Sealed()),
)


def definition() -> list[sa.Column[Any]]:
    """What 0004 added to a rule."""
    return [
        sa.Column("needs_person", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("document", sa.String(), server_default="", nullable=False),
        sa.Column("bureaus", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("kinds", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
    ]


def upgrade() -> None:
    for column in definition():
        op.add_column("rules", column)
    op.add_column("applications", sa.Column("phone_mark", sa.String(), nullable=True))
    op.create_index("ix_applications_phone_mark", "applications", ["phone_mark"])
    versions = op.create_table(
        "rule_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("suggestion", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        *definition(),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_rule_versions_rule_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_rule_versions_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_versions")),
        sa.UniqueConstraint("rule_id", "version", name=op.f("uq_rule_versions_rule_id_version")),
    )
    op.create_table(
        "judgements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("facts", domain.base.SealedJson(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_judgements_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgements")),
    )
    op.create_index("ix_judgements_application_id", "judgements", ["application_id"])
    op.create_index("ix_judgements_at", "judgements", ["at"])
    _keep_versions(versions)
    op.drop_table("rule_changes")
    _mark_phones()


def _keep_versions(versions: sa.Table) -> None:
    """Every version that the changes tell of, the oldest as the product shipped it: each change has what was before."""
    connection = op.get_bind()
    changes = connection.execute(sa.select(CHANGES).order_by(CHANGES.c.id.desc())).all()
    for rule in connection.execute(sa.select(RULES)).mappings().all():
        said = {name: rule[name] for name in SAID}
        rows = []
        for change in (each for each in changes if each.rule_id == rule["id"]):
            rows.append({**said, "version": change.version, "staff_id": change.staff_id, "at": change.at})
            said = {**said, **{name: value for name, value in change.old.items() if name in SAID}}
        rows.append({**said, "version": 1, "staff_id": None, "at": None})
        for row in reversed(rows):
            connection.execute(versions.insert().values(rule_id=rule["id"], **row))


def _mark_phones() -> None:
    """A phone counts in the order of the sources: so far only people told one."""
    connection = op.get_bind()
    phones = sa.select(VALUES.c.application_id, VALUES.c.value).where(VALUES.c.name == "phone")
    for application_id, phone in connection.execute(phones).all():
        mark = {"phone_mark": fingerprint("sms", phone)}
        connection.execute(APPLICATIONS.update().where(APPLICATIONS.c.id == application_id).values(**mark))


def downgrade() -> None:
    op.create_table(
        "rule_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("old", sa.JSON(), nullable=False),
        sa.Column("new", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", domain.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_rule_changes_rule_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_rule_changes_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_changes")),
    )
    op.drop_table("judgements")
    op.drop_table("rule_versions")
    op.drop_index("ix_applications_phone_mark", "applications")
    op.drop_column("applications", "phone_mark")
    for column in reversed(definition()):
        op.drop_column("rules", column.name)
