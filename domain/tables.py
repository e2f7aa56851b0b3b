"""Every module that has tables, so that whoever needs the whole schema imports this one."""

from domain import (  # noqa: F401
    applications,
    codes,
    evidence,
    jobs,
    messages,
    people,
    questions,
    rules,
    settings,
    staff,
)
from domain.base import Base

TABLES = Base.metadata
