"""Who a key belongs to, and how its proxy stands."""

from __future__ import annotations

from typing import Any

from spectree import Response

from domain.proxies import conduct, keys
from domain.proxies.tables import Scope
from webhooks.api.document import PROBLEMS, spec
from webhooks.api.models import Me
from webhooks.api.parts import desk, key, needs, reading
from webhooks.guards import guarded


@guarded("key")
@needs(Scope.READ)
@spec.validate(resp=Response(HTTP_200=Me, **PROBLEMS), tags=("me",))
def me() -> Any:
    """看自己的密钥和信用评价

    权限、上限、有效期；信用分和每一项扣分怎么来的。
    """
    with reading() as (session, proxy):
        measured = conduct.measure(session, proxy, desk().clock())
        minute, day = keys.limits_of(session, key())
        state = "blocked" if proxy.blocked_at else "warned" if proxy.warned_at else "well"
        name = proxy.name
    points = [
        {
            "fact": each.fact,
            "title": conduct.FACT_NAMES[each.fact],
            "count": each.count,
            "cost": each.cost,
            "how": each.how,
        }
        for each in measured.points
    ]
    return {
        "name": name,
        "key": key().prefix,
        "scopes": key().scopes,
        "expires_at": key().expires_at.isoformat(),
        "per_minute": minute,
        "per_day": day,
        "conduct": {
            "score": measured.score,
            "state": state,
            "since": measured.since.isoformat(),
            "submitted": measured.submitted,
            "points": points,
        },
    }


ROUTES = (("/me", me, "GET"),)
