"""People, companies and bindings by chat: whose phone it is, which company is meant, who speaks, who learns nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.channels.base import Kind
from domain.evidence import Evidence, broken_at
from domain.people import invitations
from domain.people.authority import Authority, Level, level_of
from domain.people.bindings import BindingRequest, RequestKind, RequestState
from domain.people.contacts import SMS, WECHAT, known_address
from domain.people.invitations import InvitationKind
from domain.people.staff import Role, Staff
from domain.registration.applications import Application, Stage
from domain.review import review
from domain.settings import SettingValue
from tests.support.world import ACCOUNT, ARCHIVE, CODE, COMPANY, OPENID, PHONE, World, approve_newest, reading

LI = "oLi00000000000000000000000000"  # 李四's WeChat
ZHAO = "oZhao00000000000000000000000"  # a stranger's
NEW_PHONE = "13912345678"
OTHER = "9153011292834488X2"
OTHER_ACCOUNT = "0530010686818444"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A running product."""
    made = World(tmp_path)
    made.sources.companies[OTHER] = replace(COMPANY, uscc=OTHER, name="昆明滇池食品有限公司", legal_person="赵一")
    made.sources.accounts[OTHER_ACCOUNT] = replace(
        ARCHIVE, number=OTHER_ACCOUNT, uscc=OTHER, name="昆明滇池食品有限公司"
    )
    yield made
    made.close()


def other_licence():
    """A picture of the other company's licence."""
    return reading(code=OTHER, name="昆明滇池食品有限公司", legal_person="赵一")


def contact_of(world: World, value: str, channel: str = WECHAT) -> int:
    """Whose phone or openid it is now."""
    with world.app.store.read() as session:
        address = known_address(session, channel, value)
        assert address is not None
        return address.contact_id


def evidence(world: World) -> list[str]:
    """What the chain holds, oldest first; it must be whole."""
    with world.app.store.read() as session:
        assert broken_at(session) is None
        return list(session.scalars(select(Evidence.what).order_by(Evidence.id)))


def applications(world: World) -> list[Application]:
    """Every application, oldest first."""
    with world.app.store.read() as session:
        found = list(session.scalars(select(Application).order_by(Application.id)))
        for each in found:
            _ = each.values, each.photos
        return found


def requests(world: World) -> list[BindingRequest]:
    """Every binding request, oldest first."""
    with world.app.store.read() as session:
        return list(session.scalars(select(BindingRequest).order_by(BindingRequest.id)))


def begun_by_sms(world: World, phone: str = PHONE) -> None:
    """A company that never used WeChat: it registers by SMS, as far as the contact's name."""
    world.sms_in("我要注册", phone=phone)
    world.sms_in(CODE, phone=phone)
    world.sms_in("1", phone=phone)
    world.sms_in(ACCOUNT, phone=phone)


def proves_phone(world: World, phone: str = PHONE, openid: str = OPENID, name: str = "王芳") -> str:
    """Somebody in WeChat fills in an application up to the phone's code; the reply to the right code."""
    world.say("我要注册", openid=openid)
    world.photo(other_licence(), openid=openid)
    world.say("没错，继续", openid=openid)
    world.say(OTHER_ACCOUNT, openid=openid)
    world.say(name, openid=openid)
    world.now += timedelta(minutes=2)  # one code a minute
    world.say(phone, openid=openid)
    return world.say(world.code(), openid=openid)


def wants_another_phone(world: World) -> None:
    """“换手机号”, and the new number; its code is on the way."""
    world.now += timedelta(minutes=2)  # one code a minute
    world.say("换手机号")
    world.say(NEW_PHONE)


def admitted(world: World) -> None:
    """王芳's company is admitted by both reviewers."""
    world.filled_in()
    world.say("确认提交")
    world.staff("bureau", Role.HANDLER, "053001")
    world.staff("centre", Role.REVIEWER)
    approve_newest(world, "bureau")
    approve_newest(world, "centre")


