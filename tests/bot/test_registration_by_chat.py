"""An owner registers by chat: whatever the order, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.channels.base import Inbound, Kind, SendError
from domain import evidence
from domain.dialogue.acts import Command, Values
from domain.dialogue.wording import PHOTO_TROUBLES
from domain.registration.applications import Stage, current
from domain.registration.readings import Reading
from domain.sources.facts import AccountStatus, CompanyStatus
from domain.sources.lookups import Where
from tests.support import stores
from tests.support.tenants import newest
from tests.support.world import ACCOUNT, ARCHIVE, CODE, COMPANY, OPENID, PHONE, World, reading


def test_following_is_greeted_and_shows_what_to_do(world: World) -> None:
    assert "我要注册" in (world.write(Kind.FOLLOW) or "")


def test_a_photo_an_account_a_name_a_phone_and_a_code_are_enough(world: World) -> None:
    question = world.filled_in()
    assert "要提交吗" in question
    assert "630千伏安（来自营销系统）" in question
    assert "昆明供电局" in world.say("1")
    made = newest(world)
    assert made.stage == Stage.BUREAU_REVIEW
    assert made.number is not None
    assert made.bureau is not None
    assert made.bureau.name == "昆明供电局"
    assert any("已提交" in text for text in world.sms.texts())


def test_what_an_interface_knows_is_never_asked(world: World) -> None:
    """Name, address, capacity and bureau come from the sources; only six messages are the user's."""
    world.filled_in()
    assert newest(world).source("capacity_kva") == "marketing"
    assert newest(world).source("name") == "registry"


def test_everything_may_come_in_any_order(world: World) -> None:
    world.rasa.taught["我叫王芳"] = Values({"person_name": "王芳"})
    assert "记下了" in world.say(ACCOUNT)
    world.say(PHONE)
    world.say("我叫王芳")
    world.say(world.code())
    assert "请核对" in world.photo()
    assert "要提交吗" in world.say("没错，继续")


def test_several_values_in_one_message_are_all_taken(world: World) -> None:
    text = "户号0530010686818433，联系人王芳，电话13887654321"
    world.rasa.taught[text] = Values({"account_number": ACCOUNT, "person_name": "王芳", "phone": PHONE})
    world.say("我要注册")
    world.photo()
    world.say("1")
    assert "验证码" in world.say(text)


def test_a_question_in_between_is_answered_and_the_thread_resumed(world: World) -> None:
    world.rasa.taught["要多久？"] = Command("how_long")
    world.say("我要注册")
    world.photo()
    world.say("1")
    reply = world.say("要多久？")
    assert "2个工作日" in reply
    assert "请发16位户号" in reply


def test_a_difference_is_shown_and_the_user_decides(world: World) -> None:
    reply = world.photo(reading(legal_person="李国弓"))
    assert "照片读到“李国弓”，工商登记是“李国强”" in reply
    world.say("以工商登记为准")
    assert newest(world).value("legal_person") == "李国强"


def test_a_difference_may_be_decided_for_the_photo(world: World) -> None:
    world.photo(reading(legal_person="张新任"))
    world.say("以照片为准")
    assert newest(world).value("legal_person") == "张新任"


def test_a_misread_name_is_corrected_by_typing(world: World) -> None:
    """“法定代表人读错了一个字”: asked for the right one, then shown again."""
    world.sources.companies.clear()
    world.rasa.taught["法定代表人读错了一个字"] = Values(correcting=True, about="legal_person")
    world.photo(reading(legal_person="李国弓"))
    assert "请发正确的法定代表人" in world.say("法定代表人读错了一个字")
    assert "法定代表人：李国强" in world.say("李国强")


def test_a_wrong_value_is_refused_with_a_reason_and_nothing_is_lost(world: World) -> None:
    world.photo()
    world.say("1")
    assert "16位" in world.say("053001068681843")
    assert newest(world).value("name") == COMPANY.name
    assert "资料也查到了" in world.say(ACCOUNT)


def test_an_account_that_nobody_knows_is_not_taken(world: World) -> None:
    world.photo()
    world.say("1")
    assert "查不到户号" in world.say("0530019999999999")
    assert newest(world).value("account_number") is None


def test_another_companys_account_shows_nothing_of_it_and_cannot_be_submitted(world: World) -> None:
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, name="别家公司", uscc="91110000600037341L", address="别处")
    question = world.filled_in()
    assert "不是贵公司" in question
    assert "别家公司" not in question
    assert "别处" not in question
    assert "确认提交" not in question
    assert "不一致" in world.say("是我们公司的")
    assert newest(world).stage == Stage.FILLING


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"status": CompanyStatus.REVOKED}, "吊销"),
        ({"term": "2006-05-12至2016-05-11"}, "到期"),
    ],
)
def test_a_blocking_rule_says_problem_and_suggestion(world: World, changed: dict[str, str], told: str) -> None:
    world.sources.companies[CODE] = replace(COMPANY, **changed)
    question = world.filled_in()
    assert told in question
    assert "请" in question
    assert "确认提交" not in question


