"""A group in the chat: one more account in three messages, what it is refused for, and how all of it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.channels.base import Kind
from domain.groups import groups
from domain.groups.unit_preview import preview
from domain.groups.units import UnitKind, unit_of, units_of
from domain.messages.messages import InboundMessage
from domain.people.authority import Level, authorities_of, end, grant
from domain.people.contacts import Contact
from domain.private import fingerprint
from domain.registration.applications import Application, Stage
from domain.settings import SettingValue
from tests.support.console import newest
from tests.support.groups import OTHER_ACCOUNT, OTHER_ADDRESS, admitted, more_accounts
from tests.support.world import ACCOUNT, ARCHIVE, COMPANY, World, approve_newest

STRANGER = "91530100MA6K5C2M9A"


def set_to(world: World, name: str, value: object) -> None:
    with world.app.store.write() as session:
        session.merge(SettingValue(name=name, value=value))


def written(world: World) -> int:
    """How many messages people have written."""
    with world.app.store.read() as session:
        return session.scalar(select(func.count()).select_from(InboundMessage)) or 0


def test_another_account_is_three_messages_in_wechat(world: World) -> None:
    """The number; the whole question; the yes. No licence, no name, no phone, no code."""
    first = admitted(world)
    more_accounts(world, [OTHER_ACCOUNT])
    before = written(world)
    asked = world.say(OTHER_ACCOUNT)
    for known in (OTHER_ACCOUNT, OTHER_ADDRESS, "630千伏安", "昆明供电局", "王芳", "138****4321", "确认提交"):
        assert known in asked
    done = world.say("确认提交")
    for words in ("已提交，申请编号", "再加一个户号", "批量注册", "我的进度"):
        assert words in done
    assert written(world) - before == 2  # and the question between them
    added = newest(world)
    assert (added.stage, added.representative_id, added.channel) == (Stage.BUREAU_REVIEW, first, "wechat")
    assert added.id != first


def test_another_account_is_three_messages_by_sms(world: World) -> None:
    """The number, the yes, and the code that makes a yes by SMS count."""
    admitted(world)
    more_accounts(world, [OTHER_ACCOUNT])
    world.wait(minutes=2)
    before = written(world)
    world.sms_in(OTHER_ACCOUNT)
    assert OTHER_ACCOUNT in world.sms.texts()[-1] and "确认提交" in world.sms.texts()[-1]
    world.sms_in("1")
    world.sms_in(world.code())
    assert written(world) - before == 3
    assert newest(world).stage == Stage.BUREAU_REVIEW
    assert newest(world).value("account_number") == OTHER_ACCOUNT


def test_the_word_asks_for_the_number(world: World) -> None:
    admitted(world)
    more_accounts(world, [OTHER_ACCOUNT])
    assert "16位户号" in world.say("再加一个户号")
    assert "要提交吗" in world.say(OTHER_ACCOUNT)


def test_an_account_that_is_there_already_says_what_it_is(world: World) -> None:
    """Not a second order: its number and its stage."""
    first = admitted(world)
    with world.app.store.read() as session:
        number = session.get_one(Application, first).number
    world.say("再加一个户号")
    answer = world.say(ACCOUNT)
    assert f"申请编号 {number}" in answer and "不用再加" in answer
    assert newest(world).id == first


def test_a_strangers_account_is_not_added_and_not_shown(world: World) -> None:
    admitted(world)
    world.sources.accounts[OTHER_ACCOUNT] = replace(ARCHIVE, number=OTHER_ACCOUNT, uscc=STRANGER, address="别人的厂房")
    world.say("再加一个户号")
    answer = world.say(OTHER_ACCOUNT)
    assert "登记在别的单位名下" in answer and "别人的厂房" not in answer
    assert all(way in answer for way in ("我们是租的", "我们只代缴", "登记另一家"))


@pytest.mark.parametrize("tapped", [True, False])
def test_a_rented_account_is_added_with_the_companys_own_licence(world: World, tapped: bool) -> None:
    """Who rents two hundred shops says a number and taps: licence and contact are there, the other party is asked."""
    first = admitted(world)
    landlord = replace(ARCHIVE, number=OTHER_ACCOUNT, uscc=STRANGER, name="昆明云岭置业有限公司")
    world.sources.accounts[OTHER_ACCOUNT] = landlord
    world.say(OTHER_ACCOUNT)
    asked = world.say("1") if tapped else world.say("我们是租的")
    with world.app.store.read() as session:
        added = session.get_one(Application, newest(world).id)
        assert (added.kind, added.representative_id, added.value("name")) == ("tenant", first, COMPANY.name)
        assert (added.value("owner_name"), added.has_licence_photo()) == (landlord.name, True)
    assert "沿用已注册的户号，不用再传" in asked and "租赁协议" in asked and "以后补" in asked


def test_of_a_strangers_order_nothing_is_said(world: World) -> None:
    """Neither its number nor its stage, though the account is registered."""
    admitted(world)
    world.sources.accounts[OTHER_ACCOUNT] = replace(ARCHIVE, number=OTHER_ACCOUNT, uscc=STRANGER)
    with world.app.store.write() as session:
        theirs = Application(
            contact=Contact(created_at=world.now),
            number="ZC20261120987654",
            stage=Stage.CENTRE_REVIEW,
            stage_since=world.now,
            created_at=world.now,
            updated_at=world.now,
            submitted_at=world.now,
            code_mark="another company",
            account_mark=fingerprint("account", OTHER_ACCOUNT),
        )
        session.add(theirs)
    world.say("再加一个户号")
    answer = world.say(OTHER_ACCOUNT)
    assert "987654" not in answer and "交易中心" not in answer and "登记在别的单位名下" in answer


def test_while_it_is_under_review_it_lends_nothing_unless_the_setting_says_so(world: World) -> None:
    world.filled_in()
    world.say("1")
    more_accounts(world, [OTHER_ACCOUNT])
    assert "典型注册户" in world.say("再加一个户号")
    set_to(world, "group_shares_when_submitted", True)
    assert "16位户号" in world.say("再加一个户号")
    assert "要提交吗" in world.say(OTHER_ACCOUNT)


def test_an_ordinary_user_registers_as_before(world: World) -> None:
    """Who speaks for nobody yet begins with the licence."""
    assert "营业执照" in world.say(ACCOUNT)


def test_the_group_says_how_all_of_it_stands(world: World) -> None:
    admitted(world)
    more_accounts(world, [OTHER_ACCOUNT])
    world.say(OTHER_ACCOUNT)
    world.say("确认提交")
    shown = world.write(Kind.TEXT, "集团") or ""
    assert COMPANY.name in shown and "共2户" in shown and "供电局审核1户" in shown
    assert "每个户号单独交易" in shown and "本户号" not in shown


def grouped(world: World) -> tuple[int, int]:
    """Two companies with an account each, in one group; the applications' ids."""
    first = admitted(world)
    with world.app.store.write() as session:
        lead = session.get_one(Application, first)
        other = Application(
            contact=lead.contact,
            stage=Stage.AWAITING_RETAILER,
            stage_since=world.now,
            created_at=world.now,
            updated_at=world.now,
            submitted_at=world.now,
            decided={},
            trail=[],
            code_mark="another company",
            account_mark="another account",
        )
        session.add(other)
        session.flush()
        group = groups.found(session, "滇星集团", lead, "staff:1", world.now)
        session.add(
            groups.GroupMember(
                group=group, company_mark="another company", code=STRANGER, company_name="云岭食品", since=world.now
            )
        )
        return first, other.id