class TestWhosePhoneItIs:
    """What a right code means."""

    def test_who_began_by_sms_goes_on_in_wechat_with_all_that_is_theirs(self, world: World) -> None:
        """The phone had no WeChat of its own: the two are one person."""
        begun_by_sms(world)
        before = contact_of(world, PHONE, SMS)
        reply = proves_phone(world)
        assert "都接到这里了" in reply
        assert contact_of(world, PHONE, SMS) == contact_of(world, OPENID) != before
        assert {each.contact_id for each in applications(world)} == {contact_of(world, OPENID)}
        assert "contacts_joined" in evidence(world)

    def test_of_two_drafts_the_one_that_was_being_filled_in_goes_on(self, world: World) -> None:
        """Neither is lost, and the other one is a tap away."""
        begun_by_sms(world)
        proves_phone(world)
        assert "昆明滇池食品有限公司" in world.say("确认提交") or applications(world)[1].stage == Stage.BUREAU_REVIEW
        shown = world.say("进度")
        assert COMPANY.name in shown and "昆明滇池食品有限公司" in shown

    def test_a_phone_that_was_silent_for_long_brings_nothing_along(self, world: World) -> None:
        """Carriers hand numbers out again. The phone moves, the old contact's application does not."""
        begun_by_sms(world)
        before = contact_of(world, PHONE, SMS)
        world.now += timedelta(days=91)
        reply = proves_phone(world, name="李四")
        assert "没有自动转过来" in reply
        assert applications(world)[0].contact_id == before
        assert contact_of(world, PHONE, SMS) == contact_of(world, OPENID)
        assert COMPANY.name not in world.say("进度")
        assert [each.kind for each in requests(world)] == [RequestKind.STALE_PHONE]

    def test_the_stale_figure_is_a_setting(self, world: World) -> None:
        with world.app.store.write() as session:
            session.add(SettingValue(name="phone_stale_days", value=200))
        begun_by_sms(world)
        world.now += timedelta(days=91)
        assert "都接到这里了" in proves_phone(world, name="李四")

    def test_a_silent_phone_brings_all_along_where_the_operator_names_the_same_person(self, world: World) -> None:
        """The name that was given then, the name given now, and the operator's agree."""
        begun_by_sms(world)
        world.sms_in("王芳")
        world.now += timedelta(days=91)
        assert "都接到这里了" in proves_phone(world, name="王芳")

    def test_a_silent_phone_whose_new_owner_the_operator_confirms_brings_nothing_along(self, world: World) -> None:
        """The operator says whose the phone is today, not whose it was."""
        begun_by_sms(world)
        world.sms_in("王芳")
        world.sources.phones[(PHONE, "李四")] = "match"
        world.now += timedelta(days=91)
        assert "没有自动转过来" in proves_phone(world, name="李四")

    def test_a_phone_of_another_wechat_moves_nothing_and_its_holder_is_asked(self, world: World) -> None:
        """Who holds the phone for a moment gets nothing that hangs on it."""
        world.filled_in()
        world.say("确认提交")
        reply = proves_phone(world, openid=LI, name="李四")
        assert "请那边确认" in reply and COMPANY.name not in reply
        assert contact_of(world, PHONE, SMS) == contact_of(world, OPENID)
        assert COMPANY.name not in world.say("进度", openid=LI)
        assert any("是您换了微信吗" in text for text in world.wechat.texts)
        assert [(each.kind, each.state) for each in requests(world)] == [(RequestKind.PHONE, RequestState.OPEN)]

    def test_not_me_stops_whoever_claims_the_phone(self, world: World) -> None:
        """Their application no longer counts on the phone; both are told; staff see it."""
        world.filled_in()
        world.say("确认提交")
        proves_phone(world, openid=LI, name="李四")
        assert "没有动" in world.say("不是我")
        assert requests(world)[0].state == RequestState.REFUSED
        assert applications(world)[-1].phone_verified_at is None
        assert any("换一个手机号" in str(each) for each in [*world.wechat.texts, *world.wechat.notices])
        assert contact_of(world, PHONE, SMS) == contact_of(world, OPENID)

    def test_who_was_told_not_me_asks_no_second_time(self, world: World) -> None:
        """The holder is not asked again and again, and the phone still does not count."""
        world.filled_in()
        world.say("确认提交")
        proves_phone(world, openid=LI, name="李四")
        world.say("不是我")
        world.now += timedelta(minutes=2)
        world.say("重发验证码", openid=LI)
        assert "说过不是本人" in world.say(world.code(), openid=LI)
        assert applications(world)[-1].phone_verified_at is None and len(requests(world)) == 1

    def test_it_was_me_with_a_new_wechat_brings_all_along(self, world: World) -> None:
        world.filled_in()
        world.say("确认提交")
        proves_phone(world, openid=LI)
        assert "接到新微信" in world.say("是我换了微信")
        assert COMPANY.name in world.say("进度", openid=LI)
        assert contact_of(world, PHONE, SMS) == contact_of(world, LI) == contact_of(world, OPENID)

    def test_an_unsigned_message_does_not_say_that_it_was_me(self, world: World) -> None:
        """In plain mode anybody could have written it."""
        world.filled_in()
        proves_phone(world, openid=LI, name="李四")
        world.write(Kind.TEXT, "是我换了微信", bound=False)
        assert requests(world)[0].state == RequestState.OPEN

    def test_who_is_known_by_sms_alone_gains_no_second_phone(self, world: World) -> None:
        """A forged SMS must not open somebody's applications to another phone."""
        begun_by_sms(world)
        world.sms_in("王芳")
        world.sms_in("换个手机号")
        world.sms_in(NEW_PHONE)
        code = next((params["code"] for phone, name, params in world.sms.sent if name == "code"), "")
        if code:
            world.sms_in(code)
        world.sms_in("进度", phone=NEW_PHONE)
        assert COMPANY.name not in world.sms.texts()[-1]
        with world.app.store.read() as session:
            new = known_address(session, SMS, NEW_PHONE)
            assert new is not None and new.contact_id != known_address(session, SMS, PHONE).contact_id


