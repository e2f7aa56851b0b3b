"""Every module that has tables, so that whoever needs the whole schema imports this one."""

from domain import (  # noqa: F401
    applications,
    authority,
    bindings,
    codes,
    conversations,
    evidence,
    invitations,
    jobs,
    links,
    messages,
    outages,
    overdue,
    people,
    questions,
    rules,
    settings,
    staff,
)
from domain.base import Base

TABLES = Base.metadata
