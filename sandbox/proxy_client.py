"""A retail company's program: registers a user over the API, as docs/proxy-api.md describes it, and says what it does;
answers and proposes contracts.

python -m sandbox.proxy_client       The user's yes comes from their own phone: on the page, or with --answer by itself.
"""

import argparse
import json
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

COMPANY = 0  # of the sample data: the first one


class Refused(Exception):
    """The desk said no; the text is its problem."""


@dataclass
class Client:
    """The desk's API with one key. Each POST has an Idempotency-Key, and is sent again with the same one when no answer
    came: it acts once."""

    http: httpx.Client
    tries: int = 3

    def get(self, path: str) -> dict[str, Any]:
        """Look at something."""
        return self._answer(self.http.get(f"/api/v1{path}"))

    def post(self, path: str, **content: Any) -> dict[str, Any]:
        """Do something."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        for left in reversed(range(self.tries)):
            try:
                return self._answer(self.http.post(f"/api/v1{path}", headers=headers, **content))
            except httpx.TransportError:
                if not left:
                    raise
        raise AssertionError

    def _answer(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.is_error:
            raise Refused(json.dumps(answer.json(), ensure_ascii=False, indent=1))
        found: dict[str, Any] = answer.json()
        return found


def register(client: Client, wish: dict[str, Any], picture: bytes, say: Callable[[str], None] = print) -> int:
    """Send the licence, fill the registration in, and ask the user; the registration's number."""
    document = client.post("/documents", files={"file": ("licence.jpg", picture, "image/jpeg")})
    wait(lambda: client.get(f"/documents/{document['id']}")["state"] != "waiting", "the licence was not read")
    read = client.get(f"/documents/{document['id']}")
    say(f"材料 {read['id']}：{read['title']}")
    made = client.post("/registrations", json={**wish, "documents": [{"id": document["id"]}]})
    say(f"登记 {made['id']} 已建立：{made['name']}，{made['next']}")
    for each in made["problems"]:
        say(f"  · {each['problem']}{each['suggestion']}")
    asked = client.post(f"/registrations/{made['id']}/authorisation")
    say(f"授权：{asked['title']}")
    return int(made["id"])


