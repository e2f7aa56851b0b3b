"""WeChat's server API as the sandbox plays it: tokens, windows, quotas, limits and their error codes."""

import json
from pathlib import Path
from typing import Any

from tests.sandbox.harness import Client, running, until

DAY = 86400


def credentials(sandbox: Client, **changed: Any) -> dict[str, Any]:
    """The body of a stable_token call."""
    return {
        "grant_type": "client_credential",
        "appid": sandbox.settings.wechat_app_id,
        "secret": sandbox.settings.wechat_app_secret,
        **changed,
    }


def notice(sandbox: Client, **changed: Any) -> dict[str, Any]:
    """The body of a template notice to the first person."""
    data = {"thing1": {"value": "审核通过"}}
    return {"touser": sandbox.person()["openid"], "template_id": "T1", "data": data, **changed}


def test_token_fetches_are_refused_with_the_true_codes(sandbox: Client):
    """Wrong grant, app id, secret; a missing one of them."""
    for changed, code in (
        ({"grant_type": "x"}, 40002),
        ({"appid": "wx1"}, 40013),
        ({"secret": "x"}, 40125),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
    ):
        body = credentials(sandbox, **changed)
        assert sandbox.http.post("/cgi-bin/stable_token", json=body).json()["errcode"] == code
        assert sandbox.http.get("/cgi-bin/token", params=body).json()["errcode"] == code


def test_stable_token_gives_the_same_token_and_token_always_a_new_one(sandbox: Client):
    """The two ways do not disturb each other; a replaced token still lives a while."""
    stable = [sandbox.http.post("/cgi-bin/stable_token", json=credentials(sandbox)).json() for _ in range(2)]
    plain = [sandbox.http.get("/cgi-bin/token", params=credentials(sandbox)).json() for _ in range(2)]
    assert stable[0]["access_token"] == stable[1]["access_token"] and stable[0]["expires_in"] <= 7200
    assert plain[0]["access_token"] != plain[1]["access_token"]
    for token in (stable[0], *plain):
        answer = sandbox.http.get("/cgi-bin/menu/get", params={"access_token": token["access_token"]}).json()
        assert answer["errcode"] == 46003


def test_a_forced_refresh_comes_too_soon_after_the_last(sandbox: Client):
    """Thirty seconds must lie between."""
    sandbox.token()
    body = credentials(sandbox, force_refresh=True)
    assert sandbox.http.post("/cgi-bin/stable_token", json=body).json()["errcode"] == 45011


def test_calls_without_a_live_token_are_refused(sandbox: Client):
    """Missing, made up, and taken back."""
    token = sandbox.token()
    sandbox.http.post("/sandbox/tokens/expire")
    for query, code in (({}, 41001), ({"access_token": "x"}, 40001), ({"access_token": token}, 40001)):
        assert sandbox.http.get("/cgi-bin/menu/get", params=query).json()["errcode"] == code
    assert sandbox.token() != token


def test_five_messages_may_follow_a_users_message_within_48_hours(sandbox: Client):
    """The sixth is 45047, the next message of the user starts anew, after 48 hours nothing goes (45015)."""
    sandbox.advance(120)
    sandbox.do("text", content="在吗")
    assert [sandbox.send(f"第{n}条") for n in range(6)] == [0, 0, 0, 0, 0, 45047]
    pushed = [m["text"] for m in sandbox.messages() if m.get("via") == "customer_service"]
    assert pushed == [f"第{n}条" for n in range(5)]
    sandbox.do("text", content="在吗")
    assert sandbox.send("又可以了") == 0
    sandbox.advance(2 * DAY + 1)
    assert sandbox.send("太晚了") == 45015


def test_three_messages_may_follow_a_tap_within_a_minute(sandbox: Client):
    """A tapped option counts as a tap, not as a message."""
    sandbox.advance(120)
    assert sandbox.send("还没有人说话") == 45015
    sandbox.do("click", key="register")
    assert [sandbox.send("好") for _ in range(4)] == [0, 0, 0, 45047]
    sandbox.advance(61)
    sandbox.do("text", content="确认", bizmsgmenuid="1")
    assert [sandbox.send("好") for _ in range(4)] == [0, 0, 0, 45047]
    sandbox.advance(61)
    assert sandbox.send("太晚了") == 45015