def test_the_unit_is_what_the_setting_says(world: World) -> None:
    """By account everybody alone, by company and by group together; nothing stored has to change."""
    first, other = grouped(world)
    world.say("登记另一家")
    world.photo()
    with world.app.store.read() as session:
        assert newest(world).code_mark == session.get_one(Application, first).code_mark, "a draft, not handed in"
    marks = {}
    for word in ("户号", "统一社会信用代码", "集团"):
        set_to(world, "trading_unit", word)
        with world.app.store.read() as session:
            found = units_of(session, [session.get_one(Application, each) for each in (first, other)])
            marks[word] = len({unit.mark for unit in found.values()})
            last = unit_of(session, session.get_one(Application, first))
    assert marks == {"户号": 2, "统一社会信用代码": 2, "集团": 1}
    assert (last.kind, last.members, last.label) == (UnitKind.GROUP, 2, "滇星集团，2家企业共2个户号合并交易")


def test_the_preview_counts_what_would_merge_and_what_is_in_the_way(world: World) -> None:
    """A group with a retail and a wholesale account cannot be one unit, and that is said before it is saved."""
    first, _ = grouped(world)
    with world.app.store.write() as session:
        session.get_one(Application, first).stage = Stage.AWAITING_CERTIFICATE
    with world.app.store.read() as session:
        found = preview(session, UnitKind.GROUP)
        assert (found.accounts, found.units_now, found.units_then, found.merging, found.splitting) == (2, 2, 1, 1, 0)
        assert (
            found.conflict_count == 1
            and "批发" in found.conflicts[0].conflict
            and "零售" in found.conflicts[0].conflict
        )
        assert session.scalar(select(SettingValue.value).where(SettingValue.name == "trading_unit")) is None


