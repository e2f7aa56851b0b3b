"""Photos that the sandbox draws itself, as the bytes that a phone would send."""

from io import BytesIO
from typing import Any


def drawn_photo(wanted: dict[str, Any], company: dict[str, Any] | None) -> bytes:
    """A JPEG of a company's licence ({"company", "layout", …}) or of something else ({"kind", …}).

    Takes a second or so: call it in a thread. An unknown layout or kind is a ValueError or KeyError.
    """
    from sandbox.drawing import draw_licence, draw_other  # loads fonts: only when somebody takes a photo

    seed = int(wanted.get("seed") or 0)
    if wanted.get("kind") and wanted["kind"] != "licence":
        image = draw_other(str(wanted["kind"]), seed=seed)
    elif company is None:
        raise ValueError("no such company")
    else:
        given = {key: wanted[key] for key in ("layout", "effects") if wanted.get(key) is not None}
        image = draw_licence(company, seed=seed, quarter_turns=int(wanted.get("quarter_turns") or 0), **given)
    out = BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=int(wanted.get("quality") or 88))
    return out.getvalue()
