"""Tenants and payers register by chat: asked in words people use, papers in any order, the other parties told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.dialogue.acts import Command
from domain.evidence import Evidence
from domain.people.staff import Role, Staff
from domain.registration.applications import Application, Photo, Source, Stage, put
from domain.registration.kinds import PartyRole
from domain.registration.kinds_chosen import settle
from domain.registration.parties import owe
from domain.registration.parties import party as row_of
from domain.registration.readings import Reading
from domain.settings import SettingValue
from domain.sources.facts import AccountStatus
from tests.support.tenants import (
    OWNER,
    OWNERS_PHONE,
    TENANT,
    TENANTS_PHONE,
    identity,
    known_to_the_desk,
    lease,
    letter,
    newest,
    owned_by_another,
    party,
    reached,
    tenant_ready,
    tenant_submitted,
)
from tests.support.world import ACCOUNT, COMPANY, PHONE, World, reading

SHOWN_OWNER = "安宁***有限公司"


def photos(world: World) -> list[tuple[str, str]]:
    """The kinds and parties of all pictures, oldest first."""
    with world.app.store.read() as session:
        return [(each.kind, each.party) for each in session.scalars(select(Photo).order_by(Photo.id))]


def test_an_owner_is_asked_nothing_about_the_kind(world: World) -> None:
    assert "要提交吗" in world.filled_in()
    assert newest(world).kind == "owner"


def test_whose_meter_it_is_is_asked_in_words_people_use_and_shows_only_part_of_the_name(world: World) -> None:
    question = known_to_the_desk(world)
    assert f"登记在“{SHOWN_OWNER}”名下，不是贵公司。您是租用他们的场地吗？" in question
    assert "租来的，我们自己用电" in question
    assert OWNER.name not in question


def test_who_does_not_know_is_told_what_each_answer_means(world: World) -> None:
    known_to_the_desk(world)
    reply = world.say("不清楚")
    assert "场地是别人的，电是贵公司在用" in reply
    assert "联系人" in world.say("租来的")


def test_a_tenant_registers_whole(world: World) -> None:
    known_to_the_desk(world)
    assert "按租户办理" in world.say("租来的，我们自己用电")
    assert "租赁协议" in reached(world)
    read = world.photo(lease())
    assert "租期至2029年2月28日，双方盖章：有，双方签字：有" in read
    assert f"“{OWNER.name}”出的授权委托书" in read
    assert "那边联系谁" in world.photo(letter())
    question = world.say(f"张伟 {OWNERS_PHONE}")
    assert "身份：租户" in question
    assert f"产权人：{OWNER.name}（来自营销系统），张伟135****2086（您填写）" in question
    assert "受托方昆明滇星机械制造有限公司" in question
    assert OWNERS_PHONE not in question
    assert "已提交" in world.say("确认提交")
    made = newest(world)
    assert (made.stage, made.kind, made.value("owner_name")) == (Stage.BUREAU_REVIEW, "tenant", OWNER.name)
    assert photos(world) == [("licence", ""), ("lease", ""), ("letter", "owner")]


def test_a_payer_registers_whole_and_the_lease_names_the_tenant(world: World) -> None:
    known_to_the_desk(world)
    world.say("我们只代缴电费")
    assert "产权人和租户签的租赁协议" in reached(world)
    world.photo(lease(lessee=TENANT.name))
    world.photo(letter(grantor=TENANT.name))
    assert "租户“玉溪市红塔区杨记木材加工坊”那边联系谁" in world.photo(letter())
    assert "产权人“安宁市宏达铸造有限公司”那边联系谁" in world.say(f"杨春梅{TENANTS_PHONE}")
    question = world.say(f"张伟，{OWNERS_PHONE}")
    assert f"租户：{TENANT.name}（照片识别），杨春梅139****2345" in question
    assert "已提交" in world.say("确认提交")
    assert photos(world)[1:] == [("lease", ""), ("letter", "tenant"), ("letter", "owner")]


def test_a_payer_without_a_readable_lease_names_the_tenant_by_its_code(world: World) -> None:
    known_to_the_desk(world)
    world.say("代缴")
    reached(world)
    world.photo(lease(lessee=""))
    world.photo(letter())
    assert "租户的单位全称，或18位" in world.photo(letter(grantor=TENANT.name))
    reply = world.say(TENANT.uscc)
    assert f"租户是{TENANT.name}（工商登记）" in reply
    assert newest(world).value("code") == COMPANY.uscc


def test_a_letter_that_names_nobody_plainly_is_asked_about(world: World) -> None:
    known_to_the_desk(world)
    world.say("代缴")
    reached(world)
    world.photo(lease(lessee=TENANT.name))
    assert "这张委托书是谁出的" in world.photo(letter(grantor="另一家公司"))
    assert "记作租户的授权委托书" in world.say("租户")
    assert photos(world)[-1] == ("letter", "tenant")


def test_papers_may_come_before_anything_else(world: World) -> None:
    """A letter sent where a licence is wanted is kept, and used when it is its turn."""
    owned_by_another(world)
    assert "授权委托书收到了" in world.photo(letter())
    assert "租赁协议收到了" in world.photo(lease())
    world.photo()
    world.say("1")
    world.say(ACCOUNT)
    world.say("租来的")
    assert "那边联系谁" in reached(world)
    assert photos(world) == [("letter", "owner"), ("lease", ""), ("licence", "")]


def test_a_licence_where_a_lease_is_wanted_changes_nothing(world: World) -> None:
    known_to_the_desk(world)
    world.say("租来的")
    reached(world)
    reply = world.photo()
    assert "一致" in reply
    assert "租赁协议" in reply


def test_the_owners_licence_does_not_become_the_tenants(world: World) -> None:
    tenant_ready(world)
    reply = world.photo(reading(name=OWNER.name, code=OWNER.uscc))
    assert "这是产权人安宁市宏达铸造有限公司的执照" in reply
    assert newest(world).value("name") == COMPANY.name
    assert photos(world)[-1] == ("licence", "owner")


def test_who_says_that_they_rent_needs_no_account_first(world: World) -> None:
    owned_by_another(world)
    assert "按租户办理" in world.say("我们是租的")
    world.photo()
    world.say("1")
    assert "联系人" in world.say(ACCOUNT)
    assert newest(world).kind == "tenant"


def test_a_tenant_of_their_own_meter_is_its_owner(world: World) -> None:
    world.say("租户")
    world.photo()
    world.say("1")
    assert "按产权人办理" in world.say(ACCOUNT)
    assert newest(world).kind == "owner"


def test_the_kind_is_changed_and_everything_is_kept(world: World) -> None:
    tenant_ready(world)
    reply = world.say("代缴")
    assert "按缴费人办理" in reply
    made = newest(world)
    assert (made.kind, made.value("owner_contact"), len(made.photos)) == ("payer", "张伟", 3)
    assert "要提交吗" in world.say("租户")


def test_a_question_about_renting_is_answered_before_anything_is_begun(world: World) -> None:
    world.rasa.taught["厂房是租的能办吗"] = Command("tenant_or_payer")
    assert "都能在这里注册" in world.say("厂房是租的能办吗")


def test_a_wrong_account_is_changed_and_asked_about_anew(world: World) -> None:
    known_to_the_desk(world)
    assert "请发正确的户号" in world.say("户号发错了")
    world.sources.accounts["0530018971360050"] = world.sources.accounts[ACCOUNT]
    assert "您是租用他们的场地吗" in world.say("0530018971360050")


def test_what_was_read_wrongly_is_corrected_and_a_reviewer_sees_that_it_was(world: World) -> None:
    known_to_the_desk(world)
    world.say("租来的")
    reached(world)
    world.photo(lease(valid_to="2020-02-28"))
    assert "哪里读得不对" in world.say("读得不对")
    assert "请发正确的租期至" in world.say("租期至")
    assert "请发日期" in world.say("好像不对")
    assert "租期至2029年2月28日" in world.say("2029年2月28日")
    with world.app.store.read() as session:
        kept = session.scalars(select(Evidence).where(Evidence.what == "paper_corrected")).one()
        assert kept.data["typed"] == "2029-02-28"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("2027年2月30号", "2027年2月没有30日，只有28天"),
        ("2027年13月1日", "没有13月，月份是1到12"),
        ("二〇二七年四月三十一日", "2027年4月没有31日，只有30天"),
        ("20271301", "没有13月"),
        ("明年4月31日", "4月没有31日，只有30天"),
        ("32号", "没有32日，一个月最多31天"),
        ("27年12月31日", "年份没有写全，请写四位"),
        ("不记得", "这里要填日期"),
    ],
)
def test_a_day_that_there_is_not_is_refused_with_the_reason_and_an_example(
    world: World, typed: str, reason: str
) -> None:
    """And it is still being asked for: the right day is taken next, also with Chinese numbers."""
    known_to_the_desk(world)
    world.say("租来的")
    reached(world)
    world.photo(lease(valid_to="2020-02-28"))
    world.say("读得不对")
    world.say("租期至")
    said = world.say(typed)
    assert reason in said and "请发日期，例如：2027年12月31日" in said
    assert "租期至2029年12月31日" in world.say("二〇二九年十二月三十一号")


def test_a_named_agents_identity_card_is_asked_for_and_shown_masked(world: World) -> None:
    known_to_the_desk(world)
    world.say("租来的")
    reached(world)
    world.photo(lease())
    assert "请拍王芳的身份证" in world.photo(letter(grantee="王芳"))
    reply = world.photo(identity())
    assert "530***********8015" in reply
    assert "530102199003078015" not in reply


def test_a_blurred_paper_is_told_as_the_paper_that_is_wanted(world: World) -> None:
    known_to_the_desk(world)
    world.say("租来的")
    reached(world)
    assert "没有认出租赁协议" in world.photo(Reading(trouble="other_document"))


def test_a_paper_that_may_come_later_is_put_off_and_said_until_when(world: World) -> None:
    known_to_the_desk(world)
    world.say("租来的")
    reached(world)
    world.photo(lease())
    reply = world.say("以后补")
    assert "产权人的授权委托书先不传" in reply
    assert "前（含当天）补齐" in reply
    question = world.say(f"张伟 {OWNERS_PHONE}")
    assert "产权人的授权委托书：以后补" in question
    assert "还缺：产权人的授权委托书" in question
    assert "还差" in world.say("确认提交")


def test_of_two_papers_one_must_be_there(world: World) -> None:
    known_to_the_desk(world)
    world.say("租来的")
    reached(world)
    assert "租赁协议先不传" in world.say("以后补")
    assert "两份至少要有一份" in world.say("以后补")


def test_what_is_wrong_with_a_paper_is_told_when_it_comes(world: World) -> None:
    known_to_the_desk(world)
    world.say("租来的")
    reached(world)
    assert "已于 2020-02-28 到期" in world.photo(lease(valid_to="2020-02-28"))


def test_what_was_put_off_is_handed_in_by_a_photo_at_any_time(world: World) -> None:
    test_a_paper_that_may_come_later_is_put_off_and_said_until_when(world)
    assert "产权人的授权委托书" in world.say("还差什么")
    assert "容缺受理，还差" in world.say("进度")
    reply = world.photo(letter())
    assert "读到产权人的授权委托书" in reply
    assert "还差：" not in world.say("进度")
    assert newest(world).stage == Stage.BUREAU_REVIEW


def test_a_letter_when_nothing_is_owed_is_asked_for_which_application(world: World) -> None:
    tenant_submitted(world)
    reply = world.photo(letter())
    assert "您想用在哪一份申请" in reply
    assert "审核时能看到" in world.say("1")


def test_a_closed_account_stops_the_questions_and_keeps_what_was_said(world: World) -> None:
    owned_by_another(world)
    world.sources.accounts[ACCOUNT] = replace(world.sources.accounts[ACCOUNT], status=AccountStatus.CLOSED)
    world.say("我要注册")
    world.photo()
    world.say("1")
    world.say(ACCOUNT)
    reply = world.say("租来的")
    assert "已销户" in reply
    assert "换一个户号" in reply
    assert "联系人叫什么" not in reply
    assert newest(world).value("name") == COMPANY.name
    assert "请发正确的户号" in world.say("换一个户号")


def test_the_owner_is_told_once_with_company_names_only(world: World) -> None:
    tenant_submitted(world)
    world.wait(minutes=2)
    told = [(phone, params) for phone, name, params in world.sms.sent if name == "party_told"]
    assert len(told) == 1
    phone, params = told[0]
    assert phone == OWNERS_PHONE
    assert params["company"] == COMPANY.name
    assert params["tail"] == ACCOUNT[-4:]
    said = world.sms.texts()[[name for _, name, _ in world.sms.sent].index("party_told")]
    for secret in ("王芳", "张伟", PHONE, ACCOUNT):
        assert secret not in said
    with world.app.store.read() as session:
        kept = session.scalars(select(Evidence).where(Evidence.what == "party_told")).one()
        assert (kept.data["phone"], kept.data["role"]) == ("135****2086", "owner")


def test_another_owner_is_not_told_on_the_phone_of_the_one_before(world: World) -> None:
    """What was said of the owner's contact was said of another company."""
    tenant_ready(world)
    with world.app.store.write() as session:
        application = session.scalars(select(Application)).one()
        assert application.value("owner_phone") == OWNERS_PHONE
        account = {**(application.facts or {})["account"], "name": "昆明盘龙置业有限公司", "uscc": ""}
        application.facts = {**(application.facts or {}), "account": account}
        settle(session, application, world.now)
        named = [application.value(f"owner_{name}") for name in ("name", "contact", "phone")]
    assert named == ["昆明盘龙置业有限公司", None, None]


