"""A whole registration by SMS alone: somebody who never opens WeChat, one phone, one code."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot import pages
from bot.channels.base import SendError
from bot.channels.sms.inbound import Report
from domain.dialogue.acts import Command
from domain.evidence import Evidence
from domain.messages import links
from domain.messages.messages import Option, OutboundMessage, Say
from domain.messages.sms_texts import written
from domain.people.codes import OneTimeCode
from domain.people.contacts import SMS, Address, address_of
from domain.people.staff import Role, Staff
from domain.questions.questions import Question
from domain.registration.applications import Application, Stage
from domain.review import review
from domain.review.returns import Point
from domain.sources.facts import CompanyStatus
from tests.support.console import newest
from tests.support.world import ACCOUNT, ARCHIVE, CODE, COMPANY, PHONE, World, approve_newest, reading

STRANGER = "13900001111"


def last(world: World) -> str:
    """The newest SMS on the phone."""
    return world.sms.texts()[-1]


def write(world: World, *texts: str) -> str:
    """The phone sends these, one after the other; the newest SMS that it got."""
    for text in texts:
        world.sms_in(text)
    return last(world)


def token(world: World) -> str:
    """The end of the newest link that was sent."""
    found = [match for text in world.sms.texts() for match in re.findall(r"/l/(\w+)", text)]
    return found[-1]


def send_photo(world: World, **changed: str) -> str:
    """Open the link and send a picture; the SMS that says what was read."""
    world.reader.next = reading(**changed)
    assert pages.keep_photo(world.app, token(world), b"a picture")
    world.work()
    return last(world)


def ready(world: World) -> str:
    """Everything is filled in; the question whether to submit."""
    write(world, "我要注册", CODE, "1", ACCOUNT, "王芳")
    return send_photo(world)


def submitted(world: World) -> str:
    """Handed in with one code."""
    ready(world)
    write(world, "1")
    return write(world, world.code())


def address(world: World) -> Address:
    with world.app.store.read() as session:
        return session.scalars(select(Address).where(Address.channel == SMS)).one()


def evidence(world: World, what: str) -> list[Evidence]:
    with world.app.store.read() as session:
        return list(session.scalars(select(Evidence).where(Evidence.what == what)))


def test_a_company_registers_by_sms_alone_with_one_code(world: World) -> None:
    """Code of the company, account, name; the photo by a link; the question; one code; the number of the order."""
    assert "18位统一社会信用代码" in write(world, "我要注册")
    assert f"{COMPANY.name}，代码{CODE}" in write(world, CODE)
    assert "16位户号" in write(world, "1")
    assert "联系人" in write(world, ACCOUNT)
    assert "营业执照照片" in write(world, "王芳")
    question = send_photo(world)
    assert f"提交{COMPANY.name}的注册申请吗" in question
    assert f"户号{ACCOUNT}，容量630千伏安" in question
    assert "1=确认提交" in question
    assert newest(world).stage == Stage.FILLING
    assert "验证码" in write(world, "1")
    assert newest(world).stage == Stage.FILLING
    write(world, world.code())
    application = newest(world)
    assert application.stage == Stage.BUREAU_REVIEW
    assert application.value("phone") == PHONE
    assert application.phone_verified_at is not None
    with world.app.store.read() as session:
        assert len(session.scalars(select(OneTimeCode)).all()) == 1
    assert any(str(application.number) in text for text in world.sms.texts())


def test_the_consent_keeps_what_the_sms_showed(world: World) -> None:
    """The essentials, the digit, the code's question; evidence as for a tap in WeChat."""
    submitted(world)
    (consent,) = evidence(world, "consent")
    assert consent.data["channel"] == "sms"
    assert COMPANY.name in str(consent.data) and ACCOUNT in str(consent.data)


def test_the_phone_that_writes_is_not_asked_for(world: World) -> None:
    """Nowhere in the talk is a phone number asked for, and none is shown whole."""
    submitted(world)
    assert not any("？。" in text or "。。" in text for text in world.sms.texts())
    assert not any("手机号" in text or PHONE in text for text in world.sms.texts())


def test_a_wrong_code_submits_nothing(world: World) -> None:
    """It says so, and the right one still counts."""
    ready(world)
    write(world, "1")
    wrong = f"{(int(world.code()) + 1) % 1_000_000:06d}"
    assert "验证码不对" in write(world, wrong)
    assert newest(world).stage == Stage.FILLING
    write(world, world.code())
    assert newest(world).stage == Stage.BUREAU_REVIEW


def test_nobody_elses_sms_submits(world: World) -> None:
    """A stranger's phone with the right code and the right answer changes nothing."""
    ready(world)
    write(world, "1")
    world.sms_in(world.code(), phone=STRANGER)
    world.sms_in("确认提交", phone=STRANGER)
    with world.app.store.read() as session:
        stages = [each.stage for each in session.scalars(select(Application))]
    assert Stage.BUREAU_REVIEW not in stages


