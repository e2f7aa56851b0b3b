"""A tenant registers by SMS alone: short texts, links for papers, values by SMS."""

from __future__ import annotations

import re

from sqlalchemy import select

from bot import pages
from domain.registration.applications import Photo, Stage
from domain.registration.readings import Reading
from tests.support.tenants import OWNERS_PHONE, lease, letter, newest, owned_by_another
from tests.support.world import ACCOUNT, CODE, World, reading


def write(world: World, *texts: str) -> str:
    """The phone sends these, one after the other; the newest SMS that it got."""
    for text in texts:
        world.sms_in(text)
    return world.sms.texts()[-1]


def token(world: World) -> str:
    """The end of the newest link that was sent."""
    return [match for text in world.sms.texts() for match in re.findall(r"/l/(\w+)", text)][-1]


def send(world: World, read: Reading) -> str:
    """Open the newest link and send a picture; the SMS that comes of it."""
    world.reader.next = read
    assert pages.keep_photo(world.app, token(world), b"a picture")
    world.work()
    return world.sms.texts()[-1]


def submit_on_the_page(world: World) -> None:
    """The question is too long for an SMS: it is read and answered behind its link, with one code."""
    place = f"/l/{token(world)}"
    assert "到期没有补齐" in world.door.get(place).text
    world.door.post(place, data={"answer": "yes"})
    world.work()
    world.door.post(place, data={"code": world.code()})
    world.work()


def at_the_lease(world: World) -> str:
    """Everything before the papers; the SMS that asks for the lease."""
    owned_by_another(world)
    write(world, "我要注册", CODE, "1", ACCOUNT)
    return write(world, "2", "王芳")


def test_a_tenant_registers_by_sms_alone(world: World) -> None:
    owned_by_another(world)
    question = write(world, "我要注册", CODE, "1", ACCOUNT)
    assert "不是贵公司" in question
    assert "2=租来的，我们自己用电" in question
    assert "联系人" in write(world, "2")
    assert "拍租赁协议" in write(world, "王芳")
    assert "授权委托书" in send(world, lease())
    assert "那边联系谁" in send(world, letter())
    assert "营业执照" in write(world, f"张伟 {OWNERS_PHONE}")
    submit = send(world, reading())
    assert "租户" in submit
    assert "1=确认提交" in submit
    assert "验证码" in write(world, "1")
    write(world, world.code())
    made = newest(world)
    assert (made.stage, made.kind, made.channel) == (Stage.BUREAU_REVIEW, "tenant", "sms")
    with world.app.store.read() as session:
        kinds = [(each.kind, each.party) for each in session.scalars(select(Photo).order_by(Photo.id))]
    assert kinds == [("lease", ""), ("letter", "owner"), ("licence", "")]


def test_the_page_behind_a_link_names_the_paper_that_is_wanted(world: World) -> None:
    at_the_lease(world)
    page = world.door.get(f"/l/{token(world)}").text
    assert "发送租赁协议照片" in page
    assert "营业执照" not in page


def test_what_is_owed_is_listed_by_sms_with_a_link_and_handed_in_there(world: World) -> None:
    at_the_lease(world)
    send(world, lease())
    write(world, "以后补", f"张伟 {OWNERS_PHONE}")
    assert "请在页面上核对后答复" in send(world, reading())
    submit_on_the_page(world)
    assert newest(world).stage == Stage.BUREAU_REVIEW
    owed = write(world, "补材料")
    assert "授权委托书" in owed
    assert "/l/" in owed
    assert "产权人的授权委托书" in send(world, letter())
    assert "还差" not in write(world, "进度")
