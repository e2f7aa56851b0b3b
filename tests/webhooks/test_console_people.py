"""People on the console: inviting staff, their phones, letters, who speaks for a company, and binding requests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from bot.channels.base import Kind, SendError
from domain.evidence import Evidence
from domain.people.authority import Authority, Level
from domain.people.bindings import BindingRequest, RequestState
from domain.people.contacts import SMS, WECHAT, known_address
from domain.people.invitations import Invitation
from domain.people.staff import Role, Staff
from tests.support.console import Visitor, newest, submitted
from tests.support.world import COMPANY, PHONE, World, approve_newest

LI = "oLi00000000000000000000000000"
STAFF_PHONE = "13912345678"
TOKEN = re.compile(r"i[0-9a-f]{32}")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A running product."""
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def flask(world: World) -> Flask:
    """Its web process."""
    return world.web


@pytest.fixture
def visitor(world: World, flask: Flask) -> Callable[[str, Role, str], Visitor]:
    """Makes a member of staff and logs them in."""
    return lambda login, role, bureau="": Visitor(flask).enter(world, world.staff(login, role, bureau))


def staff_of(world: World, login: str) -> Staff:
    with world.app.store.read() as session:
        return session.scalars(select(Staff).where(Staff.login == login)).one()


def token_on(page: str) -> str:
    """The invitation's code on a printed page."""
    return TOKEN.findall(page)[0]


class TestStaffAreInvited:
    """By an administrator, or by the principal of their bureau."""

    def test_an_administrator_adds_a_colleague_and_prints_the_code(self, world, visitor) -> None:
        admin = visitor("root", Role.ADMINISTRATOR)
        centre = staff_of(world, "root").organisation_id
        admin.get("/people")
        page = admin.post(
            "/people/add",
            organisation=str(centre),
            role="reviewer",
            name="陈静",
            login="ChenJing",
            phone="139 1234 5678",
        )
        assert "<svg" in page and "139****5678" in page and STAFF_PHONE not in page
        assert staff_of(world, "chenjing").phone == STAFF_PHONE
        world.write(Kind.FOLLOW, token_on(page), openid=LI)
        world.say("确认绑定", openid=LI)
        world.say(world.code(), openid=LI)
        assert staff_of(world, "chenjing").contact_id is not None
        assert "已绑定" in admin.get("/people")

    def test_nobody_can_log_in_to_a_login_without_a_password(self, world, visitor, flask) -> None:
        admin = visitor("root", Role.ADMINISTRATOR)
        admin.get("/people")
        centre = str(staff_of(world, "root").organisation_id)
        admin.post("/people/add", organisation=centre, role="reviewer", name="陈静", login="chenjing", phone="")
        Visitor(flask).log_in("chenjing", "", status=401)

    def test_a_principal_keeps_the_own_bureau_and_no_other(self, world, visitor) -> None:
        principal = visitor("head", Role.PRINCIPAL, "053001")
        other = world.staff("other", Role.HANDLER, "053002")
        page = principal.get("/people")
        assert "head" in page and "other" not in page
        principal.post(f"/people/{other}/phone", phone=STAFF_PHONE)
        assert staff_of(world, "other").phone is None
        assert TOKEN.search(principal.post(f"/people/{other}/invite")) is None

    def test_a_principal_makes_no_administrators(self, world, visitor) -> None:
        principal = visitor("head", Role.PRINCIPAL, "053001")
        principal.get("/people")
        place = str(staff_of(world, "head").organisation_id)
        page = principal.post("/people/add", organisation=place, role="administrator", name="甲", login="jia", phone="")
        assert "没有这个岗位" in page

    def test_a_handler_does_not_see_the_page(self, visitor) -> None:
        handler = visitor("zhang", Role.HANDLER, "053001")
        handler.get("/people", status=403)
        assert "人员</a>" not in handler.get("/")

    def test_a_new_invitation_ends_the_one_before(self, world, visitor) -> None:
        admin = visitor("root", Role.ADMINISTRATOR)
        staff = world.staff("chen", Role.REVIEWER)
        admin.get("/people")
        first = token_on(admin.post(f"/people/{staff}/invite"))
        admin.get("/people")
        second = token_on(admin.post(f"/people/{staff}/invite"))
        assert "无效" in (world.write(Kind.SCAN, first, openid=LI) or "")
        assert "您是" in (world.write(Kind.SCAN, second, openid=LI) or "")

    def test_a_phone_is_normalised_masked_and_its_change_is_evidence(self, world, visitor) -> None:
        admin = visitor("root", Role.ADMINISTRATOR)
        staff = world.staff("chen", Role.REVIEWER)
        admin.get("/people")
        page = admin.post(f"/people/{staff}/phone", phone="＋86 139-1234-5678")
        assert "139****5678" in page and STAFF_PHONE not in page
        assert "手机" in admin.post(f"/people/{staff}/phone", phone="12")
        with world.app.store.read() as session:
            assert session.scalars(select(Evidence).where(Evidence.what == "staff_phone")).all()

    def test_while_wechat_gives_no_code_the_invitation_can_be_typed(self, world, visitor) -> None:
        admin = visitor("root", Role.ADMINISTRATOR)
        staff = world.staff("chen", Role.REVIEWER)
        admin.get("/people")
        world.wechat.refuse.append(SendError("-1", retry="soon"))
        page = admin.post(f"/people/{staff}/invite")
        assert "<svg" not in page and TOKEN.search(page)

    def test_unbinding_takes_the_place_in_the_chat_and_tells_them(self, world, visitor) -> None:
        admin = visitor("root", Role.ADMINISTRATOR)
        staff = world.staff("chen", Role.REVIEWER)
        admin.get("/people")
        world.say(token_on(admin.post(f"/people/{staff}/invite")), openid=LI)
        world.say("确认绑定", openid=LI)
        admin.get("/people")
        admin.post(f"/people/{staff}/unbind")
        assert staff_of(world, "chen").contact_id is None
        assert "审核员" not in world.say("我的身份", openid=LI)


