"""People who do not answer what was asked, send the wrong thing, change their mind, or come by SMS."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.channels.base import Kind
from domain.dialogue.acts import Command, Values
from domain.people.staff import Role
from domain.registration.applications import Application, Stage
from domain.registration.readings import Reading
from domain.sources.facts import AccountStatus, CompanyStatus
from tests.support.tenants import newest
from tests.support.world import ACCOUNT, ARCHIVE, CODE, COMPANY, PHONE, World, approve_newest, reading

OTHER_CODE = "915303817875251414"
OTHER = replace(
    COMPANY, uscc=OTHER_CODE, old_number="530381251851963", name="宣威市鑫源水泥有限公司", legal_person="徐家贵"
)
SOMEBODY = "oOther0123456789012345678901"


def how_many(world: World) -> int:
    """How many applications there are."""
    with world.app.store.read() as session:
        return session.scalar(select(func.count()).select_from(Application)) or 0


def test_a_number_after_going_back_submits_nothing(world: World) -> None:
    """返回 leaves the last question; the “1” that meant 确认提交 under it must not submit any more."""
    world.filled_in()
    assert "请发正确的" in world.say("返回")
    world.say("1")
    assert newest(world).stage == Stage.FILLING


def test_the_words_of_a_question_that_was_left_do_nothing(world: World) -> None:
    world.filled_in()
    world.say("返回")
    world.say("确认提交")
    assert newest(world).stage == Stage.FILLING


@pytest.mark.parametrize("leave", ["1", "不改了"])
def test_who_is_asked_for_a_right_value_can_leave_it(world: World, leave: str) -> None:
    world.photo()
    world.say("1")
    world.say(ACCOUNT)
    assert "不改了" in world.say("返回")
    assert "请问联系人" in world.say(leave)
    assert newest(world).value("account_number") == ACCOUNT


def test_the_words_for_leaving_are_no_name(world: World) -> None:
    world.photo()
    world.rasa.taught["名称不对"] = Values(correcting=True, about="name")
    world.say("名称不对")
    assert COMPANY.name in world.say("不改了")
    world.say("名称不对")
    assert "全称" in world.say("没有")
    assert newest(world).value("name") == COMPANY.name


def test_what_was_typed_for_one_company_is_not_mixed_with_another_ones_photo(world: World) -> None:
    world.sources.companies[OTHER_CODE] = OTHER
    world.say(CODE)
    reply = world.photo(reading(code=OTHER_CODE, name=OTHER.name, legal_person="徐家贵"))
    assert f"统一社会信用代码：{OTHER_CODE}" in reply
    assert "另一家单位" in reply
    assert f"统一社会信用代码：{CODE}" in world.say(CODE)


def test_what_was_corrected_by_typing_outlives_a_better_photo_of_the_same_company(world: World) -> None:
    world.photo(reading(legal_person="李国弓"))
    world.rasa.taught["法人是张新任"] = Values({"person_name": "张新任"}, text="法人是张新任")
    world.say("法人是张新任")
    assert "法定代表人：张新任" in world.photo()


def test_going_on_after_thinking_of_cancelling_forgets_that_question(world: World) -> None:
    world.say("我要注册")
    world.say("取消")
    world.say("我要注册")
    assert "先放着" not in world.say("哎呀")
    world.say("1")
    assert not newest(world).paused


@pytest.mark.parametrize("asked", ["停电了", "帮助", "你好"])
def test_one_answer_has_one_list_of_numbers(world: World, asked: str) -> None:
    """What is asked in the middle is answered without options of its own: two lists would both begin with 1."""
    world.rasa.taught |= {"停电了": Command("out_of_scope"), "你好": Command("greet")}
    world.photo()
    assert world.say(asked).count("1. ") == 1
    assert (world.write(Kind.VOICE) or "").count("1. ") == 1


def test_the_legal_persons_name_is_not_taken_for_the_contacts(world: World) -> None:
    world.photo()
    world.rasa.taught["法人是李国弓"] = Values({"person_name": "李国弓"}, text="法人是李国弓")
    assert "法定代表人：李国弓" in world.say("法人是李国弓")
    world.rasa.taught["不对，是李国强"] = Values({"person_name": "李国强"}, correcting=True, text="不对，是李国强")
    assert "法定代表人：李国强" in world.say("不对，是李国强")
    assert newest(world).value("contact_name") is None


def test_the_contact_may_be_the_legal_person(world: World) -> None:
    world.photo()
    world.say("1")
    world.say(ACCOUNT)
    world.rasa.taught["法人李国强"] = Values({"person_name": "李国强"}, text="法人李国强")
    world.say("法人李国强")
    assert newest(world).value("contact_name") == "李国强"


def test_nobody_is_asked_for_a_code_that_was_not_sent(world: World) -> None:
    """Another phone within the minute gets no code yet, and one that has expired is not asked for again."""
    world.photo()
    world.say("1")
    world.say(ACCOUNT)
    world.say("王芳")
    world.say(PHONE)
    reply = world.say("13700001111")
    assert "太频繁" in reply
    assert "收到的6位" not in reply
    assert "重发验证码" in reply
    world.wait(seconds=61)
    assert "收到的6位" in world.say("重发验证码")
    world.wait(minutes=6)
    reply = world.say(world.code())
    assert "已过期" in reply
    assert "收到的6位" not in reply


@pytest.mark.parametrize("said", ["联系人写错了，是王方", "住所错了", "13700001111"])
def test_a_correction_after_submission_changes_and_begins_nothing(world: World, said: str) -> None:
    world.rasa.taught["联系人写错了，是王方"] = Values({"person_name": "王方"}, correcting=True)
    world.rasa.taught["住所错了"] = Values(correcting=True, about="address")
    world.filled_in()
    world.say("确认提交")
    assert "不能直接改" in world.say(said)
    assert how_many(world) == 1
    assert len([name for _, name, _ in world.sms.sent if name == "code"]) == 1


def test_another_registration_is_announced_as_one(world: World) -> None:
    world.filled_in()
    world.say("确认提交")
    assert "新的一份" in world.photo()
    assert how_many(world) == 2


def test_a_registered_account_is_told_at_once(world: World) -> None:
    world.filled_in()
    world.say("确认提交")
    world.photo(openid=SOMEBODY)
    world.say("1", openid=SOMEBODY)
    for _ in range(2):
        assert "已有一份注册申请" in world.say(ACCOUNT, openid=SOMEBODY)


def test_another_companys_account_is_told_at_once_and_shows_nothing_of_it(world: World) -> None:
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, name="别家公司", uscc="91110000600037341L", address="别处")
    world.photo()
    world.say("1")
    reply = world.say(ACCOUNT)
    assert reply.count("不是贵公司") == 1
    assert "别家公司" not in reply
    assert "别处" not in reply


def test_the_same_licence_again_needs_no_second_look(world: World) -> None:
    world.photo()
    world.say("1")
    reply = world.photo()
    assert "一致" in reply
    assert "16位户号" in reply


def test_a_licence_that_says_something_else_is_looked_at_again(world: World) -> None:
    world.photo()
    world.say("1")
    assert "请您定" in world.photo(reading(legal_person="张新任"))


def test_another_companys_photo_is_called_one(world: World) -> None:
    world.sources.companies[OTHER_CODE] = OTHER
    world.photo()
    world.say("1")
    reply = world.photo(reading(code=OTHER_CODE, name=OTHER.name, legal_person="徐家贵"))
    assert "另一家单位" in reply
    assert f"名称：{OTHER.name}" in reply


def test_a_useless_photo_after_the_licence_disturbs_nothing(world: World) -> None:
    """Three pictures at once: the electricity bill among them is no reason to ask for the licence again."""
    world.photo()
    reply = world.photo(Reading(trouble="no_licence"))
    assert "不受影响" in reply
    assert "1. " in reply
    assert "户号" in world.say("1")


def test_an_old_number_that_the_registry_knows_is_no_difference(world: World) -> None:
    world.sources.companies = {OTHER_CODE: OTHER, OTHER.old_number: OTHER}
    reply = world.photo(reading(code=OTHER.old_number, name=OTHER.name, legal_person="徐家贵"))
    assert "请您定" not in reply
    assert OTHER_CODE in reply


def test_a_licence_without_a_code_is_not_confirmed_but_asked_for_it(world: World) -> None:
    world.sources.companies.clear()
    reply = world.photo(reading(code=""))
    assert "没错" not in reply
    assert "18位" in reply
    world.sources.companies[CODE] = COMPANY
    assert f"统一社会信用代码：{CODE}" in world.say(CODE)


@pytest.mark.parametrize("title", ["经营者", "负责人"])
def test_a_licence_is_shown_in_its_own_words(world: World, title: str) -> None:
    world.sources.companies[CODE] = replace(COMPANY, legal_person_title=title)
    assert f"{title}：李国强" in world.photo()
    assert title in world.say("2")


def test_whoever_comes_by_sms_reads_the_question(world: World) -> None:
    world.sms_in("我要注册")
    assert "18位" in world.sms.texts()[-1]
    world.sms_in(CODE)
    assert COMPANY.name in world.sms.texts()[-1]
    world.sms_in("1")
    world.sms_in("05300106868184")
    assert "16位" in world.sms.texts()[-1]
    world.sms_in(ACCOUNT)
    assert "联系人叫什么" in world.sms.texts()[-1]
    assert not any("。。" in text for text in world.sms.texts())


def test_what_was_not_shown_by_sms_is_not_submitted_by_sms(world: World) -> None:
    """The consent is to a text: it was shown in WeChat, so the SMS shows it first."""
    world.filled_in()
    world.sms_in("确认提交")
    assert COMPANY.name in world.sms.texts()[-1]
    assert newest(world).stage == Stage.FILLING
    world.say("确认提交")
    assert newest(world).stage == Stage.BUREAU_REVIEW


def test_a_closed_account_and_a_revoked_company_are_told_as_soon_as_they_are_known(world: World) -> None:
    world.sources.companies[CODE] = replace(COMPANY, status=CompanyStatus.REVOKED)
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, status=AccountStatus.CLOSED)
    assert "吊销" in world.photo()
    world.say("1")
    assert "已销户" in world.say(ACCOUNT)


def test_an_account_changed_at_the_end_is_judged_before_submission_is_offered(world: World) -> None:
    closed = replace(ARCHIVE, number="0530018971360050", status=AccountStatus.CLOSED)
    world.sources.accounts[closed.number] = closed
    world.filled_in()
    reply = world.say(closed.number)
    assert "已销户" in reply
    assert "确认提交" not in reply


def test_who_chose_wholesale_is_told_what_to_do_next(world: World) -> None:
    world.staff("handler", Role.HANDLER, "053001")
    world.staff("reviewer", Role.REVIEWER)
    world.filled_in()
    world.say("确认提交")
    approve_newest(world, "handler")
    approve_newest(world, "reviewer")
    world.say("进度")
    world.say("1")
    assert "办理数字证书" in world.say("批发市场")
    assert "请到交易中心" in world.say("进度")


def test_a_yes_where_a_value_is_wanted_is_not_sent_to_numbers_that_are_not_there(world: World) -> None:
    world.rasa.taught["嗯嗯"] = Command("affirm")
    world.say("我要注册")
    reply = world.say("嗯嗯")
    assert "数字" not in reply
    assert "营业执照" in reply


def test_a_picture_of_something_else_is_no_licence_photo(world: World) -> None:
    """The code is typed and a food permit is sent: the licence's photo is still asked for."""
    world.say(CODE)
    world.say("没错，继续")
    world.photo(Reading(trouble="other_document"))
    world.say(ACCOUNT)
    world.say("王芳")
    world.say(PHONE)
    assert "还差一张营业执照照片" in world.say(world.code())


@pytest.mark.parametrize("said", ["名字写普文山，电话13887654321", "电话13887654321", "打老板电话13887654321"])
def test_words_in_front_of_a_phone_are_no_name(world: World, said: str) -> None:
    """What is more than a name and a phone is understanding's to read: “电话” is nobody's name."""
    world.photo()
    world.say("1")
    world.say(ACCOUNT)
    world.rasa.taught[said] = Values({"phone": PHONE}, text=said)
    world.say(said)
    assert newest(world).value("contact_name") is None
    assert newest(world).value("phone") == PHONE
