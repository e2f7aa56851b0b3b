"""The talk step `console`: a reviewer logs in to the product's console over HTTP and decides, as a browser would."""

import os
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

from sandbox.talk_chat import TalkError

DECISIONS = ("approve", "return")
_DETAIL = "/console/applications/"


@dataclass
class Form:
    """A form of a page: where it goes and what it would send."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """The forms, links and messages of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.said: list[str] = []
        self._link = ""
        self._flash = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "input" and self.forms and given.get("type", "text") != "checkbox" and "name" in given:
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "a":
            self._link = given.get("href", "")
        elif "flash" in given.get("class", "").split():
            self._flash = True

    def handle_endtag(self, tag: str) -> None:
        self._link = "" if tag == "a" else self._link
        self._flash = self._flash and tag != "p"

    def handle_data(self, data: str) -> None:
        if self._link:
            self.links[self._link] = self.links.get(self._link, "") + data.strip()
        if self._flash and data.strip():
            self.said.append(data.strip())


def console_step(step: dict[str, Any], product: str, wait: float) -> str:
    """Decide about an application and return what the console says: {as, password, do, application, reason}.

    Without a password that of ./run's demo accounts serves (DEMO_<AS>_PASSWORD). The application is the newest that
    waits for this person (`latest`, the default) or one by its number; it is waited for.
    """
    for key in ("as", "do"):
        if key not in step:
            raise TalkError(f"a console step needs “{key}”")
    if step["do"] not in DECISIONS:
        raise TalkError(f"do is one of {', '.join(DECISIONS)}, not {step['do']}")
    try:
        with httpx.Client(base_url=product, trust_env=False, follow_redirects=True, timeout=20) as http:
            _log_in(http, step["as"], _password(step))
            path = _find(http, str(step.get("application", "latest")), wait)
            return f"{step['as']}: {_decide(http, path, step)}"
    except httpx.HTTPError as error:
        raise TalkError(f"the console does not answer at {product}/console ({type(error).__name__})") from error


def _password(step: dict[str, Any]) -> str:
    name = f"DEMO_{str(step['as']).upper()}_PASSWORD"
    password = step.get("password") or os.environ.get(name)
    if not password:
        raise TalkError(f"a console step needs “password”, or {name} in the environment")
    return str(password)


def _page(response: httpx.Response) -> Page:
    if response.status_code >= 400 and "flash" not in response.text:
        raise TalkError(f"the console answered HTTP {response.status_code} to {response.request.url.path}")
    return Page(response.text)


def _log_in(http: httpx.Client, name: str, password: str) -> None:
    page = _page(http.get("/console/login"))
    form = next((form for form in page.forms if "password" in form.fields), None)
    if form is None:
        raise TalkError("the console shows no login form")
    response = http.post("/console/login", data={**form.fields, "login": name, "password": password})
    if response.url.path == "/console/login":
        raise TalkError(f"the console does not let {name} in: {'；'.join(_page(response).said)}")


def _find(http: httpx.Client, wanted: str, wait: float) -> str:
    """The address of the application; polls until it is in the list."""
    end = time.monotonic() + wait
    while True:
        links = _page(http.get("/console/")).links
        found = [path for path, text in links.items() if path.startswith(_DETAIL) and wanted in ("latest", text)]
        if found:
            return max(found, key=lambda path: int(path.removeprefix(_DETAIL).split("/")[0]))
        if time.monotonic() > end:
            raise TalkError("no application waits for a decision" if wanted == "latest" else f"no {wanted} is waiting")
        time.sleep(0.3)


def _decide(http: httpx.Client, path: str, step: dict[str, Any]) -> str:
    forms = _page(http.get(path)).forms
    form = next((form for form in forms if form.fields.get("decision") == step["do"]), None)
    if form is None:
        raise TalkError(f"the application at {path} offers no “{step['do']}” to {step['as']}")
    words = {"reason" if step["do"] == "return" else "remark": str(step.get("reason", ""))}
    page = _page(http.post(form.action, data={**form.fields, **words}))
    return "；".join(page.said)
