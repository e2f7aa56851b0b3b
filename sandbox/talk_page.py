"""The talk step `page`: a person opens the link in their newest SMS, as a phone's browser would, and sends its form."""

import re
from typing import Any

import httpx

from sandbox.photos import drawn_photo
from sandbox.talk_chat import Chat, TalkError

_LINK = re.compile(r"https?://[\w.:-]+/l/\w+")
_BUTTON = re.compile(r'<button name="answer" value="([^"]+)"[^>]*>([^<]+)</button>')


def page_step(
    chat: Chat, step: dict[str, Any], company: dict[str, Any] | None, to: dict[str, Any] | None = None
) -> str:
    """Do what the step says on the page and return its address without the token: {who, photo} sends a drawn picture,
    {who, press} taps the answer with that label, {who, code} types the SMS code. It waits for the link."""
    link = _newest_link(chat, step["who"])
    with httpx.Client(trust_env=False, timeout=30) as browser:
        shown = _opened(browser.get(link))
        if "photo" in step:
            picture = drawn_photo(step["photo"], company, to)
            _opened(browser.post(link, files={"photo": ("licence.jpg", picture, "image/jpeg")}))
        elif "press" in step:
            answers = {label.strip(): name for name, label in _BUTTON.findall(shown)}
            if step["press"] not in answers:
                raise TalkError(f"the page offers {', '.join(answers) or 'no answer'}, not {step['press']}")
            _opened(browser.post(link, data={"answer": answers[step["press"]]}))
        else:
            code = str(step["code"]).replace("{sms_code}", "") or chat.sms_code(step["who"])
            _opened(browser.post(link, data={"code": code}))
    return link.rpartition("/")[0]


def _newest_link(chat: Chat, who: str) -> str:
    def links() -> list[str]:
        return [link for message in chat.from_service(who, "sms") for link in _LINK.findall(message["text"])]

    found: list[str] = chat.until(links)
    if not found:
        raise TalkError(f"no link has come to {who}'s SMS inbox within {chat.wait:g} s")
    return found[-1]


def _opened(response: httpx.Response) -> str:
    if response.status_code != 200:
        raise TalkError(f"the page answered HTTP {response.status_code}")
    return response.text