class TestAnotherPhone:
    """“换手机号”."""

    def test_a_new_phone_takes_the_old_ones_place_and_the_old_one_is_told(self, world: World) -> None:
        world.filled_in()
        world.say("确认提交")
        wants_another_phone(world)
        assert "以后的短信" in world.say(world.code())
        assert world.sms.sent[-1][0] == PHONE and world.sms.sent[-1][1] == "security"
        assert contact_of(world, NEW_PHONE, SMS) == contact_of(world, OPENID)
        assert applications(world)[0].value("phone") == NEW_PHONE
        assert {"phone_changed", "address_retired"} <= set(evidence(world))

    def test_the_old_phone_learns_nothing_any_more(self, world: World) -> None:
        """Whoever has it now is a stranger."""
        world.filled_in()
        world.say("确认提交")
        wants_another_phone(world)
        world.say(world.code())
        world.sms_in("进度")
        assert "还没有注册申请" in world.sms.texts()[-1]
        assert contact_of(world, PHONE, SMS) != contact_of(world, OPENID)

    def test_a_wrong_code_changes_nothing(self, world: World) -> None:
        world.filled_in()
        wants_another_phone(world)
        wrong = "111111" if world.code() != "111111" else "222222"
        assert "不对" in world.say(wrong)
        assert contact_of(world, PHONE, SMS) == contact_of(world, OPENID)

    def test_an_sms_cannot_change_the_phone(self, world: World) -> None:
        world.filled_in()
        world.sms_in("换手机号")
        assert "不能换" in world.sms.texts()[-1]

    def test_who_has_neither_is_put_before_a_reviewer(self, world: World) -> None:
        """What they read is the same whether or not anything is known."""
        world.filled_in()
        world.say("找回", openid=LI)
        known = world.say(f"{COMPANY.name}，原手机{PHONE}，王芳，手机和微信都丢了", openid=LI)
        world.say("找回", openid=ZHAO)
        unknown = world.say("不存在的公司，原手机13900000000，无名氏", openid=ZHAO)
        assert known == unknown
        assert [each.kind for each in requests(world)] == [RequestKind.LOST] * 2
        assert COMPANY.name not in world.say("进度", openid=LI)


