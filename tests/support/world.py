"""The product on a temporary store: its own desk, turn, domain and SQL; small stand-ins that remember, for what lies
outside of it (WeChat's API, Aliyun, the sources, Rasa, the queue)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import select

from bot import batches, jobs, outbox, proxies, turn
from bot.app import App
from bot.channels.base import Inbound, Kind, SendError
from bot.channels.sms.inbound import Report
from bot.database import Store
from bot.desk import Desk, Ticket
from bot.photos import PhotoStore
from bot.rasa import RasaDown
from bot.settings import Settings
from bot.sources.base import SourceDown
from domain.dialogue.acts import Act, Command
from domain.knowledge import articles
from domain.messages.templates import SMS_TEMPLATES
from domain.migrate import migrate
from domain.people.staff import OrganisationKind, Role, Staff, hashed, organisation
from domain.private import use_keys
from domain.registration.applications import Application
from domain.registration.readings import Read, Reading
from domain.review import review
from domain.rules.rules import ship
from domain.settings import SettingValue
from domain.sources.facts import Account, AccountStatus, Company, CompanyStatus, MonthRecord
from domain.sources.lookups import Facts, Lookup, Where
from domain.teaching.hearing import Reading as Heard
from tests.bot.channels.wechat.wechat_side import AES_KEY, APP_ID, TOKEN
from tests.support import places, stores
from tests.support.callbacks import by_sms, by_wechat

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 9 o'clock in China
OPENID = "oWang01234567890123456789012"
PHONE = "13887654321"
CODE = "91530112MAQJWYLF5B"
ACCOUNT = "0530010686818433"
PASSWORD = "a good password"  # of every member of staff

COMPANY = Company(
    uscc=CODE,
    old_number="",
    name="昆明滇星机械制造有限公司",
    former_names=(),
    type="有限责任公司(自然人投资或控股)",
    legal_person="李国强",
    legal_person_title="法定代表人",
    capital="500万人民币",
    established=date(2016, 5, 12),
    term="2016-05-12至2046-05-11",
    address="云南省昆明市西山区海口工业园区新城片区振兴路18号",
    scope="机械设备及零部件的设计、制造、销售",
    status=CompanyStatus.ACTIVE,
)
ARCHIVE = Account(
    number=ACCOUNT,
    name=COMPANY.name,
    uscc=CODE,
    address="云南省昆明市西山区海口工业园区新城片区振兴路18号",
    capacity_kva=Decimal(630),
    voltage_kv=Decimal(10),
    bureau_code="053001",
    bureau_name="昆明供电局",
    status=AccountStatus.ACTIVE,
)


def reading(**changed: str | tuple[str, float, tuple[str, ...]]) -> Reading:
    """What reading the company's licence gives, with some fields changed; an empty text leaves a field out."""
    values: dict[str, Any] = {
        "code": CODE,
        "name": COMPANY.name,
        "type": COMPANY.type,
        "legal_person": COMPANY.legal_person,
        "address": COMPANY.address,
        **changed,
    }
    fields = {
        name: Read(*value) if isinstance(value, tuple) else Read(value, 0.99) for name, value in values.items() if value
    }
    return Reading(fields)


class FakeSources:
    """Sources that know what they are told to, and that can be switched off one by one."""

    def __init__(self) -> None:
        self.companies = {CODE: COMPANY}
        self.accounts = {ACCOUNT: ARCHIVE}
        self.phones = {(PHONE, "王芳"): "match"}
        self.usages: dict[str, list[MonthRecord]] = {}
        self.down: set[Where] = set()
        self.asked: list[Lookup] = []

    def ask(self, lookups: list[Lookup], facts: Facts | None = None) -> Facts:
        facts = facts or Facts()
        for lookup in facts.missing(lookups):
            self.asked.append(lookup)
            if lookup.where in self.down:
                facts.down.add(lookup)
            else:
                facts.told[lookup] = self._tell(lookup)
        return facts

    def usage(self, number: str, first: int, last: int) -> list[MonthRecord] | None | SourceDown:
        if Where.MARKETING in self.down:
            return SourceDown("marketing", "unreachable")
        known = self.usages.get(number)
        return known and [each for each in known if first <= each.month <= last]

    def _tell(self, lookup: Lookup) -> Any:
        if lookup.where == Where.MARKETING:
            return self.accounts.get(lookup.key)
        if lookup.where == Where.REGISTRY_NAME:
            return next((each for each in self.companies.values() if each.name == lookup.key), None)
        if lookup.where == Where.TELECOM:
            phone, name = lookup.key.split("|")
            return self.phones.get((phone, name), "mismatch")
        return self.companies.get(lookup.key)