def test_an_objection_is_kept_and_told_to_who_reviews_and_who_applies(world: World) -> None:
    handler = world.staff("zhou", Role.HANDLER, bureau="053001")
    with world.app.store.write() as session:
        session.get_one(Staff, handler).phone = "13988880000"
    elsewhere = world.staff("wu", Role.HANDLER, bureau="053002")
    with world.app.store.write() as session:
        session.get_one(Staff, elsewhere).phone = "13988880002"
    made = tenant_submitted(world)
    world.sms_in("有异议", phone=OWNERS_PHONE)
    world.wait(seconds=20)
    assert any("异议已记下" in text for text in world.sms.texts())
    assert party(world, "owner").objected_at is not None
    assert any("产权人对您的注册申请有异议" in text for text in world.sms.texts())
    assert any(f"{made.number}的产权人有异议" in text for text in world.sms.texts())
    assert "13988880002" not in [phone for phone, _, _ in world.sms.sent], "another bureau has no business with it"
    with world.app.store.read() as session:
        kept = session.scalars(select(Evidence).where(Evidence.what == "party_objected")).one()
        assert "租用贵公司的场地用电" in kept.data["shown"]


def test_a_confirmation_changes_nothing_and_a_late_objection_still_counts(world: World) -> None:
    tenant_submitted(world)
    world.sms_in("知道了", phone=OWNERS_PHONE)
    assert party(world, "owner").answer == "known"
    assert party(world, "owner").objected_at is None