class TestUnbinding:
    """“解除绑定”, and following again."""

    def test_unbinding_asks_first_and_then_the_address_is_a_strangers(self, world: World) -> None:
        admitted(world)
        assert "要解除哪一个" in world.say("解除绑定")
        assert "确定解除吗" in world.say("2")
        world.say("确认解除")
        world.sms_in("进度")
        assert "还没有注册申请" in world.sms.texts()[-1]
        assert "address_retired" in evidence(world)

    def test_authority_stays_while_another_address_is_left(self, world: World) -> None:
        admitted(world)
        contact = contact_of(world, OPENID)
        world.say("解除绑定")
        world.say("2")
        world.say("确认解除")
        with world.app.store.read() as session:
            assert level_of(session, contact, applications(world)[0].code_mark) == Level.MANAGE

    def test_authority_ends_with_the_last_address(self, world: World) -> None:
        admitted(world)
        contact = contact_of(world, OPENID)
        world.say("解除绑定")
        world.say("2")
        world.say("确认解除")
        assert "最后一个绑定" in world.say("解除绑定")
        world.say("确认解除")
        with world.app.store.read() as session:
            assert level_of(session, contact, applications(world)[0].code_mark) is None
        assert "还没有注册申请" in world.say("进度")

    def test_a_no_keeps_everything(self, world: World) -> None:
        admitted(world)
        world.say("解除绑定")
        world.say("2")
        world.say("不解除")
        assert "address_retired" not in evidence(world)

    def test_who_unfollows_and_follows_again_is_the_same_person_and_goes_on(self, world: World) -> None:
        world.say("我要注册")
        world.photo()
        before = contact_of(world, OPENID)
        world.write(Kind.UNFOLLOW)
        reply = world.write(Kind.FOLLOW) or ""
        assert contact_of(world, OPENID) == before
        assert "核对" in reply
        assert evidence(world)[-2:] == ["unfollowed", "followed_again"]


class TestWhichCompany:
    """Several applications at once."""

    def two_returned(self, world: World) -> None:
        """王芳's two companies both came back."""
        world.staff("bureau", Role.HANDLER, "053001")
        world.filled_in()
        world.say("确认提交")
        world.say("再登记一个户号")
        world.photo(other_licence())
        world.say("没错，继续")
        world.say(OTHER_ACCOUNT)
        world.say("王芳")
        world.say(PHONE)
        world.now += timedelta(minutes=2)
        world.say("重发验证码")
        world.say(world.code())
        world.say("确认提交")
        self.return_all(world)

    def return_all(self, world: World) -> None:
        """The bureau sends everything back."""
        with world.app.store.write() as session:
            staff = session.scalars(select(Staff).where(Staff.login == "bureau")).one()
            for application in session.scalars(select(Application).order_by(Application.id)).all():
                review.send_back(session, application, staff, "联系人信息有误", world.now)

    def test_a_value_that_could_change_either_asks_which_and_is_kept(self, world: World) -> None:
        self.two_returned(world)
        world.rasa.taught["联系人改成李雷"] = _named("李雷")
        asked = world.say("联系人改成李雷")
        assert "您说的是哪家" in asked and COMPANY.name in asked and "滇池" in asked
        assert [each.value("contact_name") for each in applications(world)] == ["王芳", "王芳"]
        place = 1 + [line for line in asked.split("\n") if "<a" in line].index(_line(asked, COMPANY.name))
        world.say(f"{place}")
        assert [each.value("contact_name") for each in applications(world)] == ["李雷", "王芳"]

    def test_the_company_may_be_said_in_words(self, world: World) -> None:
        self.two_returned(world)
        world.rasa.taught["联系人改成李雷"] = _named("李雷")
        world.say("联系人改成李雷")
        world.say("滇池食品")
        assert [each.value("contact_name") for each in applications(world)] == ["王芳", "李雷"]

    def test_what_names_the_company_needs_no_question(self, world: World) -> None:
        self.two_returned(world)
        reply = world.say(OTHER_ACCOUNT)
        assert "您说的是哪家" not in reply

    def test_mend_asks_which_of_two_returned_ones(self, world: World) -> None:
        self.two_returned(world)
        assert "您说的是哪家" in world.say("修改")
        assert "退回" in world.say("滇星机械")

    def test_the_one_that_was_chosen_stays_meant(self, world: World) -> None:
        self.two_returned(world)
        world.say("修改")
        world.say("滇星机械")
        world.rasa.taught["联系人改成李雷"] = _named("李雷")
        assert "您说的是哪家" not in world.say("联系人改成李雷")

    def test_a_picture_that_could_mean_either_waits_for_the_answer(self, world: World) -> None:
        self.two_returned(world)
        asked = world.photo(reading(code="", name="", type="有限责任公司", address="云南省", legal_person="李国强"))
        assert "您说的是哪家" in asked
        world.say("滇星机械")
        assert [len(each.photos) for each in applications(world)] == [2, 1]

    def test_another_one_is_in_focus_at_once(self, world: World) -> None:
        world.say("我要注册")
        world.photo()
        world.say("没错，继续")
        world.say("登记另一家")
        world.photo(other_licence())
        assert [each.value("name") for each in applications(world)] == [COMPANY.name, "昆明滇池食品有限公司"]


