"""Photos that the sandbox draws itself, as the bytes that a phone would send."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

Record = Mapping[str, Any]  # a company of the registry, or a person of the sandbox

_OWN_WORDS = ("matter", "period", "years", "signed_on", "valid_from", "valid_to", "address", "name", "number", "office")


def drawn_photo(
    wanted: dict[str, Any], company: Record | None, to: Record | None = None, today: date | None = None
) -> bytes:
    """A JPEG of a company's licence ({"company", "layout", …}), of another document of a registration ({"kind":
    "letter", "company", "to", …}; `to` is the company or the person it is for) or of something else ({"kind", …}).

    Takes a second or so: call it in a thread. An unknown layout or kind is a ValueError or KeyError.
    """
    from sandbox.drawing import DOCUMENTS, draw_licence, draw_other  # loads fonts: only when somebody takes a photo

    seed, turns = int(wanted.get("seed") or 0), int(wanted.get("quarter_turns") or 0)
    if wanted.get("kind") in DOCUMENTS:
        image = _document(wanted, company, to, today or date(2026, 3, 16), seed, turns)
    elif wanted.get("kind") and wanted["kind"] != "licence":
        image = draw_other(str(wanted["kind"]), seed=seed)
    elif company is None:
        raise ValueError("no such company")
    else:
        given = {key: wanted[key] for key in ("layout", "effects") if wanted.get(key) is not None}
        image = draw_licence(company, seed=seed, quarter_turns=turns, **given)
    out = BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=int(wanted.get("quality") or 88))
    return out.getvalue()


def _document(
    wanted: Mapping[str, Any], company: Record | None, to: Record | None, today: date, seed: int, turns: int
) -> Any:
    from sandbox.drawing import draw_document

    kind = str(wanted["kind"])
    facts = {**_parties(kind, company, to, str(wanted.get("to") or "")), **_own_words(wanted)}
    wording = str(wanted.get("wording") or "")
    if "valid_to" in facts and not wording and kind == "lease":
        wording = "contract"  # says the last day itself; another wording counts years
    drawn = draw_document(
        kind,
        facts,
        wording=wording,
        trap=str(wanted.get("trap") or ""),
        used=wanted.get("effects"),
        seed=seed,
        quarter_turns=turns,
        today=today,
    )
    return drawn.image


def _own_words(wanted: Mapping[str, Any]) -> dict[str, str]:
    """What the order itself says of the document; a last day is written as a span of days."""
    said = {name: str(wanted[name]) for name in _OWN_WORDS if wanted.get(name)}
    return {"period": "from_to", **said} if "valid_to" in said and wanted["kind"] == "letter" else said


def _parties(kind: str, company: Record | None, to: Record | None, named: str) -> dict[str, str]:
    """Who gives and who takes, where they are known."""
    of = _side(company)
    other = _side(to) if to is not None else {"name": named, "code": "", "number": "", "head": named}
    if kind == "identity":
        return {key: other[key] for key in ("name", "number") if other[key]}
    if kind == "lease":
        found = {"lessor": of["name"], "lessor_head": of["head"], "address": of["address"], "lessee": other["name"]}
        found["lessee_head"] = other["head"]
    else:
        found = {"grantor": of["name"], "grantor_code": of["code"], "head": of["head"], "grantee": other["name"]}
        if other["code"] or other["number"]:
            found |= {"grantee_id": other["code"] or other["number"]}
    found = {key: value for key, value in found.items() if value}
    return found | ({"grantee_code": other["code"]} if found.get("grantee") else {})


def _side(record: Record | None) -> dict[str, str]:
    """A company's or a person's name and numbers."""
    known = record or {}
    head = str(known.get("legal_person") or known.get("real_name") or "")
    return {
        "name": str(known.get("uscc") and known.get("name") or known.get("real_name") or ""),
        "code": str(known.get("uscc") or ""),
        "number": str(known.get("id_number") or ""),
        "head": head.partition("：")[2].rstrip("）") or head,
        "address": str(known.get("address") or ""),
    }