def test_another_phone_needs_a_code_of_its_own(world: World) -> None:
    """Who gives another phone than the one that writes proves that one first."""
    write(world, "我要注册", CODE, "1", ACCOUNT, "王芳", STRANGER)
    assert "验证码" in last(world)
    assert newest(world).asking == "sms_code"
    with world.app.store.read() as session:
        assert session.scalars(select(Question).where(Question.purpose == "submit")).all() == []


def test_an_sms_person_corrects_a_value(world: World) -> None:
    """2 at the question, the field's digit, the new value, and the question again."""
    ready(world)
    listed = write(world, "2")
    place = re.search(r"(\d)=联系人", listed)
    assert place is not None, listed
    write(world, place.group(1))
    assert "李丽" in write(world, "李丽")
    assert newest(world).value("contact_name") == "李丽"
    assert newest(world).stage == Stage.FILLING


def test_a_bad_picture_brings_a_new_link(world: World) -> None:
    """The old one is used up; the SMS says what was wrong."""
    write(world, "我要注册")
    old = token(world)
    world.reader.next = reading().__class__(trouble="blurred")
    pages.keep_photo(world.app, old, b"a blurred picture")
    world.work()
    assert "糊" in last(world)
    assert token(world) != old
    assert COMPANY.name in send_photo(world)


def test_a_link_sends_one_picture(world: World) -> None:
    """A second use is refused, and its file is not kept."""
    write(world, "我要注册")
    used = token(world)
    assert pages.keep_photo(world.app, used, b"a picture")
    world.work()
    files = list(world.app.photos.folder.iterdir())
    assert not pages.keep_photo(world.app, used, b"another picture")
    assert list(world.app.photos.folder.iterdir()) == files


def test_the_word_link_sends_a_new_one(world: World) -> None:
    """For the photo while one is wanted; for the question once there is one; else for the progress."""
    write(world, "我要注册")
    first = token(world)
    assert "执照" in write(world, "链接")
    assert token(world) != first
    ready_text = send_photo(world)
    assert COMPANY.name in ready_text


@pytest.mark.parametrize(
    "word", ["TD", "td", "ＴＤ。", "T", "R", "N", "退订", "退订！", "回复TD", " 退 订 ", "退訂", "TD退订", "拒收"]
)
def test_a_stop_word_stops_notices_to_this_phone(world: World, word: str) -> None:
    """However it is written; it is answered once, and kept as evidence."""
    submitted(world)
    assert "已停止" in write(world, word)
    assert not address(world).notices
    assert address(world).stopped_by == "person"
    assert len(evidence(world, "notices_stopped")) == 1


@pytest.mark.parametrize("word", ["恢复通知", "订阅", "START", "start", "恢復通知。"])
def test_a_start_word_starts_them_again(world: World, word: str) -> None:
    submitted(world)
    write(world, "TD")
    assert "已恢复" in write(world, word)
    assert address(world).notices
    assert address(world).stopped_by == ""


@pytest.mark.parametrize("word", ["不要了吧", "TDS", "R1", "为什么退订不了", "通知"])
def test_other_words_stop_nothing(world: World, word: str) -> None:
    """Only the whole word counts."""
    submitted(world)
    write(world, word)
    assert address(world).notices


def test_who_stopped_gets_no_notice_but_answers_and_codes(world: World) -> None:
    """The approval is silent; a question is answered; a code that is asked for comes."""
    submitted(world)
    write(world, "TD")
    world.staff("zhao", Role.HANDLER, "053001")
    before = len(world.sms.sent)
    approve_newest(world, "zhao")
    assert len(world.sms.sent) == before
    assert "交易中心审核" in write(world, "进度")


def test_a_phone_that_the_platform_blocks_is_marked(world: World) -> None:
    """isv.CUSTOMER_REFUSED: the notice failed for good, and no further one is written to it."""
    submitted(world)
    world.staff("zhao", Role.HANDLER, "053001")
    world.sms.refuse = [SendError("isv.CUSTOMER_REFUSED", retry="never")]
    approve_newest(world, "zhao")
    assert not address(world).notices
    assert address(world).stopped_by == "provider"
    assert evidence(world, "notices_stopped")[0].data["word"] == "isv.CUSTOMER_REFUSED"


def test_a_phone_on_a_carriers_black_list_is_marked_by_the_report(world: World) -> None:
    """The refusal comes minutes later, with the delivery report."""
    submitted(world)
    world.desk.delivery(Report(f"biz-{len(world.sms.sent)}", PHONE, False, "MOBILE_IN_BLACK", "", None))
    assert address(world).stopped_by == "provider"


def test_the_first_sms_is_welcomed_whatever_it_says(world: World) -> None:
    """And led: two digits are enough to begin."""
    assert "电力市场注册" in write(world, "在吗？你们是谁")
    assert "18位统一社会信用代码" in write(world, "1")
    assert "没看懂" in write(world, "今天天气不错")


def test_progress_names_the_company_and_a_return_its_reason(world: World) -> None:
    submitted(world)
    assert f"{COMPANY.name}：供电局审核" in write(world, "进度")