def test_customer_service_messages_are_refused_with_the_true_codes(sandbox: Client):
    """Too long, empty, unknown type, unknown person, a dead picture, several articles."""
    me = sandbox.person()["openid"]
    for changed, code in (
        ({"text": {"content": "电" * 683}}, 45002),
        ({"text": {"content": ""}}, 44004),
        ({"msgtype": "x"}, 40008),
        ({"touser": "o" + "x" * 27}, 40003),
        ({"msgtype": "image", "image": {"media_id": "x"}}, 40007),
        ({"msgtype": "news", "news": {"articles": [{"title": "a"}, {"title": "b"}]}}, 45008),
        ({"msgtype": "msgmenu", "msgmenu": {"list": [{"id": str(n), "content": "x"} for n in range(11)]}}, 45098),
        ({"text": {"content": "电" * 682}}, 0),
    ):
        body = {"touser": me, "msgtype": "text", "text": {"content": "好"}, **changed}
        assert sandbox.api("message/custom/send", body)["errcode"] == code, changed
    token = {"access_token": sandbox.token()}
    assert sandbox.http.post("/cgi-bin/message/custom/send", params=token, content=b"{").json()["errcode"] == 47001
    assert sandbox.http.post("/cgi-bin/message/custom/send", params=token).json()["errcode"] == 44002
    assert sandbox.http.get("/cgi-bin/message/custom/send", params=token).json()["errcode"] == 43002


def test_a_msgmenu_shows_options_that_can_be_tapped(sandbox: Client):
    """It is the same to the phone as links in a text."""
    menu = {"head_content": "满意吗", "list": [{"id": "101", "content": "满意"}], "tail_content": "谢谢"}
    body = {"touser": sandbox.person()["openid"], "msgtype": "msgmenu", "msgmenu": menu}
    assert sandbox.api("message/custom/send", body)["errcode"] == 0
    shown = sandbox.messages()[-1]
    assert (shown["kind"], shown["text"]) == ("menu", "满意吗\n满意\n谢谢")
    assert shown["options"] == [{"id": "101", "content": "满意", "label": "满意"}]


def test_the_typing_sign_has_its_own_rules(sandbox: Client):
    """Not twice, not with an unknown command, not to somebody who has been silent for 30 s."""

    def typing(command: str) -> int:
        body = {"touser": sandbox.person()["openid"], "command": command}
        return int(sandbox.api("message/custom/typing", body)["errcode"])

    sandbox.do("text", content="在吗")
    assert [typing("Typing"), typing("Typing"), typing("Dance")] == [0, 45081, 45072]
    assert sandbox.send("来了") == 0
    assert typing("Typing") == 0  # a message ends the sign
    assert typing("CancelTyping") == 0
    sandbox.advance(31)
    assert typing("Typing") == 45080


CONTENT = "结果：{{thing1.DATA}}\n时间：{{time2.DATA}}\n单号：{{character_string3.DATA}}"
TEMPLATES = json.dumps([{"template_id": "T1", "title": "审核结果", "content": CONTENT}])
GOOD = {"thing1": {"value": "通过"}, "time2": {"value": "2026-11-23 10:00"}, "character_string3": {"value": "R-2026-1"}}


def test_a_template_notice_is_shown_and_its_end_reported(tmp_path: Path):
    """Title and lines on the phone, then TEMPLATESENDJOBFINISH with the same id at the callback."""
    (tmp_path / "templates.json").write_text(TEMPLATES, "utf-8")
    with running(tmp_path, wechat_templates=tmp_path / "templates.json") as sandbox:
        sandbox.follow()
        answer = sandbox.api("message/template/send", notice(sandbox, data=GOOD))
        shown = sandbox.messages()[-1]
        assert answer["errcode"] == 0 and shown["kind"] == "template"
        assert shown["text"] == "审核结果\n结果：通过\n时间：2026-11-23 10:00\n单号：R-2026-1"
        event = until(lambda: next((p["fields"] for p in sandbox.product.posts if p["fields"].get("MsgID")), None))
        assert event["Event"] == "TEMPLATESENDJOBFINISH" and event["Status"] == "success"
        assert event["MsgID"] == str(answer["msgid"])