class TestWhoSpeaksForACompany:
    """On the application's page."""

    @pytest.fixture
    def admitted(self, world: World) -> int:
        """An application that both reviewers approved."""
        number = submitted(world)
        world.staff("bureau", Role.HANDLER, "053001")
        world.staff("centre", Role.REVIEWER)
        approve_newest(world, "bureau")
        approve_newest(world, "centre")
        return number

    def test_a_reviewer_sees_them_and_ends_one(self, world, visitor, admitted) -> None:
        reviewer = visitor("zhou", Role.REVIEWER)
        assert "王芳" in reviewer.get(f"/applications/{admitted}/speakers")
        with world.app.store.read() as session:
            held = session.scalars(select(Authority)).one().id
        reviewer.post(f"/applications/{admitted}/speakers/{held}/end")
        assert "还没有人" in reviewer.last
        assert "还没有代表" in world.say("我的身份")

    def test_a_letter_lets_the_company_bind_its_wechat_once(self, world, visitor, admitted) -> None:
        reviewer = visitor("zhou", Role.REVIEWER)
        reviewer.get(f"/applications/{admitted}/speakers")
        page = reviewer.post(f"/applications/{admitted}/letter", level="manage")
        assert "<svg" in page and COMPANY.name in page and "管理" in page
        assert COMPANY.name in (world.write(Kind.FOLLOW, token_on(page), openid=LI) or "")
        assert "绑定好了" in world.say("确认绑定", openid=LI)
        assert "无效" in (world.write(Kind.SCAN, token_on(page), openid="oZhao00000000000000000000000") or "")

    def test_a_bureau_writes_no_letters(self, world, visitor, admitted) -> None:
        handler = visitor("zhang", Role.HANDLER, "053001")
        assert "寄送邀请函" not in handler.get(f"/applications/{admitted}/speakers")
        handler.get(f"/applications/{admitted}")
        assert "只有交易中心" in handler.post(f"/applications/{admitted}/letter", level="manage")
        with world.app.store.read() as session:
            assert session.scalars(select(Invitation)).all() == []

    def test_another_bureau_finds_no_such_page(self, visitor, admitted) -> None:
        visitor("other", Role.HANDLER, "053002").get(f"/applications/{admitted}/speakers", status=404)