class TestWhoSpeaksForACompany:
    """Authority by admission and by invitation."""

    def invitation(self, world: World, level: str = "经办") -> str:
        """王芳 invites a colleague; the code."""
        world.say("邀请同事")
        reply = world.say(level)
        return re.findall(r"i[0-9a-f]{32}", reply)[0]

    def test_the_applicant_manages_the_company_once_it_is_admitted(self, world: World) -> None:
        admitted(world)
        with world.app.store.read() as session:
            held = session.scalars(select(Authority)).one()
        assert (held.level, held.ground) == (Level.MANAGE, "registered")
        assert f"{COMPANY.name}：管理" in world.say("我的身份")
        assert "authority_granted" in evidence(world)

    def test_before_that_nobody_does(self, world: World) -> None:
        world.filled_in()
        world.say("确认提交")
        with world.app.store.read() as session:
            assert session.scalars(select(Authority)).all() == []
        assert "只有单位的管理人" in world.say("邀请同事")

    def test_a_second_registrant_may_sign_but_does_not_manage(self, world: World) -> None:
        """Nobody is put out by whoever registers another account of the company."""
        admitted(world)
        number = "0530010686818455"
        world.sources.accounts[number] = replace(ARCHIVE, number=number)
        world.sources.phones[(NEW_PHONE, "李四")] = "match"
        for text in ("我要注册", None, "没错，继续", number, "李四", NEW_PHONE):
            world.photo(openid=LI) if text is None else world.say(text, openid=LI)
        world.say(world.code(), openid=LI)
        world.say("确认提交", openid=LI)
        approve_newest(world, "bureau")
        approve_newest(world, "centre")
        mark = applications(world)[0].code_mark
        with world.app.store.read() as session:
            assert level_of(session, contact_of(world, LI), mark) == Level.SIGN
            assert level_of(session, contact_of(world, OPENID), mark) == Level.MANAGE

    def test_a_colleague_is_invited_confirms_and_sees_the_companys_progress(self, world: World) -> None:
        admitted(world)
        token = self.invitation(world)
        assert COMPANY.name in world.say(token, openid=LI)
        assert "绑定好了" in world.say("确认绑定", openid=LI)
        assert COMPANY.name in world.say("进度", openid=LI)
        assert f"{COMPANY.name}：经办" in world.say("我的身份", openid=LI)

    def test_an_invitation_is_scanned_as_well(self, world: World) -> None:
        admitted(world)
        token = self.invitation(world)
        assert COMPANY.name in (world.write(Kind.SCAN, token, openid=LI) or "")

    def test_an_invitation_binds_once(self, world: World) -> None:
        """Both were asked before either answered; the second one is told the same as a stranger."""
        admitted(world)
        token = self.invitation(world)
        world.write(Kind.SCAN, token, openid=LI)
        world.write(Kind.FOLLOW, token, openid=ZHAO)
        world.say("确认绑定", openid=LI)
        assert "无效或已过期" in world.say("确认绑定", openid=ZHAO)
        assert "还没有注册申请" in world.say("进度", openid=ZHAO)

    def test_used_unknown_and_expired_invitations_sound_the_same(self, world: World) -> None:
        admitted(world)
        used, late = self.invitation(world), self.invitation(world, "查询")
        world.say(used, openid=LI)
        world.say("确认绑定", openid=LI)
        replies = [world.say(used, openid=ZHAO), world.say("i" + "0" * 32, openid=ZHAO)]
        world.now += timedelta(days=8)
        replies.append(world.say(late, openid=ZHAO))
        assert len(set(replies)) == 1 and COMPANY.name not in replies[0]

    def test_what_a_manager_who_was_put_out_invited_binds_nobody(self, world: World) -> None:
        admitted(world)
        token = self.invitation(world)
        with world.app.store.write() as session:
            from domain.people.authority import end

            end(session, session.scalars(select(Authority)).one(), "reviewer", "staff:1", world.now)
        world.say(token, openid=LI)
        assert "无效或已过期" in world.say("确认绑定", openid=LI)

    def test_a_colleague_goes_on_with_what_came_back(self, world: World) -> None:
        """王芳 is away: 李四 may handle the company's matters and mends it."""
        self.colleague_of_a_returned_one(world, "经办")
        assert "由我修改" in world.say("进度", openid=LI)
        assert "由您接着办" in world.say("1", openid=LI)
        assert "哪一项要改" in world.say("修改", openid=LI)
        assert applications(world)[-1].contact_id == contact_of(world, LI)
        assert "taken_over" in evidence(world)

    def test_who_may_only_look_mends_nothing(self, world: World) -> None:
        self.colleague_of_a_returned_one(world, "查询")
        assert "由我修改" not in world.say("进度", openid=LI)
        number = applications(world)[-1].id
        world.write(Kind.TEXT, "由我修改", f"cmd:take_over:{number}", openid=LI)
        assert applications(world)[-1].contact_id == contact_of(world, OPENID)

    def colleague_of_a_returned_one(self, world: World, level: str) -> None:
        """The company has a second account, whose application came back, and a colleague of 王芳's."""
        admitted(world)
        world.say(self.invitation(world, level), openid=LI)
        world.say("确认绑定", openid=LI)
        number = "0530010686818455"
        world.sources.accounts[number] = replace(ARCHIVE, number=number)
        for text in ("再登记一个户号", None, "没错，继续", number, "王芳"):
            world.photo() if text is None else world.say(text)
        world.now += timedelta(minutes=2)
        world.say(PHONE)
        world.say(world.code())
        world.say("确认提交")
        with world.app.store.write() as session:
            staff = session.scalars(select(Staff).where(Staff.login == "bureau")).one()
            newest = session.scalars(select(Application).order_by(Application.id.desc())).first()
            assert newest is not None
            review.send_back(session, newest, staff, "联系人信息有误", world.now)

    def test_the_manager_ends_a_colleagues_authority(self, world: World) -> None:
        admitted(world)
        world.say(self.invitation(world), openid=LI)
        world.say("确认绑定", openid=LI)
        assert "经办" in world.say("我的同事")
        assert "不能再代表" in world.say("1")
        assert "已解除" in world.say("确认解除")
        assert COMPANY.name not in world.say("进度", openid=LI)

    def test_who_does_not_manage_ends_nobody(self, world: World) -> None:
        admitted(world)
        world.say(self.invitation(world), openid=LI)
        world.say("确认绑定", openid=LI)
        with world.app.store.read() as session:
            mine = session.scalars(select(Authority).where(Authority.level == Level.MANAGE)).one().id
        assert "没有管理的单位" in (world.write(Kind.TEXT, "x", f"cmd:end_authority:{mine}", openid=LI) or "")

    def test_an_invitation_that_was_forged_from_somebody_elses_question_is_nothing(self, world: World) -> None:
        """A tap names a question; a question answers to its own contact alone."""
        admitted(world)
        world.say(self.invitation(world), openid=LI)
        for number in range(1, 12):
            world.write(Kind.TEXT, "是我，确认绑定", f"q:{number}:yes", openid=ZHAO)
        assert "还没有注册申请" in world.say("进度", openid=ZHAO)