def test_a_template_field_must_keep_to_its_kind(tmp_path: Path):
    """Each wrong value is 47003 and names the field; an unknown template is 40037."""
    (tmp_path / "templates.json").write_text(TEMPLATES, "utf-8")
    with running(tmp_path, wechat_templates=tmp_path / "templates.json") as sandbox:
        sandbox.follow()
        for name, value in (
            ("thing1", "电" * 21),
            ("thing1", "第一行\n第二行"),
            ("thing1", ""),
            ("time2", "明天"),
            ("character_string3", "单号一"),
            ("character_string3", "x" * 33),
        ):
            body = notice(sandbox, data={**GOOD, name: {"value": value}})
            answer = sandbox.api("message/template/send", body)
            assert answer["errcode"] == 47003 and f"data.{name}.value" in answer["errmsg"], (name, value)
        unknown = sandbox.api("message/template/send", notice(sandbox, template_id="T9", data=GOOD))
        missing = sandbox.api("message/template/send", notice(sandbox, data={"thing1": {"value": "通过"}}))
        assert (unknown["errcode"], missing["errcode"]) == (40037, 47003)


def test_the_same_client_msg_id_is_shown_once_within_ten_minutes(sandbox: Client):
    """The second answer names the first message."""
    body = notice(sandbox, client_msg_id="n-17")
    first, second = (sandbox.api("message/template/send", body) for _ in range(2))
    assert first["msgid"] == second["msgid"]
    sandbox.advance(601)
    assert sandbox.api("message/template/send", body)["msgid"] != first["msgid"]
    assert len([m for m in sandbox.messages() if m["kind"] == "template"]) == 2


def test_somebody_who_left_gets_nothing(sandbox: Client):
    """A template is 43004, a message 45015."""
    sandbox.do("unfollow")
    assert sandbox.api("message/template/send", notice(sandbox))["errcode"] == 43004
    assert sandbox.send("在吗") == 45015
    assert sandbox.api("user/info", openid=sandbox.person()["openid"]) == {
        "subscribe": 0,
        "openid": sandbox.person()["openid"],
    }


MENU = {
    "button": [
        {"name": "办理", "sub_button": [{"type": "click", "name": "我要注册", "key": "register"}]},
        {"type": "click", "name": "我的进度", "key": "progress"},
    ]
}


def test_a_menu_is_kept_told_and_removed(sandbox: Client):
    """The page learns it from the state; a tap shows the button's words."""
    assert sandbox.api("menu/create", MENU)["errcode"] == 0
    assert sandbox.api("menu/get")["menu"] == MENU == sandbox.http.get("/sandbox/state").json()["menu"]
    assert sandbox.message(sandbox.do("click", key="register"))["text"] == "[菜单] 我要注册"
    assert sandbox.api("menu/delete")["errcode"] == 0
    assert sandbox.api("menu/get")["errcode"] == 46003


REFUSED_MENUS = [
    ({"button": []}, 40016),
    ({"button": [MENU["button"][1]] * 4}, 40016),
    ({}, 40016),
    ({"button": [{"type": "click", "name": "六个汉字太长", "key": "k"}]}, 40018),
    ({"button": [{"type": "fly", "name": "飞", "key": "k"}]}, 40017),
    ({"button": [{"type": "click", "name": "空"}]}, 40019),
    ({"button": [{"type": "view", "name": "空"}]}, 40020),
    ({"button": [{"name": "多", "sub_button": [{"type": "click", "name": "一", "key": "k"}] * 6}]}, 40023),
]


def test_a_menu_that_wechat_would_refuse_is_refused(sandbox: Client):
    """Counts, name sizes, kinds, keys."""
    for menu, code in REFUSED_MENUS:
        assert sandbox.api("menu/create", menu)["errcode"] == code, menu


