"""How the product is doing, for people: what waits, what failed, which interface owes answers, when each job ran."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from bot.redis import redis_answers
from domain.evidence import broken_at
from domain.messages import sms_costs
from domain.review import desk_views
from webhooks.console.parts import desk, page
from webhooks.guards import guarded


@guarded("administrator")
def health() -> ResponseReturnValue:
    """Counts from the rows. `?chain=check` reads the whole evidence chain, which takes a while on a large store."""
    app = desk()
    with app.store.read() as session:
        work = desk_views.work(session, app.clock())
        checked = request.args.get("chain") == "check"
        broken = broken_at(session) if checked else None
        sms = sms_costs.months(session, app.clock())
    return page(
        "health.html",
        work=work,
        redis=redis_answers(app.redis),
        now=app.clock(),
        checked=checked,
        broken=broken,
        sms=sms,
    )
