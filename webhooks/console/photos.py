"""The pictures that people sent, for those who may see the application."""

from __future__ import annotations

from flask import Response, abort

from domain.registration.applications import Photo
from webhooks.console.parts import desk, visible
from webhooks.guards import guarded

# How each kind of picture begins. Anything else is given as a file, so that no browser makes something of it.
KINDS = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
)


@guarded("staff")
def photo(photo_id: int) -> Response:
    """One picture by its row's id; the file's name never comes from outside."""
    with desk().store.read() as session:
        row = session.get(Photo, photo_id)
        if row is None or row.application_id is None or not row.file:
            abort(404)
        visible(session, row.application_id)
    return picture(row.file)


def picture(name: str) -> Response:
    """A kept picture as an answer; 404 when it is gone."""
    try:
        content = desk().photos.read(name)
    except FileNotFoundError:
        abort(404)
    kind = next((name for at, begin, name in KINDS if content[at:].startswith(begin)), "application/octet-stream")
    response = Response(content, content_type=kind)
    if not kind.startswith("image/"):
        response.headers["Content-Disposition"] = "attachment"
    return response