def test_uploads_must_be_what_they_say(sandbox: Client):
    """The kind, the content, the name's ending and the size are looked at; a good one can be sent."""
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 100
    params = {"access_token": sandbox.token(), "type": "image"}

    def upload(name: str, data: bytes, **changed: str) -> dict[str, Any]:
        files = {"media": (name, data)}
        return dict(sandbox.http.post("/cgi-bin/media/upload", params=params | changed, files=files).json())

    for answer, code in (
        (upload("a.png", png, type="hologram"), 40004),
        (upload("a.txt", b"hello"), 40005),
        (upload("a", png), 40005),
        (upload("a.png", b""), 44001),
        (upload("a.png", png + b"0" * (10 << 20)), 40009),
    ):
        assert answer["errcode"] == code
    media_id = upload("费用比较.png", png)["media_id"]
    body = {"touser": sandbox.person()["openid"], "msgtype": "image", "image": {"media_id": media_id}}
    assert sandbox.api("message/custom/send", body)["errcode"] == 0
    assert sandbox.http.get(sandbox.messages()[-1]["media_url"]).content == png


def test_a_code_is_made_shown_and_scanned(sandbox: Client):
    """The ticket leads to a picture and to the scene, until it expires."""
    body = {"expire_seconds": 600, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "bind-9"}}}
    ticket = sandbox.api("qrcode/create", body)["ticket"]
    picture = sandbox.http.get(f"/sandbox/qr/{ticket}")
    assert picture.headers["content-type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    sandbox.do("scan", ticket=ticket)
    [post] = until(lambda: sandbox.product.posts)
    assert (post["fields"]["EventKey"], post["fields"]["Ticket"]) == ("bind-9", ticket)
    sandbox.advance(601)
    assert sandbox.http.post("/sandbox/people/p1/scan", json={"ticket": ticket}).status_code == 410
    assert sandbox.api("qrcode/create", {"action_name": "QR_STR_SCENE"})["errcode"] == 40053


def test_a_days_quota_ends_in_45009_and_the_next_day_starts_anew(tmp_path: Path):
    """Counted per API on the moved clock; it can be cleared ten times a month."""
    with running(tmp_path, wechat_quotas={"menu/get": 2}) as sandbox:
        assert [sandbox.api("menu/get")["errcode"] for _ in range(3)] == [46003, 46003, 45009]
        assert sandbox.api("clear_quota", {"appid": sandbox.settings.wechat_app_id})["errcode"] == 0
        assert [sandbox.api("menu/get")["errcode"] for _ in range(3)] == [46003, 46003, 45009]
        sandbox.advance(DAY)
        assert sandbox.api("menu/get")["errcode"] == 46003


def test_ordered_failures_are_used_up_one_by_one(sandbox: Client):
    """Two calls are busy, the third goes through."""
    order = {"system": "wechat", "api": "message/custom/send", "code": -1, "times": 2}
    assert sandbox.http.post("/sandbox/failures", json=order).json() == [order]
    assert [sandbox.send("好") for _ in range(3)] == [-1, -1, 0]
    assert sandbox.http.get("/sandbox/failures").json() == []


def test_a_notice_that_the_person_blocks_is_reported_by_the_event_only(sandbox: Client):
    """The call succeeds; the truth comes with TEMPLATESENDJOBFINISH."""
    order = {"system": "wechat", "api": "TEMPLATESENDJOBFINISH", "code": "failed:user block", "times": 1}
    sandbox.http.post("/sandbox/failures", json=order)
    assert sandbox.api("message/template/send", notice(sandbox))["errcode"] == 0
    [post] = until(lambda: sandbox.product.posts)
    assert post["fields"]["Status"] == "failed:user block"
    assert not [m for m in sandbox.messages() if m["kind"] == "template"]


def test_switched_off_and_wrong_are_what_a_client_can_meet(sandbox: Client):
    """503, and a page where data should be."""
    token = {"access_token": sandbox.token()}
    sandbox.http.put("/sandbox/switches/wechat", json={"mode": "down"})
    assert sandbox.http.get("/cgi-bin/menu/get", params=token).status_code == 503
    sandbox.http.put("/sandbox/switches/wechat", json={"mode": "wrong"})
    wrong = sandbox.http.get("/cgi-bin/menu/get", params=token)
    assert wrong.status_code == 200 and wrong.text.startswith("<html>")
    sandbox.http.put("/sandbox/switches/wechat", json={"mode": "ok"})
    assert sandbox.http.get("/cgi-bin/menu/get", params=token).json()["errcode"] == 46003
    assert sandbox.http.put("/sandbox/switches/wechat", json={"mode": "sleepy"}).status_code == 400
