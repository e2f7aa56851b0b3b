"""The console's door: who gets in, who is put out, and what every page carries."""

from __future__ import annotations

import pytest
from flask import Flask

from domain.evidence import Evidence
from domain.people.staff import Role, Staff, set_password
from tests.support.console import PASSWORD, Visitor, submitted
from tests.support.world import World

PAGES = (
    "/",
    "/talks",
    "/talks/1",
    "/applications/1",
    "/photos/1",
    "/messages",
    "/capacity-changes",
    "/rules",
    "/market-prices",
    "/packages",
    "/packages/1/edit",
    "/packages/new",
    "/packages/versions/1",
    "/retailers",
    "/retailers/1",
    "/rules/1",
    "/rules/new",
    "/rules/1/versions",
    "/knowledge",
    "/knowledge/1",
    "/knowledge/new",
    "/heard",
    "/heard/examples.yml",
    "/applications/1/judgement",
    "/settings",
    "/people",
    "/health",
)
MANAGED = ("/rules", "/rules/1", "/rules/new", "/rules/1/versions", "/settings", "/people", "/health")
MANAGED += ("/knowledge", "/knowledge/1", "/knowledge/new", "/heard")


@pytest.fixture
def zhao(world: World, console: Flask) -> Visitor:
    """The bureau's handler, logged in."""
    return Visitor(console).enter(world, world.staff("zhao", Role.HANDLER, "053001"))


@pytest.fixture
def zhou(world: World, console: Flask) -> Visitor:
    """The administrator, logged in."""
    return Visitor(console).enter(world, world.staff("zhou", Role.ADMINISTRATOR))


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_led_to_the_login(console: Flask, path: str) -> None:
    """Every page but the login asks who it is."""
    answer = console.test_client().get(f"/console{path}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/console/login")


@pytest.mark.parametrize("path", MANAGED)
def test_what_is_the_administrators_is_nobody_elses(zhao: Visitor, path: str) -> None:
    """A handler asks for an administrator's page and is refused kindly."""
    assert "只对管理员开放" in zhao.get(path, 403)


@pytest.mark.parametrize("path", MANAGED)
def test_the_administrator_opens_every_page(zhou: Visitor, path: str) -> None:
    """And each of them is whole."""
    assert "</html>" in zhou.get(path)


def test_the_login_leads_to_the_page_that_was_wanted(world: World, console: Flask) -> None:
    """A link from a colleague opens after the login."""
    world.staff("zhou", Role.ADMINISTRATOR)
    client = console.test_client()
    visitor = Visitor(console)
    visitor.client = client
    visitor.get("/people")
    answer = client.post(
        "/console/login?next=/console/people",
        data={"login": "zhou", "password": PASSWORD, "csrf_token": visitor.token()},
    )
    assert answer.headers["Location"] == "/console/people"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/console/", "/wechat", "/console/\\evil"])
def test_the_login_leads_nowhere_else(world: World, console: Flask, wanted: str) -> None:
    """A crafted link cannot send somebody who has just logged in to another place."""
    world.staff("zhao", Role.HANDLER, "053001")
    visitor = Visitor(console)
    visitor.get("/login")
    fields = {"login": "zhao", "password": PASSWORD, "csrf_token": visitor.token()}
    answer = visitor.client.post("/console/login", query_string={"next": wanted}, data=fields)
    assert answer.headers["Location"] == "/console/"


def test_a_wrong_password_and_an_unknown_login_read_the_same(world: World, console: Flask) -> None:
    """The door does not tell who has an account."""
    world.staff("zhao", Role.HANDLER, "053001")
    visitor = Visitor(console)
    wrong = visitor.log_in("zhao", "not it", 401).replace("zhao", "")
    unknown = visitor.log_in("nobody", "not it", 401).replace("nobody", "")
    strip = [line for line in wrong.splitlines() if "csrf_token" not in line]
    assert strip == [line for line in unknown.splitlines() if "csrf_token" not in line]
    assert "账号或密码不对" in wrong


