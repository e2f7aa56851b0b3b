"""Whether the product works, for a monitor (/health) and for Prometheus (/metrics)."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.app import App
from bot.redis import redis_answers
from domain.messages.messages import InboundMessage, InState, OutboundMessage
from domain.registration.applications import Application
from webhooks.guards import guarded


def health_blueprint(app: App) -> Blueprint:
    """GET /health and GET /metrics. Neither says anything about a person."""
    blueprint = Blueprint("health", __name__)
    registry = CollectorRegistry()
    registry.register(_Rows(app))

    @blueprint.get("/health")
    @guarded("public")
    def health() -> tuple[Response, int]:
        parts = {"database": _database(app), "redis": _redis(app)}
        return jsonify(ok=all(parts.values()), **parts), 200 if parts["database"] else 503

    @blueprint.get("/metrics")
    @guarded("public")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return blueprint


class _Rows(Collector):
    """Figures counted from the rows when they are asked for: the same from whichever process answers."""

    def __init__(self, app: App) -> None:
        self._app = app

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # nothing is counted when the registry is made

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with self._app.store.read() as session:
            yield _by(session, "desk_outbound_messages", "Outbound messages by state", OutboundMessage.state)
            yield _by(session, "desk_inbound_messages", "Inbound messages by state", InboundMessage.state)
            yield _by(session, "desk_applications", "Applications by stage", Application.stage)
            oldest = session.scalar(
                select(func.min(InboundMessage.received_at)).where(InboundMessage.state != InState.DONE)
            )
            seconds = (self._app.clock() - oldest).total_seconds() if oldest is not None else 0.0
            yield GaugeMetricFamily("desk_oldest_unanswered_seconds", "Age of the oldest unanswered message", seconds)


def _by(session: object, name: str, what: str, column: object) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=["state"])
    for state, count in session.execute(select(column, func.count()).group_by(column)):  # type: ignore[attr-defined, call-overload]
        family.add_metric([state], count)
    return family


def _database(app: App) -> bool:
    try:
        with app.store.read() as session:
            session.execute(text("SELECT 1"))
        return True
    except SQLAlchemyError:
        return False


def _redis(app: App) -> bool:
    return redis_answers(app.redis)