class TestBindingRequests:
    """What only a reviewer can decide."""

    def lost(self, world: World) -> None:
        """王芳 has lost phone and WeChat, and writes from another one."""
        world.say("找回", openid=LI)
        world.say("昆明滇星，王芳，手机掉河里了", openid=LI)

    def decide(self, world: World, visitor: Visitor, decision: str, **more: str) -> str:
        """Decide the only request."""
        visitor.get("/bindings")
        with world.app.store.read() as session:
            number = session.scalars(select(BindingRequest)).one().id
        page = visitor.post(f"/bindings/{number}", decision=decision, **more)
        world.work()
        return page

    def test_who_lost_both_gets_back_what_is_theirs_and_the_old_addresses_learn_nothing(self, world, visitor) -> None:
        submitted(world)
        self.lost(world)
        reviewer = visitor("zhou", Role.REVIEWER)
        assert "手机掉河里了" in reviewer.get("/bindings")
        self.decide(world, reviewer, "same", remark="电话核对执照和身份证", number=newest(world).number or "")
        assert COMPANY.name in world.say("进度", openid=LI)
        assert "还没有注册申请" in world.say("进度")
        world.sms_in("进度")
        assert COMPANY.name not in world.sms.texts()[-1]
        assert any(phone == PHONE and name == "security" for phone, name, _ in world.sms.sent)

    def test_without_the_old_applications_number_nothing_moves(self, world, visitor) -> None:
        submitted(world)
        self.lost(world)
        reviewer = visitor("zhou", Role.REVIEWER)
        assert "ZC开头" in self.decide(world, reviewer, "same", remark="电话核对", number="ZC1")
        assert "还没有注册申请" in world.say("进度", openid=LI)

    def test_a_decision_says_on_what_ground(self, world, visitor) -> None:
        self.lost(world)
        assert "依据" in self.decide(world, visitor("zhou", Role.REVIEWER), "refuse", remark=" ")

    def test_a_phone_that_changed_hands_goes_over_alone(self, world, visitor) -> None:
        submitted(world)
        self.claim(world)
        self.decide(world, visitor("zhou", Role.REVIEWER), "phone", remark="原使用人已离职，单位证明在案")
        with world.app.store.read() as session:
            phone, wechat = known_address(session, SMS, PHONE), known_address(session, WECHAT, LI)
            assert phone is not None and wechat is not None and phone.contact_id == wechat.contact_id
        assert COMPANY.name in world.say("进度")
        assert "ZC" not in world.say("进度", openid=LI)

    def test_a_refusal_stops_the_application_from_counting_on_the_phone(self, world, visitor) -> None:
        submitted(world)
        self.claim(world)
        self.decide(world, visitor("zhou", Role.REVIEWER), "refuse", remark="原使用人否认")
        assert newest(world).phone_verified_at is None

    def test_what_the_holder_refused_is_seen_and_can_be_decided_otherwise(self, world, visitor) -> None:
        submitted(world)
        self.claim(world)
        world.say("不是我")
        reviewer = visitor("zhou", Role.REVIEWER)
        assert "原主人说不是本人" in reviewer.get("/bindings")
        self.decide(world, reviewer, "phone", remark="号码是单位的，已核对")
        with world.app.store.read() as session:
            assert session.scalars(select(BindingRequest)).one().state == RequestState.GRANTED

    def test_of_two_reviewers_the_second_is_told(self, world, visitor) -> None:
        self.lost(world)
        first, second = visitor("zhou", Role.REVIEWER), visitor("wu", Role.REVIEWER)
        second.get("/bindings")
        self.decide(world, first, "refuse", remark="联系不上")
        assert "已经处理过" in second.post("/bindings/1", decision="refuse", remark="再来一次")

    def test_a_bureau_has_no_part_in_it(self, world, visitor) -> None:
        self.lost(world)
        handler = visitor("zhang", Role.HANDLER, "053001")
        handler.get("/bindings", status=403)
        handler.get("/")
        handler.post("/bindings/1", decision="same", remark="x", status=403)

    def claim(self, world: World) -> None:
        """李四 proves 王芳's phone in a WeChat of their own."""
        world.say("我要注册", openid=LI)
        world.photo(openid=LI)
        world.say("没错，继续", openid=LI)
        world.say("0530010686818455", openid=LI)
        world.sources.accounts["0530010686818455"] = next(iter(world.sources.accounts.values()))
        world.say("0530010686818455", openid=LI)
        world.say("李四", openid=LI)
        world.now += timedelta(minutes=2)
        world.say(PHONE, openid=LI)
        world.say(world.code(), openid=LI)


def test_the_levels_on_the_letter_are_the_domains() -> None:
    """A letter cannot give what the domain does not know."""
    assert [level.value for level in Level] == ["read", "handle", "sign", "manage"]