def test_five_wrong_passwords_lock_the_login_for_a_quarter_of_an_hour(world: World, console: Flask) -> None:
    """The right password does not help before, and does after."""
    world.staff("zhao", Role.HANDLER, "053001")
    visitor = Visitor(console)
    for _ in range(5):
        visitor.log_in("zhao", "not it", 401)
    visitor.log_in("zhao", status=401)
    world.wait(minutes=14)
    visitor.log_in("zhao", status=401)
    world.wait(minutes=2)
    assert "待我审核" in visitor.log_in("zhao")


def test_the_session_starts_anew_with_the_login(world: World, console: Flask) -> None:
    """What was in the session before, a planted token say, is gone."""
    world.staff("zhao", Role.HANDLER, "053001")
    visitor = Visitor(console)
    visitor.get("/login")
    with visitor.client.session_transaction() as session:
        session["planted"] = "before"
        before = session["csrf_token"]
    visitor.post("/login", login="zhao", password=PASSWORD)
    with visitor.client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before


def test_a_closed_login_is_out_with_the_next_click(world: World, zhao: Visitor) -> None:
    """Deactivating ends the running sessions."""
    assert "待我审核" in zhao.get("/")
    with world.app.store.write() as session:
        session.query(Staff).filter_by(login="zhao").one().active = False
    assert zhao.client.get("/console/").status_code == 302
    zhao.log_in("zhao", status=401)


def test_a_new_password_ends_the_sessions_of_the_old_one(world: World, zhao: Visitor) -> None:
    """Whoever got hold of the old one is out."""
    with world.app.store.write() as session:
        staff = session.query(Staff).filter_by(login="zhao").one()
        place = staff.organisation_id
        set_password(session, "zhao", "another one", b"pepper", name="赵", role=Role.HANDLER, organisation_id=place)
    assert zhao.client.get("/console/").status_code == 302


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(world: World, console: Flask) -> None:
    """HttpOnly and SameSite; Secure where the public address is https."""
    assert console.config["SESSION_COOKIE_SECURE"] is False
    world.staff("zhao", Role.HANDLER, "053001")
    visitor = Visitor(console)
    visitor.get("/login")
    fields = {"login": "zhao", "password": PASSWORD, "csrf_token": visitor.token()}
    cookie = visitor.client.post("/console/login", data=fields).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_logging_out_takes_a_click_with_a_token(zhao: Visitor) -> None:
    """A link alone cannot log anybody out."""
    assert zhao.client.get("/console/logout").status_code == 405
    zhao.get("/")
    assert "已退出登录" in zhao.post("/logout")
    assert zhao.client.get("/console/").status_code == 302


POSTS = (
    "/capacity-changes/1/reached",
    "/applications/1/by-person",
    "/applications/1/claim",
    "/applications/1/decision",
    "/applications/1/false-documents",
    "/applications/1/here",
    "/applications/1/letter",
    "/applications/1/owed/1",
    "/applications/1/phone",
    "/applications/1/speakers/1/end",
    "/applications/1/undo",
    "/batch",
    "/batch/1/approve",
    "/batch/1/undo",
    "/batches",
    "/bindings/1",
    "/calendar/enter",
    "/calendar/withdraw",
    "/campaigns",
    "/campaigns/1/stop",
    "/contract-requests/1/answer",
    "/evidence",
    "/groups",
    "/groups/1/change",
    "/heard/1/label",
    "/invitations/send",
    "/knowledge/1",
    "/knowledge/1/active",
    "/knowledge/new",
    "/logout",
    "/market-prices",
    "/messages/1/again",
    "/modes/change",
    "/packages/1/edit",
    "/packages/new",
    "/packages/versions/1/decide",
    "/packages/versions/1/submit",
    "/packages/versions/1/take-back",
    "/packages/versions/1/withdraw",
    "/people/1/active",
    "/people/1/invite",
    "/people/1/phone",
    "/people/1/unbind",
    "/people/add",
    "/proxies/1/active",
    "/proxies/1/deliveries/1/again",
    "/proxies/1/hooks/1/remove",
    "/proxies/1/hooks/1/secret",
    "/proxies/1/keys",
    "/proxies/1/keys/1/revoke",
    "/proxies/1/keys/1/rotate",
    "/proxies/1/lift",
    "/proxies/1/marks/1/take-back",
    "/proxies/1/permissions/1/end",
    "/proxies/add",
    "/replies/save",
    "/retailers",
    "/retailers/1/about",
    "/retailers/1/state",
    "/rules/1",
    "/rules/1/active",
    "/rules/1/back",
    "/rules/new",
    "/settings",
    "/talks/1/answer",
    "/talks/1/finish",
    "/talks/1/pass",
    "/talks/1/phones",
    "/talks/1/sms/1",
    "/talks/1/take",
    "/urge",
)


