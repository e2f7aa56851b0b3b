"""The talk step `page`: a person opens the newest link that came, as a phone's browser would, and sends its form."""

import re
from typing import Any

import httpx

from sandbox.photos import drawn_photo
from sandbox.talk_chat import Chat, TalkError

_LINK = re.compile(r"https?://[\w.:-]+/l/\w+")
_TAG = re.compile(r"<[^>]+>")
_BUTTON = re.compile(r'<button name="answer" value="([^"]+)"[^>]*>([^<]+)</button>')


def page_step(
    chat: Chat, step: dict[str, Any], company: dict[str, Any] | None, to: dict[str, Any] | None = None
) -> str:
    """Do what the step says on the page and return its address without the token: {who, photo} sends a drawn picture,
    {who, press} taps the answer with that label, {who, code} types the SMS code, {who, sheet, shows} sends a table (a
    list of rows) and waits until the page shows these words. It waits for the link."""
    link = _newest_link(chat, step["who"])
    with httpx.Client(trust_env=False, timeout=30, follow_redirects=True) as browser:
        shown = _opened(browser.get(link))
        if "photo" in step:
            picture = drawn_photo(step["photo"], company, to)
            _opened(browser.post(link, files={"photo": ("licence.jpg", picture, "image/jpeg")}))
        elif "sheet" in step:
            table = "\r\n".join(",".join(map(str, row)) for row in step["sheet"])
            _opened(browser.post(link, files={"file": ("集团户号.csv", table.encode("utf-8-sig"), "text/csv")}))
            _wait_until_shown(chat, browser, link, [str(words) for words in step.get("shows", [])])
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
        came = [*chat.from_service(who, "sms"), *chat.from_service(who, "wechat")]
        came.sort(key=lambda message: int(message["seq"]))
        return [link for message in came for link in _LINK.findall(message["text"])]

    found: list[str] = chat.until(links)
    if not found:
        raise TalkError(f"no link has come to {who} within {chat.wait:g} s")
    return found[-1]


def _wait_until_shown(chat: Chat, browser: httpx.Client, link: str, words: list[str]) -> None:
    """Load the page anew, as it does by itself, until it shows all of the words."""

    def missing() -> list[str]:
        shown = _TAG.sub("", _opened(browser.get(link)))
        return [each for each in words if each not in shown]

    chat.until(lambda: not missing())
    if left := missing():
        raise TalkError(f"the page does not show {'、'.join(left)} within {chat.wait:g} s")


def _opened(response: httpx.Response) -> str:
    if response.status_code != 200:
        raise TalkError(f"the page answered HTTP {response.status_code}")
    return response.text
