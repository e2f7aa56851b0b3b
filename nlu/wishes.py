"""Two wishes in one message: “执照怎么拍，顺便看看我的申请到哪了”. Each part is understood by itself, with the
same model; only parts that are sure count, and what belongs together (注册, 我们是租的) is one wish."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Understand = Callable[[str], Awaitable[Mapping[str, Any]]]

LEAST_CONFIDENCE = 0.6
MOST_CHARS = 45  # what is longer tells a story, and its wish is in the whole of it
MOST_PARTS = 5  # a flood of commas costs no more than this
_BREAK = re.compile(
    r"[,，。;；!！?？、\n]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|顺便|顺带|另外|还有就是|还有|对了|然后|再就是|同时"
)
_LEAST_LENGTH = 3
# What accompanies a wish and is none, and what must never be taken out of a longer sentence.
_NO_WISH = frozenset(
    (
        "greet",
        "thanks",
        "affirm",
        "deny",
        "unsure",
        "help",
        "out_of_scope",
        "nlu_fallback",
        "pause",
        "cancel",
        "restart",
    )
)
# One wish in several words; the first of a family in a message speaks for it, the plain one only where it is alone.
_FAMILIES: tuple[tuple[str, ...], ...] = (
    ("register", "resume", "register_tenant", "register_payer", "register_group", "tenant_or_payer"),
    ("progress", "how_long", "returned_why", "staff_urge"),
    ("inform", "correct"),
    ("hand_in", "no_document_yet", "which_documents"),
    ("recommend", "list_packages", "compare_packages", "choose_package", "change_package"),
    ("list_companies", "choose_company", "change_company"),
    ("not_renew", "end_early", "leave_market"),
    ("choose_market", "to_retail", "to_wholesale"),
)
_PLAIN = ("register", "inform")
_FAMILY = {intent: number for number, family in enumerate(_FAMILIES) for intent in family}


async def wishes_in(text: str, understand: Understand) -> list[list[str]]:
    """The intent and the words of the first two wishes, in the order of the text; empty where there are not two."""
    if len(text) > MOST_CHARS:
        return []
    parts = [part for part in _BREAK.split(text) if part and len(part.strip()) >= _LEAST_LENGTH][:MOST_PARTS]
    if len(parts) < 2:
        return []
    found: dict[object, list[str]] = {}
    for part in parts:
        understood = await understand(part)
        intent = understood["intent"]
        name = intent["name"]
        if name in _NO_WISH or intent["confidence"] < LEAST_CONFIDENCE or _states_energy(name, understood):
            continue
        family = _FAMILY.get(name, name)
        if family not in found or found[family][0] in _PLAIN:
            found[family] = [name, part.strip()]
    return list(found.values())[:2] if len(found) > 1 else []


def _states_energy(name: str, understood: Mapping[str, Any]) -> bool:
    """“我们每月用8万度”: who says an amount does not ask for it; it is on that amount that the rest is wished."""
    return name in ("usage", "inform") and {each["entity"] for each in understood.get("entities", ())} == {"energy"}