@dataclass
class FakeWeChat:
    """WeChat's API: remembers what it was given; `refuse` holds the codes of the next answers."""

    texts: list[str] = field(default_factory=list)
    notices: list[dict[str, str]] = field(default_factory=list)
    refuse: list[SendError] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    uploaded: list[bytes] = field(default_factory=list)
    images: list[bytes] = field(default_factory=list)  # what was sent

    def send_text(self, openid: str, text: str) -> None:
        self._refuse()
        self.texts.append(text)

    def send_template(self, openid: str, template_id: str, data: dict[str, str], client_msg_id: str = "") -> str:
        self._refuse()
        self.notices.append(data)
        return f"template-{len(self.notices)}"

    def upload_image(self, picture: bytes) -> str:
        self._refuse()
        self.uploaded.append(picture)
        return str(len(self.uploaded) - 1)

    def send_image(self, openid: str, media_id: str) -> None:
        self._refuse()
        self.images.append(self.uploaded[int(media_id)])

    def qr_code(self, scene: str, seconds: int) -> str:
        self._refuse()
        return f"http://weixin.qq.com/q/{scene[-12:]}"

    def download(self, media_id: str, url: str = "") -> bytes:
        self._refuse()
        return self.pictures.get(media_id, b"a picture")

    def typing(self, openid: str, on: bool = True) -> None:
        return

    def _refuse(self) -> None:
        if self.refuse:
            raise self.refuse.pop(0)


@dataclass
class FakeOAuth:
    """WeChat's page login: each code stands for an openid, once; `refuse` holds the errors of the next answers."""

    openids: dict[str, str] = field(default_factory=dict)
    refuse: list[SendError] = field(default_factory=list)

    def address(self, back_to: str, state: str) -> str:
        return f"https://open.example.com/authorize?redirect_uri={back_to}&state={state}"

    def openid(self, code: str) -> str:
        if self.refuse:
            raise self.refuse.pop(0)
        try:
            return self.openids.pop(code)
        except KeyError:
            raise SendError("40029", retry="never") from None


@dataclass
class FakeSms:
    """Aliyun: remembers what it was given, by out_id, and reports it when asked."""

    sent: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    out_ids: dict[str, str] = field(default_factory=dict)
    refuse: list[SendError] = field(default_factory=list)
    takes_then_breaks: int = 0  # how many of the next are sent though the answer is lost

    def send(self, phone: str, code: str, params: dict[str, str], out_id: str) -> str:
        if self.refuse:
            raise self.refuse.pop(0)
        name = next(name for name in SMS_TEMPLATES if f"T-{name}" == code)
        self.sent.append((phone, name, params))
        self.out_ids[out_id] = f"biz-{len(self.sent)}"
        if self.takes_then_breaks:
            self.takes_then_breaks -= 1
            raise SendError("SDK.HttpError", retry="ask")
        return self.out_ids[out_id]

    def report(self, phone: str, biz_id: str, day: date, *, out_id: str = "") -> Report | None:
        biz_id = self.out_ids.get(out_id, "")
        return Report(biz_id, phone, True, "DELIVERED", out_id, None) if biz_id else None

    def texts(self) -> list[str]:
        return [SMS_TEMPLATES[name].render(params) for _, name, params in self.sent]


class FakeRasa:
    """Understands what it was taught, and calls the action as the action server would; `down` makes it fail."""

    def __init__(self) -> None:
        self.taught: dict[str, Act] = {}
        self.places: dict[str, tuple[tuple[str, int, int], ...]] = {}  # where names stand in a text
        self.down = False
        self.heard: list[Mapping[str, Any]] = []
        self.act: Callable[[int, Act, Heard], None] = lambda inbound_id, act, heard: None

    def say(self, sender: str, text: str, metadata: Mapping[str, Any]) -> str:
        self.heard.append({"sender": sender, **metadata})
        if self.down:
            raise RasaDown("ConnectError")
        act = self.taught.get(text, Command("unsure_what", text))
        self.act(metadata["inbound_id"], act, self._heard(act, text, metadata))
        return "taught"

    def _heard(self, act: Act, text: str, metadata: Mapping[str, Any]) -> Heard:
        where = {name: metadata[name] for name in ("asking", "stage", "role")}
        intent, guesses = getattr(act, "name", "inform"), getattr(act, "guesses", ())
        ranking = tuple((each, round(0.4 - place / 10, 2)) for place, each in enumerate(guesses))
        return Heard(intent, ranking, self.places.get(text, ()), **where)


