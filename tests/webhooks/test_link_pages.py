"""Pages behind one-time links, over Flask's own client: opened as often as a phone likes, acting once, and saying
nothing to strangers."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.messages import links
from domain.messages.links import LinkPurpose
from domain.people.contacts import SMS, Contact, address_of
from domain.registration.applications import Stage
from tests.support.console import newest, photo_of
from tests.support.world import ACCOUNT, CODE, COMPANY, PHONE, World

BROWSER = {"User-Agent": "a phone"}


@pytest.fixture
def phone(console: Flask) -> FlaskClient:
    """A phone's browser: no cookies of ours, no login."""
    return console.test_client()


def make(world: World, purpose: LinkPurpose, **more: object) -> str:
    """A link for the phone; its path."""
    with world.app.store.write() as session:
        address = address_of(session, SMS, PHONE, world.now)
        token = links.make(session, address.contact_id, address.id, purpose, world.app.random, world.now, **more)  # type: ignore[arg-type]
    return f"/l/{token}"


def newest_link(world: World) -> str:
    """The path of the newest link in the phone's inbox."""
    found = [match for text in world.sms.texts() for match in re.findall(r"/l/\w+", text)]
    return found[-1]


def picture() -> dict[str, object]:
    return {"photo": (BytesIO(b"\xff\xd8\xff a picture"), "licence.jpg")}


def filled_in(world: World) -> None:
    """Everything is there; the SMS asks whether to submit."""
    for text in ("我要注册", CODE, "1", ACCOUNT, "王芳"):
        world.sms_in(text)


def asked(world: World, phone: FlaskClient) -> str:
    """The submission is asked by SMS; a link to the whole question."""
    filled_in(world)
    phone.post(newest_link(world), data=picture(), content_type="multipart/form-data")
    world.work()
    world.sms_in("链接")
    return newest_link(world)


def test_a_picture_sent_on_the_page_is_read_and_answered_by_sms(world: World, phone: FlaskClient) -> None:
    """It is kept, read by the same worker, and the next question comes by SMS."""
    world.sms_in("我要注册")
    path = newest_link(world)
    assert "拍照" in phone.get(path).get_data(as_text=True)
    answer = phone.post(path, data=picture(), content_type="multipart/form-data")
    assert answer.status_code == 200
    assert "138****4321" in answer.get_data(as_text=True)
    assert PHONE not in answer.get_data(as_text=True)
    world.work()
    assert f"{COMPANY.name}，代码{CODE}" in world.sms.texts()[-1]
    application = newest(world)
    assert world.app.photos.read(photo_of(world, application.id).file).startswith(b"\xff\xd8")


def test_opening_uses_nothing_up_and_sending_does(world: World, phone: FlaskClient) -> None:
    """A scanner that opens the link spoils nothing; the second picture is refused with a way on."""
    world.sms_in("我要注册")
    path = newest_link(world)
    assert [phone.get(path).status_code for _ in range(3)] == [200, 200, 200]
    assert phone.head(path).status_code == 200
    assert phone.post(path, data=picture(), content_type="multipart/form-data").status_code == 200
    again = phone.post(path, data=picture(), content_type="multipart/form-data")
    assert again.status_code == 404
    assert "回复“链接”" in again.get_data(as_text=True)
    assert phone.get(path).status_code == 404