def test_a_closed_account_blocks(world: World) -> None:
    world.sources.accounts[ACCOUNT] = replace(ARCHIVE, status=AccountStatus.CLOSED)
    assert "已销户" in world.filled_in()


def test_an_account_cannot_be_registered_twice(world: World) -> None:
    world.filled_in()
    world.say("1")
    world.say("我要注册")
    world.say("1")
    world.photo()
    world.say("没错，继续")
    world.say(ACCOUNT)
    world.say("王芳")
    world.now = world.now.replace(hour=5)
    world.say(PHONE)
    assert "已有一份注册申请" in world.say(world.code())


def test_an_unsure_yes_submits_nothing(world: World) -> None:
    """Consent is never guessed: what Rasa takes for a yes shows the question again."""
    world.rasa.taught["嗯嗯应该可以吧"] = Command("affirm")
    world.filled_in()
    reply = world.say("嗯嗯应该可以吧")
    assert "为免误会" in reply
    assert newest(world).stage == Stage.FILLING


def test_a_number_means_what_was_shown_last(world: World) -> None:
    """After another list was shown, “1” no longer submits."""
    world.filled_in()
    world.say("进度")
    world.say("1")
    assert newest(world).stage == Stage.FILLING


def test_a_plain_request_cannot_submit(world: World) -> None:
    """Plain mode's signature does not cover the body: nothing with legal effect is accepted on it."""
    world.filled_in()
    assert world.write(Kind.TEXT, "确认提交", bound=False) is None
    world.wait(seconds=1)
    assert "没有经过加密校验" in world.wechat.texts[-1]
    assert newest(world).stage == Stage.FILLING
    world.say("确认提交")
    assert newest(world).stage == Stage.BUREAU_REVIEW


def test_the_consent_is_kept_with_the_text_as_shown(world: World) -> None:
    question = world.filled_in()
    world.say("确认提交。谢谢")
    with world.app.store.read() as session:
        rows = session.scalars(select(evidence.Evidence)).all()
        consent = next(row for row in rows if row.what == "consent")
        assert consent.data["typed"] == "确认提交。谢谢"
        assert consent.data["shown"] in question
        assert evidence.broken_at(session) is None


def test_a_changed_word_breaks_the_chain_of_evidence(world: World) -> None:
    world.filled_in()
    world.say("确认提交")
    with world.app.store.write() as session:
        row = session.scalars(select(evidence.Evidence)).first()
        assert row is not None
        row.data = {**row.data, "typed": "别的"}
    with world.app.store.read() as session:
        assert evidence.broken_at(session) == row.id


def test_cancelling_asks_first_and_keeps_what_was_filled_in(world: World) -> None:
    world.photo()
    assert "替您留着" in world.say("取消")
    world.say("先放着，以后继续")
    assert "接着上次" in world.say("我要注册")
    assert newest(world).value("name") == COMPANY.name


def test_deleting_a_draft_erases_its_values(world: World) -> None:
    world.photo()
    world.say("取消")
    world.say("删除这份申请")
    assert newest(world).stage == Stage.CANCELLED
    assert newest(world).values == []


def test_back_asks_the_step_before_again(world: World) -> None:
    world.photo()
    world.say("1")
    world.say(ACCOUNT)
    assert "请发正确的户号" in world.say("返回")
    assert "请问联系人" in world.say(ACCOUNT)


def test_restarting_asks_first(world: World) -> None:
    world.photo()
    assert "确定吗" in world.say("重来")
    assert "从头来" in world.say("清空重来")
    assert newest(world).value("name") is None


def test_a_draft_survives_days_and_a_restart(world: World) -> None:
    world.photo()
    world.say("1")
    world.wait(days=9)
    assert "16位户号" in world.say("我要注册")


@pytest.mark.parametrize("trouble", sorted(PHOTO_TROUBLES))
def test_a_photo_that_gives_nothing_gets_a_helpful_answer(world: World, trouble: str) -> None:
    assert PHOTO_TROUBLES[trouble] in world.photo(Reading(trouble=trouble))


def test_a_doubted_code_is_never_taken_silently(world: World) -> None:
    """The registry is asked by name; what it says is shown, and the code it knows counts."""
    reply = world.photo(reading(code=("91530112MAQJWYLF58", 0.6, ("check",))))
    assert "以工商登记为准" in reply
    world.say("以工商登记为准")
    assert newest(world).value("code") == CODE


def test_a_registry_that_is_down_stops_nobody_and_is_asked_again(world: World) -> None:
    world.sources.down = {Where.REGISTRY, Where.REGISTRY_NAME, Where.TIANYANCHA}
    assert "工商登记暂时连不上" in world.photo()
    assert newest(world).missing_facts == ["registry"]
    world.sources.down = set()
    from bot import jobs

    jobs.catch_up(world.app)
    assert newest(world).missing_facts == []
    assert newest(world).source("name") == "registry"


