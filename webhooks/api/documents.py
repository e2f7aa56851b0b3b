"""Documents: a picture comes in as a form, is kept sealed, and read in the queue where all pictures are read."""

from __future__ import annotations

from typing import Any

from flask import request
from spectree import Response
from werkzeug.exceptions import RequestEntityTooLarge

from domain.proxies import documents, views
from domain.proxies.refusals import Refused
from domain.proxies.tables import Scope
from webhooks.api.document import PROBLEMS, spec
from webhooks.api.models import Document, RepeatHeaders
from webhooks.api.parts import answer, desk, missing, needs, once, reading, writing
from webhooks.guards import guarded


@guarded("key")
@needs(Scope.REGISTER)
@spec.validate(headers=RepeatHeaders, resp=Response(HTTP_202=Document, **PROBLEMS), tags=("documents",))
def upload() -> Any:
    """上传一份材料的照片

    用表单（multipart/form-data）上传，字段名 file，JPEG 或 PNG，最大10兆。识别在后台做，几秒后可以查到是什么。
    """
    try:
        request.max_content_length = documents.MOST + 100_000
        given = request.files.get("file")
        content = given.read(documents.MOST + 1) if given is not None else b""
    except RequestEntityTooLarge:
        content = b" " * (documents.MOST + 1)
    if len(content) > documents.MOST:
        raise Refused("too_large", "照片不能超过10兆，请换一张小一点的。")
    if not content:
        raise Refused("invalid", "请用表单上传，字段名是 file。")
    if not documents.picture_type(content):
        raise Refused("media_type", "只收 JPEG 或 PNG 照片。")
    given.seek(0)  # type: ignore[union-attr]
    return _kept(content)


@once
def _kept(content: bytes) -> Any:
    app = desk()
    file = app.photos.keep(content)
    try:
        with writing() as (session, proxy):
            row = documents.keep(session, proxy, file, app.clock())
            shown, photo_id = views.document(*documents.own(session, proxy, row.id)), row.photo_id  # type: ignore[misc]
            made = answer(session, 202, shown, f"/api/v1/documents/{row.id}")
    except BaseException:
        app.photos.erase(file)
        raise
    app.doorbell.document(photo_id)
    return made


@guarded("key")
@needs(Scope.READ)
@spec.validate(resp=Response(HTTP_200=Document, **PROBLEMS), tags=("documents",))
def show(document_id: int) -> Any:
    """看一份材料识别得怎样

    waiting 还没读，read 读出来了，unreadable 没法用（title 里有原因），erased 已按期删除。
    """
    with reading() as (session, proxy):
        kept = documents.own(session, proxy, document_id)
        if kept is None:
            raise missing("材料")
        return views.document(*kept)


ROUTES = (
    ("/documents", upload, "POST"),
    ("/documents/<int:document_id>", show, "GET"),
)