def test_who_handles_the_leading_company_may_register_for_its_members(world: World) -> None:
    """And nobody of a member for the leading one."""
    first, _ = grouped(world)
    with world.app.store.read() as session:
        officer = session.get_one(Application, first).contact_id
        assert groups.may_file(session, officer, "another company")
        assert not groups.may_file(session, officer + 1000, "another company")


@pytest.mark.parametrize(
    ("company", "level", "files_for"),
    [
        ("lead", Level.READ, []),
        ("lead", Level.HANDLE, ["lead", "another company"]),
        ("another company", Level.HANDLE, ["another company"]),
    ],
    ids=["who only reads", "who handles the leading company", "who handles a member"],
)
def test_what_somebody_may_do_for_one_company_goes_down_and_not_up(
    world: World, company: str, level: Level, files_for: list[str]
) -> None:
    first, _ = grouped(world)
    with world.app.store.write() as session:
        lead = session.get_one(Application, first).code_mark or ""
        marks = {"lead": lead, "another company": "another company"}
        person = Contact(created_at=world.now)
        session.add(person)
        session.flush()
        given = {"company_mark": marks[company], "company_name": "甲", "level": level, "ground": "invitation"}
        grant(session, contact_id=person.id, who="contact:1", now=world.now, **given)
        assert [name for name, mark in marks.items() if groups.may_file(session, person.id, mark)] == files_for


def test_another_companys_registration_never_lends_its_documents(world: World) -> None:
    """Not even where an administrator has picked it by mistake."""
    first, _ = grouped(world)
    with world.app.store.write() as session:
        member = groups.member_of(session, "another company")
        assert member is not None
        with pytest.raises(groups.NoGroup, match="这家企业"):
            groups.choose(session, member, session.get_one(Application, first), "staff:1", world.now)
        assert member.representative_id is None


def test_a_company_that_leaves_is_on_its_own_again(world: World) -> None:
    _, other = grouped(world)
    set_to(world, "trading_unit", "集团")
    with world.app.store.write() as session:
        member = groups.member_of(session, "another company")
        assert member is not None
        groups.remove(session, member, "staff:1", world.now)
    with world.app.store.read() as session:
        assert unit_of(session, session.get_one(Application, other)).kind == UnitKind.CODE
        assert groups.marks_with(session, "another company") == ["another company"]
        assert groups.member_of(session, "another company") is None


def test_who_speaks_for_the_company_no_more_adds_no_accounts_to_it(world: World) -> None:
    """Not even who handed its representative registration in: the company has ended that."""
    first = admitted(world)
    more_accounts(world, [OTHER_ACCOUNT])
    with world.app.store.write() as session:
        application = session.get_one(Application, first)
        (authority,) = authorities_of(session, application.contact_id)
        end(session, authority, "colleague", "contact:9", world.now)
        assert not groups.may_file(session, application.contact_id, application.code_mark)
    assert "典型注册户" in world.say("再加一个户号")
    answer = world.say(OTHER_ACCOUNT)
    assert COMPANY.name not in answer and newest(world).representative_id is None


class TestASuspendedRepresentative:
    """It lends nothing until it goes on; who was admitted with its papers stays admitted."""

    @pytest.fixture
    def rests(self, world: World) -> int:
        """The representative registration, admitted and then suspended."""
        first = admitted(world)
        more_accounts(world, [OTHER_ACCOUNT])
        return first

    def stage(self, world: World, application_id: int, stage: Stage) -> None:
        with world.app.store.write() as session:
            session.get_one(Application, application_id).stage = stage

    def test_no_account_is_added_on_its_papers_and_the_person_reads_why(self, world: World, rests: int) -> None:
        self.stage(world, rests, Stage.SUSPENDED)
        for wish in ("再加一个户号", "批量注册"):
            assert "已暂停" in world.say(wish)
        assert newest(world).id == rests
        self.stage(world, rests, Stage.AWAITING_MARKET)
        assert "确认提交" in world.say(OTHER_ACCOUNT)

    def test_a_draft_on_its_papers_asks_for_a_picture_of_the_licence(self, world: World, rests: int) -> None:
        world.say(OTHER_ACCOUNT)
        self.stage(world, rests, Stage.SUSPENDED)
        with world.app.store.read() as session:
            assert not session.get_one(Application, newest(world).id).has_licence_photo()
        world.say("确认提交")
        assert newest(world).stage == Stage.FILLING

    def test_who_was_admitted_before_keeps_the_papers(self, world: World, rests: int) -> None:
        world.say(OTHER_ACCOUNT)
        world.say("确认提交")
        for login in ("zhou", "chen"):
            approve_newest(world, login)
        self.stage(world, rests, Stage.SUSPENDED)
        with world.app.store.read() as session:
            later = session.get_one(Application, newest(world).id)
            assert later.id != rests and later.has_licence_photo()