class TestAStranger:
    """Who knows a company's name, code or account learns nothing about it, whichever way they come."""

    @pytest.mark.parametrize("text", [CODE, ACCOUNT, COMPANY.name, PHONE, "我的身份", "进度", "我的同事", "修改"])
    def test_learns_nothing_by_text(self, world: World, text: str) -> None:
        admitted(world)
        number = applications(world)[0].number or "?"
        world.rasa.taught[COMPANY.name] = _company(COMPANY.name)
        reply = world.say(text, openid=ZHAO)
        for known in ("王芳", PHONE, PHONE[-4:], number, "审核通过", "管理人：", "零售市场待", "待选择"):
            assert known not in reply, (known, reply)

    def test_learns_nothing_by_registering_the_same_account(self, world: World) -> None:
        """The problem says that there is an application, not whose it is."""
        admitted(world)
        for text in ("我要注册", None, "没错，继续", ACCOUNT, "赵六", NEW_PHONE):
            reply = world.photo(openid=ZHAO) if text is None else world.say(text, openid=ZHAO)
            assert "王芳" not in reply and PHONE[-4:] not in reply
        reply = world.say(world.code(), openid=ZHAO)
        assert "王芳" not in reply and PHONE[-4:] not in reply
        assert applications(world)[-1].stage == Stage.FILLING

    def test_learns_nothing_by_scanning_a_used_scene(self, world: World) -> None:
        admitted(world)
        token = TestWhoSpeaksForACompany().invitation(world)
        world.say(token, openid=LI)
        world.say("确认绑定", openid=LI)
        assert COMPANY.name not in (world.write(Kind.SCAN, token, openid=ZHAO) or "")

    def test_a_poster_is_no_invitation(self, world: World) -> None:
        assert "服务台" in (world.write(Kind.FOLLOW, "poster_1", openid=ZHAO) or "")