def submit(client: Client, number: int, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Wait for the user's yes, and hand the registration in."""
    wait(lambda: client.get(f"/registrations/{number}")["authorisation"]["state"] != "asked", "nobody answered", 600)
    say(client.get(f"/registrations/{number}")["authorisation"]["title"])
    done = client.post(f"/registrations/{number}/submit")
    say(f"已提交，编号 {done['number']}：{done['stage_title']}")
    return done


def ask_permission(client: Client, staff: str, say: Callable[[str], None] = print) -> str:
    """Ask a colleague once, on their own phone, whether this program may sign in their name; how far that is."""
    asked = client.post("/contract-permissions", json={"staff": staff})
    say(f"署名授权：{asked['title']}")
    return str(asked["state"])


def answer_contracts(client: Client, staff: str, answer: str = "yes", say: Callable[[str], None] = print) -> int:
    """Read what waits for the company about contracts, and answer each with the mark of what was read; how many."""
    items = client.get("/contract-requests")["items"]
    for each in items:
        say(each["shown"])
        body = {"staff": staff, "answer": answer, "digest": each["digest"]}
        say(client.post(f"/contract-requests/{each['number']}/answer", json=body)["said"])
    return len(items)


def propose(client: Client, wish: dict[str, str], say: Callable[[str], None] = print) -> str:
    """Propose a package to a user, and sign what came back; the request's number."""
    made = client.post("/contract-requests", json=wish)
    say(made["shown"])
    body = {"staff": wish["staff"], "answer": "yes", "digest": made["digest"]}
    say(client.post(f"/contract-requests/{made['number']}/answer", json=body)["said"])
    return str(made["number"])


def wait(is_so: Callable[[], bool], otherwise: str, seconds: float = 60) -> None:
    """Look again and again until something is so; TimeoutError when it takes too long."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(otherwise)
        time.sleep(0.5)


def main() -> int:
    """Register the first company of the sample data."""
    options = _options()
    company, person = _sample()
    with (
        httpx.Client(base_url=options.product, headers={"Authorization": f"Bearer {options.key}"}, timeout=30) as http,
        httpx.Client(base_url=options.url, trust_env=False, timeout=60) as sandbox,
    ):
        client = Client(http)
        try:
            if options.contracts:
                print(f"答复了 {answer_contracts(client, options.contracts)} 件")
                return 0
            _hear(client, sandbox, options.url)
            wish = {
                "account_number": company["accounts"][0]["account_number"],
                "code": company["uscc"],
                "contact_name": person["real_name"],
                "phone": person["phone"],
            }
            number = register(client, wish, _picture(company))
            print(f"请在 {person['name']} 的手机上答复（{options.url}）")
            if options.answer:
                _answer(sandbox, person)
            submit(client, number)
        except (Refused, TimeoutError, httpx.TransportError) as error:
            print(f"✗ {error}")
            return 1
        time.sleep(7)  # hooks leave every five seconds
        for event in sandbox.get("/sandbox/platform").json():
            print(f"回调 {event['type']}：{json.dumps(event['data'], ensure_ascii=False)}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="proxy", description=__doc__.splitlines()[0] if __doc__ else "")
    port = os.environ.get("SANDBOX_PORT") or 8090
    parser.add_argument("--url", default=f"http://127.0.0.1:{port}", help="the sandbox (default: %(default)s)")
    product = os.environ.get("CALLBACK_BASE_URL") or "http://127.0.0.1:8000"
    parser.add_argument("--product", default=product, help="the service desk (default: %(default)s)")
    parser.add_argument("--key", default=os.environ.get("DEMO_PROXY_KEY", ""), help="the key of the API")
    parser.add_argument("--contracts", metavar="LOGIN", help="agree to what waits, in this login's name")
    parser.add_argument("--answer", action="store_true", help="answer on the user's phone as well")
    return parser.parse_args()


def _sample() -> tuple[dict[str, Any], dict[str, Any]]:
    data = json.loads(Path(__file__).with_name("sample_data.json").read_text())
    return data["companies"][COMPANY], data["people"][0]


def _picture(company: dict[str, Any]) -> bytes:
    from sandbox.photos import drawn_photo  # loads fonts

    return drawn_photo({"company": company["uscc"], "seed": 7}, company)


def _hear(client: Client, sandbox: httpx.Client, url: str) -> None:
    """Register the sandbox's platform for all events, unless it is there already."""
    address = f"{url}/platform/hooks"
    if any(each["url"] == address for each in client.get("/hooks")["items"]):
        return
    events = ["registration.stage_changed", "registration.returned", "authorisation.answered"]
    made = client.post("/hooks", json={"url": address, "events": events})
    sandbox.put("/sandbox/platform/secret", json={"secret": made["secret"]}).raise_for_status()


def _answer(sandbox: httpx.Client, person: dict[str, Any]) -> None:
    """What the user does: reads the question, answers 1, and sends the code that comes."""
    people = sandbox.get("/sandbox/state").json()["people"]
    number = next(each["id"] for each in people if each["phone"] == person["phone"])

    def last() -> str:
        return json.dumps(sandbox.get(f"/sandbox/people/{number}/messages?after=0").json(), ensure_ascii=False)

    wait(lambda: "请求代" in last(), "the question did not come")
    sandbox.post(f"/sandbox/people/{number}/sms", json={"content": "1"}).raise_for_status()
    wait(lambda: "回复验证码" in last(), "the code did not come")
    code = last().rpartition("回复验证码")[2][:6]
    sandbox.post(f"/sandbox/people/{number}/sms", json={"content": code}).raise_for_status()


if __name__ == "__main__":
    raise SystemExit(main())
