"""The talk step `console`: a reviewer decides on the product's console."""

from typing import Any

import httpx

from sandbox.talk_chat import TalkError


def console_step(step: dict[str, Any], product: str) -> str:
    """Do what `{as, password, do: approve|return, application: latest, reason}` asks; return one line to print."""
    for key in ("as", "password", "do"):
        if key not in step:
            raise TalkError(f"a console step needs “{key}”")
    try:
        response = httpx.get(f"{product}/console", trust_env=False, follow_redirects=True, timeout=10)
    except httpx.HTTPError as error:
        raise TalkError(f"the product does not answer at {product} ({type(error).__name__})") from error
    raise TalkError(f"the console at {product}/console (HTTP {response.status_code}) cannot be operated by a talk yet")