class TestStaffInChat:
    """A console login is bound to a WeChat by an invitation, a confirmation, and the phone on file."""

    def invited(self, world: World, phone: str | None) -> str:
        """An invitation for a handler of the bureau; its token."""
        staff_id = world.staff("zhang", Role.HANDLER, "053001")
        with world.app.store.write() as session:
            session.get_one(Staff, staff_id).phone = phone
            _, token = invitations.make(
                session,
                InvitationKind.STAFF,
                random=world.app.random,
                now=world.now,
                staff_id=staff_id,
                made_by=staff_id,
            )
        return token

    def test_without_a_phone_on_file_the_confirmation_is_enough(self, world: World) -> None:
        token = self.invited(world, None)
        assert "您是昆明供电局的zhang（经办人）吗" in (world.write(Kind.SCAN, token, openid=LI) or "")
        assert "绑定好了" in world.say("确认绑定", openid=LI)
        assert "经办人" in world.say("我的身份", openid=LI)
        assert "staff_bound" in evidence(world)

    def test_with_a_phone_on_file_its_code_is_wanted(self, world: World) -> None:
        token = self.invited(world, NEW_PHONE)
        world.write(Kind.SCAN, token, openid=LI)
        assert "验证码" in world.say("确认绑定", openid=LI)
        assert world.sms.sent[-1][0] == NEW_PHONE
        wrong = "111111" if world.code() != "111111" else "222222"
        assert "不对" in world.say(wrong, openid=LI)
        assert "绑定好了" in world.say(world.code(), openid=LI)

    def test_who_photographed_the_letter_gets_no_further_than_the_code(self, world: World) -> None:
        token = self.invited(world, NEW_PHONE)
        world.write(Kind.SCAN, token, openid=ZHAO)
        world.say("确认绑定", openid=ZHAO)
        for guess in ("000000", "111111", "222222", "333333", "444444", "555555"):
            world.say(guess, openid=ZHAO)
        with world.app.store.read() as session:
            assert session.scalars(select(Staff.contact_id)).all() == [None]


def _named(name: str):
    """Rasa's understanding of a sentence with a person's name in it."""
    from domain.dialogue.acts import Values

    return Values({"contact_name": name})


def _company(name: str):
    from domain.dialogue.acts import Values

    return Values({"name": name})


def _line(text: str, word: str) -> str:
    return next(line for line in text.split("\n") if "<a" in line and word in line)
