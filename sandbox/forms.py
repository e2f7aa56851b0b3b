"""Reading request bodies that Starlette leaves to others."""

import json
from io import BytesIO
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from werkzeug.datastructures import FileStorage
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header


async def uploaded_file(request: Request, name: str) -> FileStorage | None:
    """The file in a multipart field, or None."""
    mimetype, options = parse_options_header(request.headers.get("content-type", ""))
    body = await request.body()
    _, _, files = FormDataParser().parse(BytesIO(body), mimetype, len(body), options)
    return files.get(name)


async def json_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body, {} for an empty body; anything else is a 400."""
    body = await request.body()
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise HTTPException(400, "the body must be a JSON object")
    return value
