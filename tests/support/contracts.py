"""A small market for tests of contracts: 王芳's company is admitted to the retail market, two retail companies sell, and
their staff are bound to phones of their own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from domain.contracts import asking, requests
from domain.contracts.tables import Contract, Request, RequestKind, Side
from domain.contracts.wishes import Wish
from domain.packages.tables import PackageVersion
from domain.people.contacts import SMS, address_of
from domain.people.staff import Role, Staff
from domain.registration.applications import Application, Stage
from domain.registration.registration import Scene
from domain.workdays import local_day
from tests.support.console import submitted
from tests.support.market import approved, package, retailer
from tests.support.terms import written
from tests.support.world import World, approve_newest

ZHANG, LIN = "13700000001", "13700000002"  # of 滇源售电 and of 云岭售电


@dataclass
class Market:
    """The world, with what the tests of contracts ask for."""

    world: World

    def version(self, code: str) -> PackageVersion:
        """The newest version of a package."""
        with self.world.app.store.read() as session:
            query = select(PackageVersion).where(PackageVersion.package.has(code=code))
            return session.scalars(query.order_by(PackageVersion.number.desc())).first()

    def propose(self, kind: RequestKind, code: str = "", *, side: Side = Side.USER, inside: bool = False) -> int:
        """One side asks; the user's person signs it with the code, and the others are asked. The request's id."""
        world = self.world
        with world.app.store.write() as session:
            version = session.get(PackageVersion, self.version(code).id) if code else None
            application = session.scalars(select(Application)).one()
            wish = Wish(kind, application, version, inside)
            who = f"contact:{application.contact_id}" if side == Side.USER else self.staff_who(session, side, code)
            row = requests.propose(session, wish, side, who, world.now)
            asking.ask_others(session, row, world.app.random, world.now) if side != Side.USER else None
            if side == Side.USER:
                scene = Scene(world.now, world.app.random)
                say = asking.ask_proposer(session, row, application.contact_id, scene)
                self.last_code = next(iter(say.text.split("（编号")[-1:])).rstrip("）")
            return row.id

    def staff_who(self, session, side: Side, code: str) -> str:
        """The bound member of staff of a side's company."""
        raise NotImplementedError

    def request(self, request_id: int) -> Request:
        """A request with its consents."""
        with self.world.app.store.read() as session:
            row = session.get_one(Request, request_id)
            _ = [each.retailer for each in row.consents]
            return row

    def contracts(self) -> list[Contract]:
        """All contracts, the oldest first."""
        with self.world.app.store.read() as session:
            return list(session.scalars(select(Contract).order_by(Contract.id)))


def open_market(world: World) -> Market:
    """Admission, the retail companies, their packages and staff."""
    submitted(world)
    world.staff("zhao", Role.HANDLER, "053001")
    world.staff("sun", Role.REVIEWER)
    approve_newest(world, "zhao")
    approve_newest(world, "sun")
    world.say("选择市场")
    world.say("零售市场")
    with world.app.store.write() as session:
        application = session.scalars(select(Application)).one()
        assert application.stage == Stage.AWAITING_RETAILER
        day = local_day(world.now)
        for number, (code, name, phone) in enumerate((("R001", "滇源售电有限公司", ZHANG), ("R002", "云岭售电有限公司", LIN))):
            of = retailer(session, world.now, code, name)
            address = address_of(session, SMS, phone, world.now)
            address.verified_at = world.now
            session.add(
                Staff(
                    organisation_id=of.organisation_id,
                    login=f"staff{number}",
                    name=("张敏", "林涛")[number],
                    role=Role.HANDLER,
                    password="x",
                    contact_id=address.contact_id,
                    phone=phone,
                )
            )
            for place, title in enumerate(("安心固定价", "省心月月享"), start=1):
                made = package(session, of, world.now, f"P{number + 1}{place:03d}", title)
                approved(session, made, 1, day, now=world.now, terms=written(months=12))
    return Market(world)
