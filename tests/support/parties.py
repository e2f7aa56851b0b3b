"""Three parties on a store of their own, without doors: a user, two retail companies, and somebody with two hats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import Store
from domain import calendars
from domain.contracts import asking, consents, expiry, requests
from domain.contracts.tables import Request, RequestKind, Side
from domain.contracts.wishes import Wish
from domain.market.retailers import Retailer
from domain.migrate import migrate
from domain.packages.tables import Package, PackageVersion
from domain.people.authority import Level, grant
from domain.people.contacts import Contact
from domain.people.staff import OrganisationKind, Role, Staff, organisation
from domain.private import use_keys
from domain.registration.applications import Application, FieldValue, Source, Stage, StageStep
from domain.registration.registration import Scene
from domain.sources.lookups import Facts
from domain.workdays import local_day
from tests.support import stores
from tests.support.market import approved, package, retailer
from tests.support.terms import written

BEGAN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 9 o'clock in China
OURS = "the user's company"
# Who stands for whom, as the test knows it: contacts and logins. The colleague may only look; the two-hatted may sign
# for the user and works for the second company; the stranger is nobody.
USERS = ("contact:1", "contact:5")
FIRST = ("contact:3", "staff:2", "staff:3")
SECOND = ("contact:4", "staff:4", "contact:5", "staff:5")
EVERYBODY = ("contact:1", "contact:2", *FIRST, *SECOND, "contact:6")
PACKAGES = (("P1001", 12), ("P1002", 6), ("P2001", 12), ("P2002", 3))


class Crash(Exception):
    """The process dies before its transaction is over."""


class Parties:
    """The store, its clock, and what the parties can do. Each act is one transaction, as behind every door."""

    def __init__(self, folder: Path) -> None:
        use_keys(Fernet.generate_key().decode())
        self.now, self.random = BEGAN, Random(7)
        self.database = stores.copy(folder, _schema)
        self.store = Store(self.database)
        with self.store.write() as session:
            _people(session)

    def close(self) -> None:
        self.store.close()
        stores.drop(self.database)

    @contextmanager
    def act(self, *, crash: bool = False) -> Iterator[Session]:
        """One transaction; where it crashes, nothing of it is left."""
        try:
            with self.store.write() as session:
                yield session
                if crash:
                    session.flush()
                    raise Crash
        except Crash:
            return

    def propose(
        self, kind: RequestKind, code: str, side: Side, who: str, *, inside: bool = False, crash: bool = False
    ) -> int:
        """A side asks for something. NotPossible where that cannot be."""
        with self.act(crash=crash) as session:
            wish = Wish(kind, session.get_one(Application, 1), self.version(session, code) if code else None, inside)
            return requests.propose(session, wish, side, who, self.now).id
        return 0

    def answer(self, request_id: int, side: Side, who: str, *, yes: bool = True, crash: bool = False) -> str:
        """Somebody says yes or no for a side; what they are told."""
        said = ""
        with self.act(crash=crash) as session:
            row = session.get_one(Request, request_id, with_for_update=True)
            proof = {"question": 0, "code": "8K3F", "channel": "sms", "message": f"m{request_id}"}
            scene = Scene(self.now, Facts(), self.random)
            said = asking.take(session, row, consents.Word(side, yes, who, proof), scene)
        return said

    def bound(self, code: str = "P1001") -> int:
        """The user and the company of a package agree on a first contract; the request's id."""
        number = self.propose(RequestKind.BIND, code, Side.USER, "contact:1")
        self.answer(number, Side.USER, "contact:1")
        self.answer(number, Side.NEW, FIRST[0] if code.startswith("P1") else SECOND[0])
        return number

    def night(self, *, crash: bool = False) -> list[str]:
        """The nightly work: what lapsed, then the ends of contracts, one at a time. What was done."""
        done = []
        with self.store.read() as session:
            late = requests.overdue(session, self.now)
        for number in late:
            with self.act(crash=crash) as session:
                row = session.get_one(Request, number, with_for_update=True)
                if requests.lapse(session, row, self.now):
                    asking.tell_closed(session, row, self.now)
        with self.store.read() as session:
            found = expiry.due(session, local_day(self.now))
        for number in found:
            with self.act(crash=crash) as session:
                done.append(expiry.tend(session, number, self.now))
        return [each for each in done if each]

    def nights(self, days: int) -> None:
        """So many days, each with its night's work."""
        for _ in range(days):
            self.now += timedelta(days=1)
            self.night()

    def until(self, year: int, month: int, day: int) -> None:
        """The clock stands at nine in the morning of that day."""
        self.now = datetime(year, month, day, 1, 0, tzinfo=UTC)

    @staticmethod
    def version(session: Session, code: str) -> PackageVersion:
        """The only version of a package."""
        query = (
            select(PackageVersion).join(Package, PackageVersion.package_id == Package.id).where(Package.code == code)
        )
        return session.scalars(query).one()


def _schema(store: Store) -> None:
    migrate(store.engine)


def _people(session: Session) -> None:
    day = local_day(BEGAN)
    session.add_all([Contact(name=f"人{number}", created_at=BEGAN) for number in range(1, 7)])
    session.flush()
    centre = organisation(session, OrganisationKind.CENTRE, "centre", "电力交易中心")
    admin = Staff(login="zhou", name="周", role=Role.ADMINISTRATOR, password="00:00", organisation_id=centre.id)
    session.add(admin)
    session.flush()
    for year in (2027, 2028, 2029):
        typed = calendars.read_typed(year, "元旦：1月1日至3日放假。国庆节：10月1日至7日放假。")
        calendars.enter(session, typed, admin, BEGAN)
    sellers = [retailer(session, BEGAN, "R001", "滇源售电"), retailer(session, BEGAN, "R002", "云岭售电")]
    staff = ((0, "张敏", 3), (0, "赵强", None), (1, "林涛", 4), (1, "双", 5))
    for number, (of, name, contact_id) in enumerate(staff, start=2):
        row = Staff(login=f"r{number}", name=name, role=Role.HANDLER, password="00:00")
        row.organisation_id, row.contact_id = sellers[of].organisation_id, contact_id
        row.phone = f"1390000000{contact_id}" if contact_id else ""
        session.add(row)
        session.flush()
    for code, length in PACKAGES:
        made = package(session, sellers[int(code[1]) - 1], BEGAN, code, f"套餐{code}")
        approved(session, made, 1, day, now=BEGAN, terms=written(months=length))
    _company(session)


def _company(session: Session) -> None:
    row = Application(
        number="ZC20261123000001",
        contact_id=1,
        stage=Stage.AWAITING_RETAILER,
        stage_since=BEGAN,
        code_mark=OURS,
        account_mark="an account",
        created_at=BEGAN,
        updated_at=BEGAN,
        submitted_at=BEGAN,
    )
    row.values.append(FieldValue(name="name", source=Source.REGISTRY, value="昆明滇星机械", at=BEGAN))
    row.steps.append(StageStep(stage=Stage.AWAITING_RETAILER, entered_at=BEGAN))
    session.add(row)
    session.flush()
    for contact_id, level in ((2, Level.HANDLE), (5, Level.SIGN)):
        grant(
            session,
            contact_id=contact_id,
            company_mark=OURS,
            company_name="昆明滇星机械",
            level=level,
            ground="invitation",
            who="contact:1",
            now=BEGAN,
        )


def sellers(session: Session) -> list[Retailer]:
    """Both retail companies."""
    return list(session.scalars(select(Retailer).order_by(Retailer.id)))