def returned(world: World, *points: Point) -> str:
    """Handed in and sent back by the bureau; the SMS that says so."""
    submitted(world)
    staff_id = world.staff("zhao", Role.HANDLER, "053001")
    world.wait(minutes=1)
    with world.app.store.write() as session:
        review.send_back(
            session, session.get_one(Application, 1), session.get_one(Staff, staff_id), list(points), world.now
        )
    world.wait(minutes=1)
    return last(world)


def test_a_return_with_several_reasons_asks_for_the_next_one_within_the_sms(world: World) -> None:
    """However much was found wrong: what is asked, and why, is read without opening a page; the list is a page away."""
    told = returned(
        world,
        Point("法定代表人与工商登记不同（登记为 李国强）。", "请核对，改好后重新提交。"),
        Point("这些内容以用户所说为准，与接口查到的不同：法定代表人。", "请核对，改好后重新提交。"),
        Point("法定代表人与工商登记不一致，请核对", field="legal_person"),
        Point("联系人写得不全", field="contact_name"),
    )
    assert "（共4处）" in told and "回复“进度”看全部" in told
    asked = write(world, "修改")
    assert "有4处要改" in asked
    assert "法定代表人与工商登记不一致" in asked
    assert "请发正确的法定代表人" in asked
    assert "/l/" not in asked
    everything = write(world, "进度")
    assert "/l/" in everything
    write(world, "修改")
    asked = write(world, "李国强")
    assert "联系人写得不全" in asked and "请发正确的联系人" in asked
    assert newest(world).value("legal_person") == "李国强"
    assert "王芳" in asked
    assert "提交" in write(world, "王小芳")
    assert newest(world).stage == Stage.RETURNED


def test_a_return_for_one_reason_says_it_once(world: World) -> None:
    returned(world, Point("联系人写得不全", field="contact_name"))
    asked = write(world, "修改")
    assert asked.count("联系人写得不全") == 1
    assert "请发正确的联系人" in asked


def test_contracts_help_and_staff_have_honest_answers(world: World) -> None:
    """What is not there yet is said; what is there is offered."""
    world.rasa.taught["你好"] = Command("greet")
    write(world, "你好")
    assert "审核通过" in write(world, "合同")
    assert "我要注册" in write(world, "帮助")
    assert "人工" in write(world, "人工")


def test_every_sms_says_how_many_were_charged(world: World) -> None:
    """Segments with the signature, on every row that was sent."""
    submitted(world)
    with world.app.store.read() as session:
        rows = list(session.scalars(select(OutboundMessage).where(OutboundMessage.via == "sms")))
    assert rows and all(1 <= row.segments <= 4 for row in rows)


LONG_NAME = "云南滇星" + "机械电子化工建材农业科技" * 12 + "集团有限公司"


def test_a_question_that_an_sms_cannot_show_whole_is_answered_on_its_page(world: World) -> None:
    """The digit alone submits nothing: who has not seen it all has not agreed to it."""
    world.sources.companies[CODE] = replace(COMPANY, name=LONG_NAME)
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, name=LONG_NAME)
    write(world, "我要注册", CODE, "1", ACCOUNT, "王芳")
    question = send_photo(world, name=LONG_NAME)
    if newest(world).asking != "submit":
        question = write(world, "没错")
    assert "请在页面上核对后答复" in question
    codes = len([name for _, name, _ in world.sms.sent if name == "confirm_code"])
    write(world, "1")
    write(world, "确认提交")
    assert [name for _, name, _ in world.sms.sent].count("confirm_code") == codes
    assert newest(world).stage == Stage.FILLING


def test_a_difference_between_photo_and_register_is_shown_whole(world: World) -> None:
    """By SMS where it fits, both sides of each; nobody decides on half a sentence."""
    write(world, "我要注册")
    text = send_photo(world, legal_person="李建国")
    assert "照片读到“李建国”，工商登记是“李国强”" in text.replace("；", "，")
    assert "1=以工商登记为准" in text and "2=以照片为准" in text


def test_a_company_that_cannot_register_hears_why_before_anything_else(world: World) -> None:
    """Its name alone would fill the SMS, and the reason would be a page away."""
    name = "云南省保山市西南联创冶金新材料科技有限公司"
    world.sources.companies[CODE] = replace(COMPANY, name=name, status=CompanyStatus.REVOKED)
    write(world, "我要注册")
    assert "吊销" in send_photo(world, name=name)


def test_an_answer_that_is_too_long_is_read_whole_behind_a_link(world: World) -> None:
    """The SMS says so; the page has all of it, with the digits."""
    with world.app.store.write() as session:
        phone = address_of(session, SMS, PHONE, world.now)
        say = Say("很长的一句话，" * 40 + "到此为止。", [Option("好的", "cmd:help")])
        sms = written(session, phone, say, world.app.random, world.now).sms
        assert sms is not None
        link = links.find(session, str(sms["params"]["token"]), world.now)
    assert "全文在页面上" in str(sms["params"])
    assert link is not None and link.text is not None
    assert link.text.endswith("到此为止。\n请在短信里回复数字：\n1. 好的")