@pytest.mark.parametrize("data", [{}, {"photo": (BytesIO(b""), "empty.jpg")}])
def test_a_form_without_a_picture_uses_nothing_up(world: World, phone: FlaskClient, data: dict[str, object]) -> None:
    """It says what is missing, and the link still works."""
    path = make(world, LinkPurpose.PHOTO)
    answer = phone.post(path, data=data, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert "还没有选照片" in answer.get_data(as_text=True)
    assert phone.get(path).status_code == 200


def test_a_huge_picture_is_refused_kindly(world: World, phone: FlaskClient) -> None:
    """15 MB at the most; the link still works."""
    path = make(world, LinkPurpose.PHOTO)
    huge = {"photo": (BytesIO(b"x" * (15 * 1024 * 1024 + 1)), "huge.jpg")}
    answer = phone.post(path, data=huge, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert "太大" in answer.get_data(as_text=True)
    assert phone.get(path).status_code == 200


def test_a_large_picture_of_todays_phones_passes(world: World, phone: FlaskClient) -> None:
    """Other doors of the same server take 1 MB."""
    path = make(world, LinkPurpose.PHOTO)
    large = {"photo": (BytesIO(b"\xff\xd8\xff" + b"x" * 9_000_000), "large.jpg")}
    assert phone.post(path, data=large, content_type="multipart/form-data").status_code == 200


def test_a_binding_answer_on_the_page_needs_the_code_from_the_phone(world: World, phone: FlaskClient) -> None:
    """Shown whole, answered by a button, confirmed by the code that came by SMS; then the link is over."""
    path = asked(world, phone)
    shown = phone.get(path).get_data(as_text=True)
    assert COMPANY.address in shown and "确认提交" in shown
    page = phone.post(path, data={"answer": "yes"}).get_data(as_text=True)
    assert "才算您选了“确认提交”" in page and "短信验证码" in page
    assert newest(world).stage == Stage.FILLING
    world.work()
    done = phone.post(path, data={"code": world.code()}).get_data(as_text=True)
    assert "已提交" in done
    assert newest(world).stage == Stage.BUREAU_REVIEW
    assert phone.get(path).status_code == 404


def test_a_wrong_code_on_the_page_submits_nothing(world: World, phone: FlaskClient) -> None:
    """It says so, and asks again."""
    path = asked(world, phone)
    phone.post(path, data={"answer": "yes"})
    world.work()
    wrong = f"{(int(world.code()) + 1) % 1_000_000:06d}"
    assert "验证码不对" in phone.post(path, data={"code": wrong}).get_data(as_text=True)
    assert newest(world).stage == Stage.FILLING


def test_who_has_the_link_but_not_the_phone_submits_nothing(world: World, phone: FlaskClient) -> None:
    """A forwarded link shows a question; only the phone's code makes the answer count."""
    path = asked(world, phone)
    phone.post(path, data={"answer": "yes"})
    for guess in range(20):
        phone.post(path, data={"code": f"{guess:06d}"})
    assert newest(world).stage == Stage.FILLING


@pytest.mark.parametrize("data", [{}, {"answer": "drop everything"}, {"answer": "../yes"}, {"answer": ["no", "never"]}])
def test_an_answer_that_the_question_does_not_take_changes_nothing(
    world: World, phone: FlaskClient, data: dict[str, object]
) -> None:
    path = asked(world, phone)
    assert phone.post(path, data=data).status_code == 200
    assert newest(world).stage == Stage.FILLING
    assert phone.get(path).status_code == 200


def test_an_answered_question_says_so_on_another_link(world: World, phone: FlaskClient) -> None:
    """Answered by SMS meanwhile."""
    path = asked(world, phone)
    world.sms_in("链接")
    other = newest_link(world)
    phone.post(path, data={"answer": "yes"})
    world.work()
    phone.post(path, data={"code": world.code()})
    assert "已经办过" in phone.get(other).get_data(as_text=True)
    assert "没有再改变什么" in phone.post(other, data={"answer": "yes"}).get_data(as_text=True)


def test_the_page_shows_its_answer_and_no_sms_repeats_it(world: World, phone: FlaskClient) -> None:
    """An SMS costs; what stands on the page is not sent as well."""
    path = asked(world, phone)
    phone.post(path, data={"answer": "yes"})
    world.work()
    before = len(world.sms.sent)
    phone.post(path, data={"code": world.code()})
    world.wait(minutes=1)
    names = [name for _, name, _ in world.sms.sent[before:]]
    assert names == ["submitted"]


def test_progress_and_long_answers_are_read_on_a_page(world: World, phone: FlaskClient) -> None:
    filled_in(world)
    assert COMPANY.name in phone.get(make(world, LinkPurpose.PROGRESS)).get_data(as_text=True)
    assert "很长的回复" in phone.get(make(world, LinkPurpose.TEXT, text="很长的回复\n第二行")).get_data(as_text=True)


def test_what_was_written_is_shown_as_text(world: World, phone: FlaskClient) -> None:
    """Nothing that a person typed becomes part of the page."""
    path = make(world, LinkPurpose.TEXT, text="<script>alert(1)</script>")
    assert "<script>" not in phone.get(path).get_data(as_text=True)


def test_a_link_that_is_none_says_what_to_do_and_nothing_else(world: World, phone: FlaskClient) -> None:
    """Unknown, expired, used, or of a phone that changed hands: the same page."""
    expired, taken = make(world, LinkPurpose.PROGRESS), make(world, LinkPurpose.PHOTO)
    phone.post(taken, data=picture(), content_type="multipart/form-data")
    with world.app.store.write() as session:
        stranger = Contact(created_at=world.now)
        session.add(stranger)
    moved = make(world, LinkPurpose.PROGRESS)
    with world.app.store.write() as session:
        address_of(session, SMS, PHONE, world.now).contact = session.merge(stranger)
    world.wait(hours=25)
    answers = {phone.get(path).get_data(as_text=True) for path in ("/l/" + "A" * 22, expired, taken, moved)}
    assert len(answers) == 1
    assert "回复“链接”" in answers.pop()


def test_guessing_links_is_slowed_and_good_ones_still_open(world: World, phone: FlaskClient) -> None:
    """30 an hour from one place; whoever shares that place with a guesser is not shut out."""
    path = make(world, LinkPurpose.PROGRESS)
    codes = [phone.get(f"/l/{number:022d}").status_code for number in range(35)]
    assert codes[:30] == [404] * 30
    assert codes[30:] == [429] * 5
    assert phone.get(path).status_code == 200


def test_every_page_is_sealed(world: World, phone: FlaskClient) -> None:
    """Kept nowhere, found by no search engine, framed by nobody, without a foreign or inline script, and the address is
    told to no other site."""
    path = make(world, LinkPurpose.PHOTO)
    for answer in (phone.get(path), phone.get("/l/nothing"), phone.post(path)):
        headers = answer.headers
        assert headers["Cache-Control"] == "private, no-store"
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "script-src" not in headers["Content-Security-Policy"]
        assert "Set-Cookie" not in headers
        text = answer.get_data(as_text=True)
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)
        assert "<script" not in text and "style=" not in text
