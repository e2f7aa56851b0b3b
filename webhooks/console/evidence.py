"""Evidence on the console: packs taken away by those who may, and the whole chain checked against its anchors."""

from __future__ import annotations

import json
from io import BytesIO

from flask import abort, request, send_file
from flask.typing import ResponseReturnValue

from bot import anchoring
from bot.evidence_pdf import pdf
from domain import anchors, evidence_pack
from domain.contracts.tables import Request
from domain.evidence import record
from domain.evidence_pack import Pack
from domain.people.staff import Staff
from webhooks.console.evidence_words import EVIDENCE
from webhooks.console.parts import desk, me, page, visible
from webhooks.guards import guarded

_FORMS = {"pdf": "application/pdf", "json": "application/json"}


@guarded("administrator")
def evidence() -> ResponseReturnValue:
    """The anchors, the newest first; POST walks the whole chain beside them and says what is not as it was written."""
    app, faults = desk(), None
    if request.method == "POST":
        faults = anchoring.check(app)
        with app.store.write() as session:
            found = {"faults": [each.words for each in faults]}
            record(session, "chain_checked", ("staff", me().id), f"staff:{me().id}", found, app.clock())
    with app.store.read() as session:
        known = anchors.anchors(session)[::-1][:60]
    return page("evidence.html", anchors=known, faults=faults, file=anchoring.file_of(app.settings).name)


@guarded("staff")
def evidence_of_application(application_id: int, form: str) -> ResponseReturnValue:
    """The pack of one application."""
    _may(form)
    with desk().store.write() as session:
        it, by = visible(session, application_id), session.get_one(Staff, me().id)
        return _sent(evidence_pack.of_application(session, it, by, desk().clock(), form), form)


@guarded("staff")
def evidence_of_request(request_id: int, form: str) -> ResponseReturnValue:
    """The pack of one contract request."""
    _may(form)
    with desk().store.write() as session:
        it, by = session.get(Request, request_id) or abort(404), session.get_one(Staff, me().id)
        visible(session, it.application_id)
        return _sent(evidence_pack.of_request(session, it, by, desk().clock(), form), form)


def _may(form: str) -> None:
    if form not in _FORMS:
        abort(404)
    if not evidence_pack.may_take(me()):
        abort(403)


def _sent(pack: Pack, form: str) -> ResponseReturnValue:
    content = pdf(pack, EVIDENCE) if form == "pdf" else json.dumps(pack, ensure_ascii=False, indent=1).encode()
    name = f"证据-{pack['about']['number'] or pack['about']['id']}.{form}"
    return send_file(BytesIO(content), mimetype=_FORMS[form], as_attachment=True, download_name=name)