class FakeReader:
    """Reads every picture as the reading that it was given."""

    def __init__(self) -> None:
        self.next = reading()

    def read(self, picture: bytes) -> Reading:
        return self.next


class FakeRedis:
    """Locks for one process, always free; counts that nobody forgets; `ping` answers."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def llen(self, name: str) -> int:
        return self.counts.get(name, 0)

    def incr(self, name: str) -> int:
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name]

    def expire(self, name: str, seconds: int) -> None:
        return

    @contextmanager
    def lock(self, name: str, timeout: float, blocking: bool) -> Iterator[None]:
        yield

    def ping(self) -> bool:
        return True


class Bell:
    """A doorbell that remembers who rang; `World.work` answers it."""

    def __init__(self) -> None:
        self.rings: list[tuple[str, int]] = []

    def turn(self, inbound_id: int) -> None:
        self.rings.append(("turn", inbound_id))

    def photo(self, inbound_id: int) -> None:
        self.rings.append(("photo", inbound_id))

    def document(self, photo_id: int) -> None:
        self.rings.append(("document", photo_id))

    def proxy_batch(self, batch_id: int) -> None:
        self.rings.append(("proxy_batch", batch_id))

    def deliver(self, address_id: int) -> None:
        self.rings.append(("deliver", address_id))

    def batch(self, batch_id: int) -> None:
        self.rings.append(("batch", batch_id))


def settings(tmp_path: Path) -> Settings:
    """Settings of a test; nothing in them leads outside."""
    secret = "test-secret-0123456789"
    return Settings(
        **{name: secret for name, field in Settings.model_fields.items() if field.is_required()}
        | {
            "wechat_app_id": APP_ID,
            "wechat_token": TOKEN,
            "wechat_encoding_aes_key": AES_KEY,
            "data_key": Fernet.generate_key().decode(),
            "var_dir": tmp_path,
        }
    )


def approve_newest(world: World, login: str) -> None:
    """A reviewer approves the newest application, as the console would."""
    with world.app.store.write() as session:
        application = session.scalars(select(Application).order_by(Application.id.desc())).first()
        staff = session.scalars(select(Staff).where(Staff.login == login)).one()
        assert application is not None
        review.approve(session, application, staff, world.now)
    turn.ring(world.app, world.now)
    world.work()


def _fill(store: Store) -> None:
    """The schema, the shipped rules and the template numbers."""
    migrate(store.engine)
    with store.write() as session:
        ship(session)
        articles.ship(session)
        for name in SMS_TEMPLATES:
            session.add(SettingValue(name=f"sms_template_{name}", value=f"T-{name}"))
        session.add(SettingValue(name="wechat_template_progress", value="T-progress"))
        session.add(SettingValue(name="merge_seconds", value=0))  # tests of merging switch it on


@cache
def _hashed(password: str) -> str:
    """As the product keeps it. Hashing is slow on purpose, and everybody here has the same password: once is enough."""
    return hashed(password, b"salt")


class World:
    """A running product and the people who talk with it."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self.settings = settings(folder)
        use_keys(self.settings.data_key)
        self.place = places.take()
        self.database = stores.copy(self.place.folder, _fill)
        self.oauth = FakeOAuth()
        self.sources, self.wechat, self.sms = FakeSources(), FakeWeChat(), FakeSms()
        self.rasa, self.reader, self.bell = FakeRasa(), FakeReader(), Bell()
        self.app = App(
            settings=self.settings,
            clock=lambda: self.now,
            random=Random(7),
            store=self.place.store(self.database),
            redis=FakeRedis(),  # type: ignore[arg-type]
            doorbell=self.bell,
            wechat=self.wechat,  # type: ignore[arg-type]
            oauth=self.oauth,  # type: ignore[arg-type]
            sms=self.sms,  # type: ignore[arg-type]
            sources=self.sources,  # type: ignore[arg-type]
            rasa=self.rasa,  # type: ignore[arg-type]
            photos=PhotoStore(folder / "photos"),
        )
        self.rasa.act = lambda inbound_id, act, heard: turn.perform(self.app, inbound_id, act, "rasa", heard)
        self.web = self.place.furnished(self.app)
        self.desk: Desk = self.web.extensions["desk"]
        self.door = self.web.test_client()
        self._ids = count(1)

    def close(self) -> None:
        self.desk.close()
        self.app.store.close()
        stores.drop(self.database)
        self.place.leave()

    def text(self, text: str, *, openid: str = OPENID) -> Inbound:
        """A text message as the door hands it on."""
        return Inbound("wechat", f"m{next(self._ids)}", openid, Kind.TEXT, text)

    def receive(self, inbound: Inbound) -> Ticket:
        """Keep a message and let its turn end, whether or not somebody waits for it."""
        ticket = self.desk.receive(inbound)
        while self.desk._turns:
            time.sleep(0.001)
        return ticket

    def write(
        self, kind: Kind, text: str = "", choice: str = "", *, openid: str = OPENID, bound: bool = True
    ) -> str | None:
        """One WeChat message in through the true callback, its passive reply out; the workers then do what they were
        rung for."""
        reply = by_wechat(self.door, kind, text, choice, openid, next(self._ids), self.now, bound)
        while self.desk._turns:
            time.sleep(0.001)
        self.work()
        return reply

    def say(self, text: str, *, openid: str = OPENID) -> str:
        """Type a text in WeChat; the reply as it is shown."""
        return self.write(Kind.TEXT, text, openid=openid) or ""

    def photo(self, read: Reading | None = None, *, openid: str = OPENID) -> str:
        """Send a photo that is read as given; the reply, which is ready in time here."""
        self.reader.next = read or reading()
        inbound = Inbound("wechat", f"m{next(self._ids)}", openid, Kind.PHOTO, media_id="media-1")
        ticket = self.receive(inbound)
        self.work()
        reply = self.desk.passive_reply(ticket, 5) or ""
        self.work()
        return reply

    def sms_in(self, text: str, *, phone: str = PHONE) -> None:
        """The phone answers by SMS."""
        by_sms(self.door, self.settings.sms_callback_secret, phone, text, next(self._ids), self.now)
        self.work()

    def reported(self, ok: bool, *, phone: str = PHONE) -> None:
        """Aliyun reports what became of each SMS to a phone so far: all arrived, or none did."""
        code = "DELIVERED" if ok else "MOBILE_NOT_ON_SERVICE"
        found = [f"biz-{number}" for number, (to, _, _) in enumerate(self.sms.sent, 1) if to == phone]
        items = [{"phone_number": phone, "biz_id": each, "success": ok, "err_code": code} for each in found]
        self.door.post(f"/sms/{self.settings.sms_callback_secret}/report", json=items)

    def work(self) -> None:
        """Do what the doorbell was rung for, until nobody rings."""
        while self.bell.rings:
            name, row_id = self.bell.rings.pop(0)
            if name == "photo":
                turn.read_photo(self.app, row_id, self.reader)
            elif name == "document":
                proxies.read_document(self.app, row_id, self.reader)
            elif name == "proxy_batch":
                proxies.work_batch(self.app, row_id)
            elif name == "turn":
                turn.take_turn(self.app, row_id)
            elif name == "batch":
                batches.work(self.app, row_id)
            else:
                outbox.deliver(self.app, row_id)

    def wait(self, **passing: float) -> None:
        """Let time pass, and the sweep find what is due."""
        self.now += timedelta(**passing)
        jobs.sweep(self.app)
        self.work()

    def code(self) -> str:
        """The newest one-time code in the phone's inbox."""
        return next(params["code"] for _, name, params in reversed(self.sms.sent) if name in ("code", "confirm_code"))

    def staff(self, login: str, role: Role, bureau: str = "") -> int:
        """A member of staff; the id."""
        with self.app.store.write() as session:
            kind = OrganisationKind.BUREAU if bureau else OrganisationKind.CENTRE
            place = organisation(session, kind, bureau or "centre", "昆明供电局" if bureau else "电力交易中心")
            made = session.scalar(select(Staff).where(Staff.login == login)) or Staff(login=login)
            made.name, made.role, made.organisation_id, made.password = login, role, place.id, _hashed(PASSWORD)
            session.add(made)
            session.flush()
            return made.id

    def filled_in(self) -> str:
        """王芳 fills in everything; the last reply is the question whether to submit."""
        self.say("我要注册")
        self.photo()
        self.say("1")
        self.say(ACCOUNT)
        self.say("王芳")
        self.say(PHONE)
        return self.say(self.code())
