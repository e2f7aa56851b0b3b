"""A small market for tests of contracts: 王芳's company is admitted to the retail market, and two retail companies
sell, each with somebody who answers by SMS."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select

from bot import jobs
from bot.channels.base import Kind
from domain import calendars
from domain.contracts.tables import Contract, Request
from domain.people.contacts import SMS, address_of
from domain.people.staff import Role, Staff
from domain.workdays import local_day
from tests.support.console import newest, submitted
from tests.support.market import approved, package, retailer
from tests.support.proxies import Program
from tests.support.terms import written
from tests.support.world import PHONE, World, approve_newest

ZHANG, LIN = "13700000001", "13700000002"  # of 滇源售电 (P1001, P1002) and of 云岭售电 (P2001, P2002)
COMPANIES = (("R001", "滇源售电有限公司", ZHANG, "张敏"), ("R002", "云岭售电有限公司", LIN, "林涛"))
PACKAGES = (("安心固定价", "385.50", 12), ("省心月月享", "379.00", 6))


@dataclass
class Market:
    """The world, with the words of its people."""

    world: World

    def say(self, text: str) -> str:
        """王芳 writes in WeChat."""
        return self.world.say(text)

    def sign(self, text: str = "同意") -> str:
        """王芳 answers in WeChat, and with the code that comes to her phone."""
        self.world.wait(minutes=2)
        self.world.say(text)
        return self.world.say(self.world.code())

    def choose(self, code: str, when: str = "") -> str:
        """王芳 taps 选这个 under a package, and when it is to begin where that is asked; the question."""
        application = newest(self.world).id
        return self.tap(f"cmd:choose:{code}-1/{application}" + (f"/{when}" if when else ""))

    def tap(self, choice: str) -> str:
        """王芳 taps an option in WeChat."""
        return self.world.write(Kind.TEXT, "选这个", choice) or ""

    def retailer(self, phone: str, *texts: str) -> str:
        """A retail company's person writes by SMS; what they got last."""
        for text in texts:
            self.world.sms_in(text, phone=phone)
        return self.inbox(phone)[-1]

    def inbox(self, phone: str) -> list[str]:
        """All that a phone has got, oldest first."""
        got = [(text, to) for text, (to, _, _) in zip(self.world.sms.texts(), self.world.sms.sent, strict=True)]
        return [text for text, to in got if to == phone]

    def code_of(self, phone: str) -> str:
        """The code of the newest question on a phone."""
        asked = [found[1] for text in self.inbox(phone) if (found := re.search(r"编号(\w{4})，请回复", text))]
        return asked[-1]

    def accept(self, phone: str, answer: str = "同意") -> str:
        """A retail company's person answers the newest question by its code, and with the one-time code."""
        self.retailer(phone, f"{answer} {self.code_of(phone)}")
        codes = [text for text in self.inbox(phone) if "回复验证码" in text]
        return self.retailer(phone, re.findall(r"\d{6}", codes[-1])[-1])

    def lend_name(self, seller: Program, phone: str, login: str) -> None:
        """A retail company's person is asked by its program, and allows it on their own phone to sign in their name."""
        assert seller.post("/contract-permissions", {"staff": login}).status_code == 202
        assert "可以以您的名义" in self.accept(phone)
        self.world.wait(minutes=2)  # one code a minute

    def request(self) -> Request:
        """The newest request, with its consents."""
        with self.world.app.store.read() as session:
            row = session.scalars(select(Request).order_by(Request.id.desc())).first()
            _ = [each.answer for each in row.consents]
            return row

    def contracts(self) -> list[Contract]:
        """All contracts, the oldest first."""
        with self.world.app.store.read() as session:
            return list(session.scalars(select(Contract).order_by(Contract.id)))

    def nights(self, days: int = 1) -> None:
        """So many nights pass; each time the daily work is done and what is owed goes out."""
        for _ in range(days):
            self.world.wait(days=1)
            jobs.daily(self.world.app)
            self.world.wait(minutes=1)


def open_market(world: World) -> Market:
    """Admission, the retail companies, their packages and staff."""
    submitted(world)
    world.staff("zhao", Role.HANDLER, "053001")
    world.staff("sun", Role.REVIEWER)
    approve_newest(world, "zhao")
    approve_newest(world, "sun")
    world.say("选择市场")
    world.say("零售市场")
    admin = world.staff("zhou", Role.ADMINISTRATOR)
    with world.app.store.write() as session:
        for year in (2027, 2028, 2029):
            entered = calendars.read_typed(year, "元旦：1月1日至3日放假。国庆节：10月1日至7日放假。")
            calendars.enter(session, entered, session.get_one(Staff, admin), world.now)
        for number, (code, name, phone, person) in enumerate(COMPANIES, start=1):
            of = retailer(session, world.now, code, name)
            address = address_of(session, SMS, phone, world.now)
            address.verified_at = world.now
            staff = Staff(login=f"r{number}", name=person, role=Role.HANDLER, password="00:00", phone=phone)
            staff.organisation_id, staff.contact_id = of.organisation_id, address.contact_id
            session.add(staff)
            for place, (title, price, months) in enumerate(PACKAGES, start=1):
                made = package(session, of, world.now, f"P{number}00{place}", title)
                terms = written(prices={"all": price}, months=months)
                approved(session, made, 1, local_day(world.now), now=world.now, terms=terms)
    assert world.sms.sent[-1][0] == PHONE
    world.wait(minutes=2)  # one code a minute
    return Market(world)
