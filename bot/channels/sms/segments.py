"""How many SMS a text is charged and sent as."""

from __future__ import annotations

import math

SINGLE = 70  # characters of a text that fits into one SMS
PART = 67  # characters of each part of a longer one: three go into the joining header


def segments(text: str) -> int:
    """How many SMS this text becomes, 0 for none. Count the signature (【…】) in: it is part of what is sent.

    Counted in UTF-16 units, as phones do: most Chinese characters are one, an emoji or a rare character two.
    """
    units = len(text.encode("utf-16-be", errors="surrogatepass")) // 2
    return min(units, 1) if units <= SINGLE else math.ceil(units / PART)
