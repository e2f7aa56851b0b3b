"""Every module that has tables, so that whoever needs the whole schema imports this one."""

from domain import (  # noqa: F401
    applications,
    authority,
    bindings,
    calendars,
    codes,
    conversations,
    evidence,
    invitations,
    jobs,
    judgements,
    links,
    messages,
    modes,
    name_marks,
    outages,
    overdue,
    parties,
    people,
    presence,
    questions,
    rechecks,
    replies,
    review_batch,
    rules,
    settings,
    source_records,
    staff,
    supplements,
    troubles,
)
from domain.base import Base
from domain.groups import batches, groups  # noqa: F401
from domain.proxies import tables as proxies  # noqa: F401

TABLES = Base.metadata