def test_tianyancha_answers_where_the_registry_is_down(world: World) -> None:
    world.sources.down = {Where.REGISTRY, Where.REGISTRY_NAME}
    assert "天眼查" in world.photo()


def test_a_marketing_system_that_is_down_stops_nobody(world: World) -> None:
    world.sources.down = {Where.MARKETING}
    world.filled_in()
    world.say("1")
    assert newest(world).stage == Stage.BUREAU_REVIEW
    assert newest(world).bureau is None
    world.sources.down = set()
    from bot import jobs

    jobs.catch_up(world.app)
    assert newest(world).bureau is not None


def test_a_wrong_code_is_told_with_the_tries_left_and_five_end_it(world: World) -> None:
    world.say("我要注册")
    world.say(PHONE)
    wrong = "000000" if world.code() != "000000" else "111111"
    with world.app.store.read() as session:
        assert current(session, 1) is not None
    replies = [world.say(wrong) for _ in range(5)]
    assert "还可以试4次" in replies[0]
    assert "次数也用完了" in replies[4]
    assert "验证通过" not in world.say(world.code())


def test_a_second_code_within_a_minute_is_refused_kindly(world: World) -> None:
    world.say("我要注册")
    world.say(PHONE)
    world.say("重发验证码")
    assert len(world.sms.sent) == 1
    world.wait(seconds=61)
    world.say("重发验证码")
    assert len(world.sms.sent) == 2


def test_the_code_leaves_nothing_readable_behind_once_it_was_sent(world: World) -> None:
    world.say("我要注册")
    world.say(PHONE)
    kept = stores.kept(world.database)
    assert b"wechat" in kept
    for secret in (world.code(), PHONE, CODE, "李国强"):
        assert secret.encode() not in kept


def test_a_wish_is_answered_while_rasa_is_down_and_again_when_it_is_back(world: World) -> None:
    world.rasa.taught["要多久？"] = Command("how_long")
    world.rasa.down = True
    assert "恢复后马上回复" in world.say("要多久？")
    world.wait(minutes=5)
    world.rasa.down = False
    world.wait(minutes=1)
    assert any("2个工作日" in text for text in world.wechat.texts)
    world.wait(minutes=1)
    assert len(world.wechat.texts) == 1


def test_exact_answers_and_photos_go_on_while_rasa_is_down(world: World) -> None:
    world.rasa.down = True
    world.rasa.taught["王芳"] = Values({"person_name": "王芳"})
    assert "请核对" in world.photo()
    assert "16位户号" in world.say("1")
    assert "联系人" in world.say(ACCOUNT)


@pytest.mark.parametrize(
    ("refused", "told"),
    [(SendError("40007", retry="never"), "gone"), (SendError("too_large", retry="never"), "too_large")],
)
def test_a_photo_that_wechat_does_not_hand_out_is_asked_for_again(world: World, refused: SendError, told: str) -> None:
    world.wechat.refuse = [refused]
    assert PHOTO_TROUBLES[told] in world.photo()


def test_a_photo_that_cannot_be_fetched_now_is_fetched_later(world: World) -> None:
    world.wechat.refuse = [SendError("-1", retry="soon")]
    world.receive(Inbound("wechat", "photo-1", OPENID, Kind.PHOTO, media_id="media-1"))
    world.wait(seconds=10)
    world.wait(seconds=10)
    assert any("请核对" in text for text in world.wechat.texts)


def test_an_answered_question_takes_no_second_answer(world: World) -> None:
    """A tap on an old message says what was answered, when and where, and changes nothing."""
    world.photo()
    world.write(Kind.TEXT, "没错，继续", "q:1:right")
    world.say(ACCOUNT)
    assert "11月23日 09:00已在微信里回复“没错，继续”" in (world.write(Kind.TEXT, "重拍一张", "q:1:retake") or "")
    assert newest(world).licence_confirmed


def test_nobody_can_answer_another_persons_question(world: World) -> None:
    world.filled_in()
    world.write(Kind.TEXT, "确认提交", "q:2:yes", openid="oOther0123456789012345678901")
    assert newest(world).stage == Stage.FILLING


def test_who_asks_by_sms_is_told_the_stage_by_sms(world: World) -> None:
    """The phone that was verified in WeChat is the same person's."""
    world.filled_in()
    world.say("确认提交")
    world.sms_in("进度")
    assert f"{COMPANY.name}：供电局审核" in world.sms.texts()[-1]


def test_rasa_is_told_what_was_asked_and_never_who_writes(world: World) -> None:
    """nlu/components reads `asking` in its own few words; the sender is a number."""
    world.photo()
    world.say("嗯")
    assert world.rasa.heard[-1]["asking"] == "confirm"
    world.say("没错，继续")
    world.say("什么是户号")
    assert world.rasa.heard[-1]["asking"] == "account_number"
    assert {heard["sender"] for heard in world.rasa.heard} == {"contact:1"}
