"""The API's page for people: drawn here from the OpenAPI document, without a foreign script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from bot.problems import PROBLEMS
from domain.proxies.hooks import BACK_OFF, EVENTS, TRIES
from domain.proxies.tables import SCOPE_NAMES
from webhooks.api.document import openapi
from webhooks.guards import guarded

TAGS: Mapping[str, str] = {
    "me": "密钥与信用",
    "registrations": "登记",
    "documents": "材料",
    "batches": "批量",
    "hooks": "回调",
    "packages": "套餐",
    "contract-requests": "合同事项",
}


@guarded("public")
def docs() -> ResponseReturnValue:
    """Every door with what it takes and gives, and the rules that hold for all of them."""
    made = openapi()
    doors = [_door(made, path, method, it) for path, ways in made["paths"].items() for method, it in ways.items()]
    groups = {title: [each for each in doors if each["tag"] == tag] for tag, title in TAGS.items()}
    return render_template(
        "api/docs.html",
        groups=groups,
        problems=PROBLEMS,
        scopes=SCOPE_NAMES,
        events=EVENTS,
        tries=TRIES,
        waits=BACK_OFF,
        fields=_fields(made, made["components"]["schemas"]["Registration"]),
    )


def _door(made: Mapping[str, Any], path: str, method: str, it: Mapping[str, Any]) -> dict[str, Any]:
    content = it.get("requestBody", {}).get("content", {})
    media, schema = next(((name, each["schema"]) for name, each in content.items()), ("", None))
    good = [status for status in it["responses"] if status < "300"]
    return {
        "id": f"{method}-{path.removeprefix('/api/v1/').replace('/', '-').replace('{', '').replace('}', '')}",
        "tag": it["tags"][0],
        "method": method.upper(),
        "path": path,
        "title": it["summary"],
        "text": it["description"],
        "media": media,
        "parameters": [each for each in it["parameters"] if each["in"] != "path"],
        "body": _fields(made, schema) if schema else [],
        "good": good,
    }


def _fields(made: Mapping[str, Any], schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each field of an object with its kind, whether it must be there, and what it is."""
    whole = _resolved(made, schema)
    needed = whole.get("required", [])
    return [
        {
            "name": name,
            "kind": _kind(made, each),
            "needed": name in needed,
            "text": each.get("description", ""),
        }
        for name, each in whole.get("properties", {}).items()
    ]


def _resolved(made: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = made["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _kind(made: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a value looks like, in a few words."""
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    whole = _resolved(made, choices[0] if choices else schema)
    if "enum" in whole:
        return " | ".join(str(each) or "（空）" for each in whole["enum"])
    if "const" in whole:
        return str(whole["const"])
    if whole.get("type") == "array":
        inner = _resolved(made, whole["items"])
        names = "、".join(inner.get("properties", {}))
        return f"列表，每项 {{{names}}}" if names else f"列表：{_kind(made, inner)}"
    if whole.get("type") == "object":
        return "{" + "、".join(whole.get("properties", {})) + "}"
    return {"string": "文字", "integer": "整数", "boolean": "true | false"}.get(str(whole.get("type")), "")
