"""Alembic's entry: works on the connection that `domain.migrate` hands over."""

from alembic import context

import domain.tables  # noqa: F401 - every table is known to the metadata
from domain.base import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=False)
with context.begin_transaction():
    context.run_migrations()
