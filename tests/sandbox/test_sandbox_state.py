"""What the sandbox keeps, tells and lets be steered."""

import json
import threading
from pathlib import Path

import pytest

from sandbox.settings import Settings
from tests.sandbox.harness import Client, running, until


def test_conversations_people_and_clock_survive_a_restart(tmp_path: Path):
    """A second program on the same folder goes on where the first stopped."""
    with running(tmp_path) as sandbox:
        sandbox.follow()
        sandbox.do("text", content="我要注册")
        person = sandbox.http.post("/sandbox/people", json={"name": "赵工", "phone": "13800000001"}).json()
        sandbox.http.put("/sandbox/switches/telecom", json={"mode": "down"})
        sandbox.advance(3600)
        token = sandbox.token()
        before = sandbox.http.get("/sandbox/state").json()
        said = [message["text"] for message in sandbox.messages()]
    with running(tmp_path) as sandbox:
        after = sandbox.http.get("/sandbox/state").json()
        assert after["people"] == before["people"] and after["people"][-1] == person
        assert after["clock"]["offset_seconds"] == 3600 and after["switches"]["telecom"]["mode"] == "down"
        assert [message["text"] for message in sandbox.messages()] == said
        assert sandbox.token() == token
        assert sandbox.do("text", content="还在吗") > len(said)


def test_an_sms_reply_that_nobody_took_is_pushed_after_a_restart(tmp_path: Path):
    """What is owed is written down; the moved clock makes it due."""
    with running(tmp_path, product=False, sms_retry_minutes=(60.0,)) as sandbox:
        seq = sandbox.do("sms", content="1")
        until(sandbox.deliveries)
    with running(tmp_path) as sandbox:
        sandbox.advance(3600)
        until(lambda: sandbox.message(seq)["status"] == "delivered")
        assert sandbox.product.pushes[0][1][0]["content"] == "1"


def test_the_clock_is_moved_and_written_for_the_product(sandbox: Client):
    """Forwards, to a moment in China's time, and back."""
    offset = sandbox.settings.clock_offset_file
    assert offset is not None and float(offset.read_text()) == 0
    sandbox.advance(86400.5)
    assert float(offset.read_text()) == 86400.5
    answer = sandbox.http.post("/sandbox/clock", json={"set": "2027-03-01T09:00:00"}).json()
    assert answer["now"].startswith("2027-03-01T09:00:0") and answer["now"].endswith("+08:00")
    assert sandbox.http.post("/sandbox/clock", json={"reset": True}).json()["offset_seconds"] == 0
    assert float(offset.read_text()) == 0
    for wrong in ({}, {"set": "tomorrow"}, {"advance_seconds": "much"}):
        assert sandbox.http.post("/sandbox/clock", json=wrong).status_code == 400


def test_a_push_that_is_owed_is_not_lost_when_the_clock_goes_back(tmp_path: Path):
    """A month ahead and back again: the retry is still due in its minutes."""
    with running(tmp_path, product=False, sms_retry_minutes=(0.02,)) as sandbox:
        sandbox.advance(30 * 86400)
        sandbox.do("sms", content="1")
        until(sandbox.deliveries)
        sandbox.http.post("/sandbox/clock", json={"reset": True})
        until(lambda: len(sandbox.deliveries()) == 2)


def test_the_event_stream_tells_what_happens(sandbox: Client):
    """The page listens to it: a message, its delivery, the clock."""
    seen: list[dict[str, object]] = []

    def listen() -> None:
        with sandbox.http.stream("GET", "/sandbox/events", timeout=10) as stream:
            for row in stream.iter_lines():
                if row.startswith(":") and not seen:
                    ready.set()
                if row.startswith("data: "):
                    seen.append(json.loads(row.removeprefix("data: ")))
                    if seen[-1]["type"] == "clock":
                        return

    ready = threading.Event()
    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert ready.wait(5)
    seq = sandbox.do("text", content="我要注册")
    until(lambda: sandbox.message(seq)["status"] == "delivered")
    sandbox.advance(60)
    thread.join(5)
    messages = [event["message"] for event in seen if event["type"] == "message"]
    assert [(m["seq"], m["status"]) for m in messages] == [(seq, "sending"), (seq, "delivered")]  # type: ignore[index]
    assert "fields" not in messages[0]  # type: ignore[operator]
    assert {event["type"] for event in seen} == {"message", "delivery", "clock"}


def test_waiting_ends_as_soon_as_the_service_speaks(sandbox: Client):
    """And with an empty list when it does not; one's own message is not waited for."""
    sandbox.do("text", content="在吗")
    assert sandbox.shown(seconds=0.1) == []
    timer = threading.Timer(0.2, sandbox.send, ["在的"])
    timer.start()
    [message] = sandbox.shown(seconds=10)
    timer.join()
    assert message["text"] == "在的"


def test_a_person_is_added_once_per_phone(sandbox: Client):
    """Two people cannot have one number; both fields are needed."""
    assert sandbox.http.post("/sandbox/people", json={"name": "某", "phone": "13887654321"}).status_code == 409
    assert sandbox.http.post("/sandbox/people", json={"name": "某"}).status_code == 400
    assert sandbox.http.post("/sandbox/people", content=b"[1]").status_code == 400


def test_unknown_things_are_404_with_a_reason(sandbox: Client):
    """People, companies, tickets, pictures, messages."""
    for path in ("/sandbox/people/p99/messages", "/sandbox/companies/x", "/sandbox/qr/x", "/sandbox/media/x.jpg"):
        answer = sandbox.http.get(path)
        assert answer.status_code == 404 and answer.json()["error"], path
    assert sandbox.http.post("/sandbox/redeliver", json={"seq": 9999}).status_code == 404
    assert sandbox.http.get("/sandbox/media/..%2Fsandbox.sqlite").status_code == 404


def test_a_licence_is_drawn_and_sent(sandbox: Client):
    """The registry's record becomes a photo of about the size that a phone sends."""
    company = sandbox.http.get("/sandbox/companies").json()["companies"][0]["uscc"]
    wanted = {"company": company, "layout": "landscape2019", "seed": 1}
    answer = sandbox.http.post("/sandbox/people/p1/photo", json=wanted, timeout=60)
    assert answer.status_code == 200, answer.text
    [post] = until(lambda: sandbox.product.posts)
    picture = sandbox.http.get(post["fields"]["PicUrl"]).content
    assert picture.startswith(b"\xff\xd8\xff") and 50_000 < len(picture) < 5_000_000
    for wrong in ({"company": "x"}, {"company": company, "layout": "round"}, {"kind": "poem"}):
        assert sandbox.http.post("/sandbox/people/p1/photo", json=wrong, timeout=60).status_code == 400, wrong


def test_settings_come_from_the_environment_and_wrong_ones_are_named():
    """Empty means unset."""
    settings = Settings.from_env(
        {
            "SANDBOX_PORT": "9",
            "CALLBACK_BASE_URL": "http://x/",
            "WECHAT_APP_ID": "",
            "REGISTRY_TOKEN": "r",
            "SANDBOX_SMS_RETRY_MINUTES": "0.1,0.2",
        }
    )
    assert (settings.port, settings.callback_base_url, settings.sms_retry_minutes) == (9, "http://x", (0.1, 0.2))
    assert settings.wechat_app_id == Settings().wechat_app_id
    assert settings.source_tokens["registry"] == "r" and settings.source_tokens["telecom"] == "sandbox-telecom"
    for wrong in ({"WECHAT_MODE": "open"}, {"WECHAT_ENCODING_AES_KEY": "short"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            Settings.from_env(wrong)