@pytest.mark.parametrize("path", POSTS)
def test_nothing_is_done_without_a_token(zhou: Visitor, path: str) -> None:
    """A form from another site carries none, and changes nothing."""
    assert "没有生效" in zhou.post(path, 400, csrf_token="")


def test_every_form_of_the_console_is_among_those(console: Flask) -> None:
    """A new form must join the table above."""
    rules = [rule for rule in console.url_map.iter_rules() if "POST" in (rule.methods or ())]
    known = {path.replace("/1", "/<>") for path in POSTS} | {"/login"}
    found = {_plain(rule.rule) for rule in rules if rule.endpoint.startswith("console.")}
    assert found == known


def _plain(path: str) -> str:
    parts = ["<>" if part.startswith("<") else part for part in path.removeprefix("/console").split("/")]
    return "/".join(parts)


def test_the_callbacks_of_wechat_and_aliyun_are_asked_for_no_token(console: Flask) -> None:
    """They are refused by their own guards: a signature, a secret."""
    client = console.test_client()
    assert b"csrf" not in client.post("/wechat", data=b"<xml/>").data.lower()
    assert client.post(f"/sms/{'x' * 20}/reply", json=[]).status_code == 404
    secret = "test-secret-0123456789"
    assert client.post(f"/sms/{secret}/reply", json=[]).get_json()["code"] == 0


def test_every_page_forbids_frames_foreign_scripts_and_keeping(zhao: Visitor) -> None:
    """The headers, once for all pages; no inline script or style that the policy would stop."""
    answer = zhao.client.get("/console/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "private, no-store"
    page = answer.get_data(as_text=True)
    assert "style=" not in page
    assert page.count("<script") == page.count("<script src=")


def test_every_console_page_has_a_guard_that_is_enforced(console: Flask) -> None:
    """A view without a mark, or with one that the guard does not know, would pass nobody; there is none."""
    marks = {
        endpoint: getattr(view, "__guard__", None)
        for endpoint, view in console.view_functions.items()
        if endpoint.startswith("console.")
    }
    assert set(marks.values()) == {"public", "staff", "administrator"}
    assert {name for name, mark in marks.items() if mark == "public"} == {"console.login", "console.static"}


def test_a_page_that_forgot_its_mark_passes_nobody(world: World) -> None:
    """The guard refuses what it does not know."""
    flask = world.web
    flask.view_functions["console.queue"].__dict__.pop("__guard__")
    try:
        world.staff("zhao", Role.HANDLER, "053001")
        visitor = Visitor(flask)
        visitor.log_in("zhao", status=403)
    finally:
        flask.view_functions["console.queue"].__dict__["__guard__"] = "staff"


def test_a_phone_is_masked_until_somebody_asks_and_that_is_kept(world: World, zhao: Visitor) -> None:
    """Looking at the number leaves a trace in the evidence."""
    application = submitted(world)
    assert "138****4321" in zhao.get(f"/applications/{application}")
    assert "13887654321" not in zhao.last
    assert "13887654321" in zhao.post(f"/applications/{application}/phone")
    with world.app.store.read() as session:
        kept = session.query(Evidence).filter_by(what="phone_shown").one()
        staff = session.query(Staff).filter_by(login="zhao").one()
    assert (kept.about_id, kept.who) == (application, f"staff:{staff.id}")
    assert "13887654321" not in zhao.get(f"/applications/{application}")
