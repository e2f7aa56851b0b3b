"""An office in full swing: orders of every stage and kind, what is owed, talks, spreadsheets, proxies, failed messages.
Made through the true doors where that is quick, else written beside them; for tests that look at every page."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from PIL import Image, ImageDraw
from sqlalchemy import select

from bot import jobs
from bot.batches import take
from domain.dialogue.acts import Command
from domain.messages.messages import OutboundMessage, OutState
from domain.people.staff import OrganisationKind, Role, Staff, organisation
from domain.proxies import conduct
from domain.proxies.tables import MarkKind, Proxy
from domain.registration.applications import Application, Photo, Source, Stage, put
from domain.registration.readings import DocumentKind, Read, Reading
from domain.review import presence
from domain.rules.rules import Problem, Rule, Severity
from domain.rules.troubles import Outcome, Trouble, shown
from domain.supplements.supplements import Supplement
from tests.support.groups import account, admitted, more_accounts
from tests.support.orders import more_orders
from tests.support.proxies import program
from tests.support.sheets import HEADINGS, workbook
from tests.support.world import ACCOUNT, World

LI = "oLi00000000000000000000000000"
QIAN = "oQian000000000000000000000000"
LONG = (
    "中国（云南）自由贸易试验区昆明片区滇中新区绿色低碳铝硅新材料一体化产业园投资开发建设运营管理有限责任公司西山分公司"
)
PROBLEMS = tuple(
    Problem(f"第{number}项不符", 1, Severity.HINT, f"第{number}处与登记不一致。", "请核对后再看。")
    for number in range(50)
)


def fill(world: World) -> int:
    """Fill the world; zhou and qian handle at 昆明, chen and the administrator admin at the trading centre. The id of
    the administrator."""
    with world.app.store.write() as session:
        words = {"problem": "没有委托书。", "suggestion": "请拍照发来。", "severity": "supplementable"}
        session.add(Rule(name="没有委托书", condition="not letter_photo", document="letter", **words))
    admitted(world)
    world.staff("qian", Role.PRINCIPAL, "053001")
    _orders(world)
    _pictures(world)
    _spreadsheet(world)
    _proxy(world)
    _talks(world)
    _failed(world)
    _unclear(world)
    world.wait(hours=30)
    jobs.daily(world.app)
    with world.app.store.write() as session:
        third, fourth = (session.get_one(Application, each) for each in (4, 5))
        shown(session, third, PROBLEMS, "wechat", world.now)
        shown(session, fourth, PROBLEMS[:4], "sms", world.now)
        for row in session.scalars(select(Trouble).where(Trouble.rule.like("第%"))):
            row.outcome = Outcome.CARRIED
        return session.scalars(select(Staff.id).where(Staff.login == "admin")).one()


def _orders(world: World) -> None:
    """Of every stage, kind and colour; one with a name that fills two lines, one with fifty problems."""
    ids = more_orders(world, 24)
    stages = (Stage.BUREAU_REVIEW, Stage.CENTRE_REVIEW, Stage.RETURNED, Stage.SUSPENDED, Stage.AWAITING_RETAILER)
    with world.app.store.write() as session:
        for place, each in enumerate(ids):
            row = session.get_one(Application, each)
            row.kind = ("owner", "tenant", "payer")[place % 3]
            row.channel = ("wechat", "sms", "batch", "api")[place % 4]
            row.stage = stages[place % 5] if place > 8 else Stage.BUREAU_REVIEW
            row.stage_since = row.submitted_at = world.now - timedelta(days=place)
        put(session.get_one(Application, ids[1]), "name", Source.REGISTRY, LONG, world.now)
        owing = session.scalars(select(Supplement).order_by(Supplement.id)).all()
        for place, owed in enumerate(owing[:9]):
            owed.due = world.now.date() + timedelta(days=place - 4)
            owed.state = "overdue" if place < 4 else "handed_in" if place == 6 else owed.state
        looker = session.scalars(select(Staff).where(Staff.login == "zhou")).one()
        presence.look(session, ids[0], looker, world.now)
        organisation(session, OrganisationKind.BUREAU, "053002", "曲靖供电局")


def picture(words: str = "LICENCE") -> bytes:
    """Something that looks like a licence from afar."""
    image = Image.new("RGB", (1200, 850), "#f4efe2")
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((40, 40, 1160, 810), outline="#9a7b3c", width=8)
    for line in range(8):
        drawing.text((180, 220 + line * 60), f"{words} LINE {line}", fill="black", font_size=34)
    file = BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


def _pictures(world: World) -> None:
    """The first orders have a licence and a letter whose fields have places."""
    licence = Reading(
        {
            "code": Read("91530112MAQJWYLF5B", 0.99, (), (0.15, 0.25, 0.6, 0.3)),
            "name": Read("昆明滇星机械制造有限公司", 0.62, ("low_score",), (0.15, 0.32, 0.6, 0.37)),
            "legal_person": Read("李国强", 0.97, (), (0.15, 0.39, 0.6, 0.44)),
            "address": Read("云南省昆明市西山区海口工业园区新城片区振兴路18号", 0.99, (), (0.15, 0.46, 0.6, 0.51)),
        },
        kind=DocumentKind.LICENCE,
    )
    letter = Reading(
        {
            "grantor": Read("昆明滇星机械制造有限公司", 0.99, (), (0.15, 0.25, 0.6, 0.3)),
            "grantee": Read("王芳", 0.5, ("low_score",), (0.15, 0.39, 0.6, 0.44)),
            "valid_to": Read("", 0.0, ("not_found",)),
            "seal": Read("no", 0.9),
        },
        kind=DocumentKind.LETTER,
    )
    with world.app.store.write() as session:
        for row in session.scalars(select(Application).where(Application.number.is_not(None)).limit(8)):
            for photo in row.photos:
                photo.file, photo.reading = world.app.photos.keep(picture()), licence.to_json()
            paper = {"kind": "letter", "reading": letter.to_json(), "received_at": world.now}
            file = world.app.photos.keep(picture("LETTER"))
            row.photos.append(Photo(contact_id=row.contact_id, file=file, **paper))


def _spreadsheet(world: World) -> None:
    """A batch with good rows and bad ones, checked."""
    good = [account(number) for number in range(1, 6)]
    more_accounts(world, good)
    with world.app.store.read() as session:
        contact = session.get_one(Application, 1).contact_id
    rows = [HEADINGS, *([number] for number in good), ["0530010999999999"], ["05300"], [good[0]]]
    take(world.app, contact, "集团户号.xlsx", workbook(rows))
    world.work()


def _proxy(world: World) -> None:
    """A retail company whose program filed one registration, and three marks against it."""
    made = program(world)
    made.registered(account_number=ACCOUNT)
    with world.app.store.write() as session:
        row = session.get_one(Proxy, made.proxy_id)
        conduct.mark(session, row, MarkKind.COMPLAINT, "contact:1", world.now, said="没经我同意就填了资料")
        conduct.mark(session, row, MarkKind.FALSE_DOCUMENT, "staff:1", world.now, said="执照是假的")


def _talks(world: World) -> None:
    """Somebody waits for a person."""
    world.say("人工", openid=LI)
    world.say("我的电表换了名字，注册还有效吗？", openid=LI)
    world.say("人工")


def _failed(world: World) -> None:
    """Messages that failed for good, for several reasons; one that waits for its person to write."""
    codes = ("isv.MOBILE_NUMBER_ILLEGAL", "isv.AMOUNT_NOT_ENOUGH", "isv.AMOUNT_NOT_ENOUGH", "no.such")
    with world.app.store.write() as session:
        gone = session.scalars(select(OutboundMessage).order_by(OutboundMessage.id.desc()).limit(6)).all()
        for row, code in zip(gone, codes, strict=False):
            row.state, row.error = OutState.FAILED, code
        gone[4].state, gone[5].state = OutState.HELD, OutState.EXPIRED


def _unclear(world: World) -> None:
    """Messages that nobody understood: one with a label by its person, a long one, one that no guess meant."""
    unclear = Command("unsure_what", guesses=("usage", "to_retail", "to_wholesale"))
    said = ("那个啥子咋个整", f"我叫王小芳，电话13900001111，{LONG}的事{'一直没有下文' * 20}", "还有哪样")
    world.rasa.taught.update(dict.fromkeys(said, unclear))
    for each, then in zip(said, ("1", "不说了", "都不是"), strict=True):
        world.say(each, openid=QIAN)
        world.say(then, openid=QIAN)
