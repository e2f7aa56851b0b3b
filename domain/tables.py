"""Every module that has tables, so that whoever needs the whole schema imports this one."""

from domain import anchors, calendars, evidence, jobs, settings  # noqa: F401
from domain.base import Base
from domain.contracts import tables as contracts  # noqa: F401
from domain.groups import batches, groups  # noqa: F401
from domain.knowledge import tables as knowledge  # noqa: F401
from domain.market import campaigns, capacity_changes, retailers  # noqa: F401
from domain.messages import links, messages  # noqa: F401
from domain.notices import outages, overdue  # noqa: F401
from domain.packages import tables as packages  # noqa: F401
from domain.people import authority, bindings, codes, contacts, invitations, staff  # noqa: F401
from domain.proxies import tables as proxies  # noqa: F401
from domain.questions import questions  # noqa: F401
from domain.queue import name_marks  # noqa: F401
from domain.registration import applications, parties  # noqa: F401
from domain.review import batch, claims, modes, presence, replies  # noqa: F401
from domain.rules import judgements, rules, troubles  # noqa: F401
from domain.sources import rechecks, records  # noqa: F401
from domain.supplements import supplements  # noqa: F401
from domain.talks import conversations  # noqa: F401
from domain.teaching import tables as teaching  # noqa: F401
from domain.usage import months  # noqa: F401

TABLES = Base.metadata