def test_who_is_told_is_whoever_the_application_names_now(world: World) -> None:
    """Handed in again the same phone hears nothing new, another one does; of what came back meanwhile nobody hears."""
    tenant_submitted(world)
    with world.app.store.write() as session:
        application = session.scalars(select(Application)).one()
        row = row_of(session, application, PartyRole.OWNER)
        owe(session, application, world.now)
        assert row.due_at is None
        put(application, "owner_phone", Source.TYPED, "13911112222", world.now)
        owe(session, application, world.now)
        assert row.due_at == world.now
        application.stage = Stage.RETURNED
    world.wait(seconds=20)
    assert [phone for phone, name, _ in world.sms.sent if name == "party_told"] == [OWNERS_PHONE]


def test_who_has_stopped_such_messages_is_not_told_and_the_reviewer_knows(world: World) -> None:
    world.sms_in("TD", phone=OWNERS_PHONE)
    tenant_submitted(world)
    assert not [name for _, name, _ in world.sms.sent if name == "party_told"]
    assert party(world, "owner").not_told == "stopped"


def test_a_landlord_of_many_is_not_told_of_all_in_one_day(world: World) -> None:
    with world.app.store.write() as session:
        session.add(SettingValue(name="party_told_daily", value=1))
    tenant_submitted(world)
    with world.app.store.write() as session:
        first = session.scalars(select(Application)).one()
        row = row_of(session, first, PartyRole.OWNER)
        row.told_of = "of another application"
        owe(session, first, world.now)
    world.wait(minutes=2)
    assert len([name for _, name, _ in world.sms.sent if name == "party_told"]) == 1
    world.wait(days=1, hours=1)
    assert len([name for _, name, _ in world.sms.sent if name == "party_told"]) == 2
