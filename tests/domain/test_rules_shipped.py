"""Every rule that a market starts with finds what it is for, and leaves alone who has done all right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from sqlalchemy.orm import Session

from domain.people.staff import OrganisationKind, organisation
from domain.registration.applications import Application, Photo, Source, Stage, StageStep, put, remark_identity
from domain.registration.kinds import Kind, PartyRole
from domain.registration.parties import keep_in_step, party
from domain.registration.readings import DocumentKind, Read, Reading
from domain.rules.rules import Severity, judge
from domain.rules.shipped import SHIPPED
from domain.supplements.supplements import Supplement, SupplementState
from domain.workdays import local_day
from tests.support.world import COMPANY, START, World

Change = Callable[[Session, Application], None]
OWNER, TENANT = "云南鼎力物业管理有限公司", "昆明云岭食品有限公司"
OWNER_CODE, TENANT_CODE = "91532524362939808D", "91530100MAR19AEM2G"
NOT_TOLD = ("account_name", "account_name_reason", "account_code", "owner_name", "owner_code", "owner_phone")
TODAY = local_day(START)
SIGNED = {"seal": "yes", "signature": "yes", "valid_from": "2026-01-01", "valid_to": "2028-12-31"}
LETTER = {**SIGNED, "grantee": COMPANY.name}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all: each test changes the application in a transaction that is taken back."""
    made = World(tmp_path_factory.mktemp("shipped"))
    made.filled_in()
    yield made
    made.close()


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with Session(world.app.store.engine) as session:  # one for looking writes nothing
        yield session
        session.rollback()


def value(name: str, text: str | None, source: Source = Source.TYPED) -> Change:
    """Somebody says a value, and it counts; None: nobody says it."""

    def change(session: Session, it: Application) -> None:
        if text is None:
            it.values[:] = [row for row in it.values if row.name != name]
        else:
            put(it, name, source, text, START)
            it.decided[name] = source

    return change


def photo_says(name: str, text: str) -> Change:
    """The licence's picture was read otherwise, and what the registry says counts."""

    def change(session: Session, it: Application) -> None:
        row = it.said_by(name, Source.OCR)
        assert row is not None
        row.value = text
        it.decided[name] = Source.REGISTRY

    return change


def fact(which: str, **changed: object) -> Change:
    """A source says otherwise."""

    def change(session: Session, it: Application) -> None:
        kept = dict(it.facts or {})
        it.facts = {**kept, which: {**(kept[which] or {}), **changed}}

    return change


def told(**changed: object) -> Change:
    def change(session: Session, it: Application) -> None:
        it.facts = {**(it.facts or {}), **changed}

    return change


def set_to(**columns: object) -> Change:
    def change(session: Session, it: Application) -> None:
        for name, text in columns.items():
            setattr(it, name, text)

    return change


def paper(kind: str, whose: str = "", /, **fields: str | float) -> Change:
    """A paper is there and reads like this, over what it read before; `sure` is how sure that is."""
    sure = float(fields.pop("sure", 0.99))

    def change(session: Session, it: Application) -> None:
        reading = Reading({name: Read(str(text), sure) for name, text in fields.items()}, kind=kind)
        made = Photo(contact_id=it.contact_id, file="", kind=kind, party=whose, received_at=START)
        made.reading = reading.to_json()
        it.photos.append(made)

    return change


def no_paper(*kinds: str) -> Change:
    def change(session: Session, it: Application) -> None:
        for each in it.photos:
            each.kind = "" if each.kind in kinds or f"{each.kind}:{each.party}" in kinds else each.kind

    return change


def objects(role: PartyRole) -> Change:
    def change(session: Session, it: Application) -> None:
        party(session, it, role).objected_at = START

    return change


def both(*changes: Change) -> Change:
    def change(session: Session, it: Application) -> None:
        for each in changes:
            each(session, it)

    return change


def another(session: Session, it: Application, **columns: object) -> Application:
    """Another application, like this one in what is searched for."""
    marks = {"code_mark": it.code_mark, "account_mark": it.account_mark, "phone_mark": it.phone_mark}
    given = {"contact_id": it.contact_id, "stage_since": START, "created_at": START, "updated_at": START, **marks}
    made = Application(**{**given, **columns})
    session.add(made)
    session.flush()
    return made


def others(**columns: object) -> Change:
    def change(session: Session, it: Application) -> None:
        another(session, it, **columns)

    return change


def companies(count: int) -> Change:
    """So many other companies name the same phone; accounts of the own one do not count."""

    def change(session: Session, it: Application) -> None:
        remark_identity(it)
        another(session, it, account_mark=None, submitted_at=START)
        for number in range(count):
            another(session, it, code_mark=f"other-{number}", account_mark=None, submitted_at=START)

    return change


def represented(**columns: object) -> Change:
    def change(session: Session, it: Application) -> None:
        it.representative = another(session, it, account_mark=None, **columns)

    return change


def returned(times: int) -> Change:
    def change(session: Session, it: Application) -> None:
        step = {"stage": Stage.BUREAU_REVIEW, "entered_at": START, "decision": "returned"}
        it.steps.extend(StageStep(**step) for _ in range(times))

    return change


def owes(session: Session, it: Application, state: str = SupplementState.OVERDUE) -> None:
    first = another(session, it, account_mark=None, stage=Stage.BUREAU_REVIEW)
    owed = {"rule": "缺租赁协议", "document": "lease", "problem": "缺", "suggestion": "补", "consequence": "退回"}
    session.add(Supplement(application_id=first.id, **owed, state=state, opened_at=START))


def doubt_code(session: Session, it: Application) -> None:
    code = it.said_by("code", Source.OCR)
    assert code is not None
    code.doubts, it.decided["code"], it.licence_confirmed = ["confidence"], Source.OCR, False


def no_account(session: Session, it: Application) -> None:
    it.facts = {**(it.facts or {}), "account": None}


def no_company(session: Session, it: Application) -> None:
    it.facts = {**(it.facts or {}), "company": None}


def a_retailer(session: Session, it: Application) -> None:
    organisation(session, OrganisationKind.RETAILER, "R1", COMPANY.name)


def agent(session: Session, it: Application) -> None:
    """The owner's letter names a person."""
    paper(DocumentKind.LETTER, PartyRole.OWNER, grantee="王芳", grantee_id="530102198001010013")(session, it)


def identity(**fields: str | float) -> Change:
    def change(session: Session, it: Application) -> None:
        agent(session, it)
        read = {"name": "王芳", "number": "530102198001010013", "side": "front", **fields}
        paper(DocumentKind.IDENTITY, **read)(session, it)

    return change


lease = DocumentKind.LEASE
letter = DocumentKind.LETTER

# Each rule, for which kind of account, and what makes it apply.
CASES: Mapping[str, tuple[Kind, Change]] = {
    "代码未确认": (Kind.OWNER, doubt_code),
    "代码校验不符": (Kind.OWNER, value("code", "91530112MAQJWYLF5C")),
    "工商登记查无此企业": (Kind.OWNER, no_company),
    "企业已注销或吊销": (Kind.OWNER, fact("company", status="注销")),
    "企业已迁出": (Kind.OWNER, fact("company", status="迁出")),
    "企业状态不明": (Kind.OWNER, fact("company", status="未知")),
    "缺营业执照照片": (Kind.OWNER, no_paper("licence")),
    "营业执照已到期": (Kind.OWNER, value("term", "2016-05-12至2026-11-22")),
    "营业执照即将到期": (Kind.OWNER, value("term", "2016-05-12至2026-12-01")),
    "企业名称与工商登记不符": (Kind.OWNER, value("name", "昆明滇星机械有限公司")),
    "填的是曾用名": (Kind.OWNER, fact("company", name="昆明滇星智能制造有限公司", former_names=[COMPANY.name])),
    "执照照片是曾用名": (
        Kind.OWNER,
        both(fact("company", former_names=["昆明滇星机械厂"]), photo_says("name", "昆明滇星机械厂")),
    ),
    "执照照片名称不符": (Kind.OWNER, photo_says("name", "昆明填星机械制造有限公司")),
    "执照照片代码不符": (Kind.OWNER, photo_says("code", TENANT_CODE)),
    "法定代表人与登记不符": (Kind.OWNER, fact("company", legal_person="李国栋")),
    "所填与登记不同": (Kind.OWNER, value("address", "云南省昆明市官渡区福保路6号")),
    "售电公司不能这样注册": (Kind.OWNER, a_retailer),
    "发电企业不能这样注册": (Kind.OWNER, value("name", "云南滇星水电开发有限公司")),
    "经营范围有售电或发电": (Kind.OWNER, fact("company", scope="机械制造；售电业务")),
    "户号查不到": (Kind.OWNER, no_account),
    "户号已销户": (Kind.OWNER, fact("account", status="closed")),
    "户号状态不明": (Kind.OWNER, fact("account", status="unknown")),
    "户号已注册": (Kind.OWNER, others(stage=Stage.BUREAU_REVIEW)),
    "户名与执照不符": (Kind.OWNER, fact("account", name=OWNER, uscc=OWNER_CODE)),
    "户名有出入但代码一致": (Kind.OWNER, fact("account", name="昆明滇星机械厂")),
    "户名是曾用名": (
        Kind.OWNER,
        both(fact("company", former_names=["昆明滇星机械厂"]), fact("account", name="昆明滇星机械厂", uscc="")),
    ),
    "户名是总公司或分支机构": (Kind.OWNER, fact("account", name=f"{COMPANY.name}海口分公司", uscc="")),
    "户名一致但代码不同": (Kind.OWNER, fact("account", uscc=OWNER_CODE)),
    "档案缺代码": (Kind.OWNER, fact("account", uscc="")),
    "档案代码有误": (Kind.OWNER, fact("account", uscc="91530112MAQJWYLF5C")),
    "档案缺户名": (Kind.OWNER, fact("account", name="")),
    "容量缺失": (Kind.OWNER, value("capacity_kva", None)),
    "供电局不明": (Kind.OWNER, set_to(bureau=None)),
    "缺联系人": (Kind.OWNER, value("contact_name", None)),
    "手机未验证": (Kind.OWNER, set_to(phone_verified_at=None)),
    "手机与姓名不符": (Kind.OWNER, told(phone_name="mismatch")),
    "手机与姓名没核验到": (Kind.OWNER, told(phone_name="unknown")),
    "手机用于多家企业": (Kind.OWNER, companies(5)),
    "同企业重复填报": (Kind.OWNER, others(stage=Stage.FILLING)),
    "典型注册户未通过": (Kind.OWNER, represented(stage=Stage.BUREAU_REVIEW)),
    "与典型注册户代码不一致": (Kind.OWNER, represented(stage=Stage.AWAITING_MARKET, code_mark="another")),
    "多次退回": (Kind.OWNER, returned(3)),
    "有逾期未补的材料": (Kind.OWNER, owes),
    "接口未应答": (Kind.OWNER, set_to(missing_facts=["marketing"])),
    "产权人与户名不符": (Kind.TENANT, value("owner_name", "昆明盘龙置业有限公司")),
    "产权人就是申请人": (Kind.TENANT, value("owner_code", COMPANY.uscc)),
    "租户就是申请人": (Kind.PAYER, value("tenant_code", COMPANY.uscc)),
    "产权人不明": (Kind.TENANT, value("owner_name", None)),
    "缺产权人电话": (Kind.TENANT, value("owner_phone", None)),
    "产权人有异议": (Kind.TENANT, objects(PartyRole.OWNER)),
    "租户有异议": (Kind.PAYER, objects(PartyRole.TENANT)),
    "对方电话是申请人自己的": (Kind.TENANT, value("owner_phone", "13887654321")),
    "租赁协议和委托书都没有": (Kind.TENANT, no_paper("lease", "letter:owner")),
    "缺租赁协议": (Kind.TENANT, no_paper("lease")),
    "租赁协议已到期": (Kind.TENANT, paper(lease, valid_to="2026-11-22")),
    "租赁协议即将到期": (Kind.TENANT, paper(lease, valid_to="2026-12-31")),
    "租赁协议还没开始": (Kind.TENANT, paper(lease, valid_from="2026-12-01")),
    "出租方不是产权人": (Kind.TENANT, paper(lease, lessor="昆明盘龙置业有限公司")),
    "承租方不是用电单位": (Kind.TENANT, paper(lease, lessee="昆明盘龙置业有限公司")),
    "租赁协议没有盖章签字": (Kind.TENANT, both(no_paper("lease"), paper(lease, seal="no", signature="no"))),
    "租赁协议看不清": (Kind.TENANT, paper(lease, lessor="云南鼎刀物业", sure=0.4)),
    "缺产权人授权委托书": (Kind.TENANT, no_paper("letter:owner")),
    "产权人委托书已过期": (Kind.TENANT, paper(letter, "owner", valid_to="2026-11-22")),
    "产权人委托书即将到期或还没生效": (Kind.TENANT, paper(letter, "owner", valid_from="2026-12-01")),
    "委托单位不是产权人": (Kind.TENANT, paper(letter, "owner", grantor="昆明盘龙置业有限公司")),
    "产权人委托书受托人不符": (Kind.TENANT, paper(letter, "owner", grantee="昆明盘龙置业有限公司")),
    "产权人委托书没有公章": (
        Kind.TENANT,
        both(no_paper("letter:owner"), paper(letter, "owner", **{**LETTER, "seal": "no"})),
    ),
    "产权人委托书没有签字": (
        Kind.TENANT,
        both(no_paper("letter:owner"), paper(letter, "owner", **{**LETTER, "signature": "no"})),
    ),
    "产权人委托书看不清": (Kind.TENANT, paper(letter, "owner", matter="办里电力", sure=0.4)),
    "缺租户授权委托书": (Kind.PAYER, no_paper("letter:tenant")),
    "租户委托书已过期": (Kind.PAYER, paper(letter, "tenant", valid_to="2026-11-22")),
    "委托单位不是租户": (Kind.PAYER, paper(letter, "tenant", grantor="昆明盘龙置业有限公司")),
    "租户委托书受托人不符": (Kind.PAYER, paper(letter, "tenant", grantee="昆明盘龙置业有限公司")),
    "租户委托书没有盖章或签字": (
        Kind.PAYER,
        both(no_paper("letter:tenant"), paper(letter, "tenant", **{**LETTER, "seal": "no"})),
    ),
    "租户委托书看不清": (Kind.PAYER, paper(letter, "tenant", matter="办里电力", sure=0.4)),
    "本单位委托书已过期": (Kind.OWNER, paper(letter, grantor=COMPANY.name, valid_to="2026-11-22")),
    "本单位委托书不合要求": (Kind.OWNER, paper(letter, grantor=COMPANY.name, seal="no", signature="yes")),
    "缺经办人身份证": (Kind.TENANT, agent),
    "身份证与受托人不符": (Kind.TENANT, identity(number="530102198001010021")),
    "身份证已过期": (Kind.TENANT, identity(valid_to="2026-11-22")),
    "身份证不是联系人": (Kind.TENANT, identity(name="王方")),
    "身份证看不清": (Kind.TENANT, identity(name="王芳", sure=0.4)),
}


# What is just not yet, or just still so: the day of the tests is the 23rd of November 2026.
EDGES: tuple[tuple[str, Kind, Change, bool], ...] = (
    ("营业执照已到期", Kind.OWNER, value("term", "2016-05-12至2026-11-23"), False),
    ("营业执照即将到期", Kind.OWNER, value("term", "2016-05-12至2026-11-23"), True),
    ("营业执照即将到期", Kind.OWNER, value("term", "2016-05-12至2026-12-23"), True),
    ("营业执照即将到期", Kind.OWNER, value("term", "2016-05-12至2026-12-24"), False),
    ("租赁协议已到期", Kind.TENANT, paper(lease, valid_to="2026-11-23"), False),
    ("租赁协议即将到期", Kind.TENANT, paper(lease, valid_to="2027-01-22"), True),
    ("租赁协议即将到期", Kind.TENANT, paper(lease, valid_to="2027-01-23"), False),
    ("租赁协议还没开始", Kind.TENANT, paper(lease, valid_from="2026-11-23"), False),
    ("租赁协议还没开始", Kind.TENANT, paper(lease, valid_from="2026-11-24"), True),
    ("产权人委托书已过期", Kind.TENANT, paper(letter, "owner", valid_to="2026-11-23"), False),
    ("手机用于多家企业", Kind.OWNER, companies(4), False),
    ("多次退回", Kind.OWNER, returned(2), False),
    ("容量缺失", Kind.OWNER, value("capacity_kva", "0", Source.MARKETING), True),
    ("有逾期未补的材料", Kind.OWNER, lambda session, it: owes(session, it, SupplementState.OPEN), False),
    ("身份证与受托人不符", Kind.TENANT, identity(name="王方"), False),
)


def become(kind: Kind) -> Change:
    """The application as one of that kind, with all that it takes; nothing is wrong with it."""

    def change(session: Session, it: Application) -> None:
        it.kind = kind
        if kind == Kind.OWNER:
            return
        fact("account", name=OWNER, uscc=OWNER_CODE)(session, it)
        parties = {"owner": (OWNER, "刘敏", "13900001111")}
        paper(letter, "owner", **LETTER, grantor=OWNER)(session, it)
        if kind == Kind.PAYER:
            parties["tenant"] = (TENANT, "周强", "13900002222")
            paper(letter, "tenant", **LETTER, grantor=TENANT)(session, it)
        for role, (company, contact, phone) in parties.items():
            for name, text in (("name", company), ("contact", contact), ("phone", phone)):
                value(f"{role}_{name}", text)(session, it)
        lessee = TENANT if kind == Kind.PAYER else COMPANY.name
        paper(lease, **SIGNED, lessor=OWNER, lessee=lessee)(session, it)

    return change


def found(session: Session, *changes: Change) -> set[str]:
    """The rules that apply once the changes are made."""
    application = session.query(Application).filter_by(asking="submit").one()
    for change in changes:
        change(session, application)
    remark_identity(application)
    session.flush()
    keep_in_step(session, application)
    return {problem.rule for problem in judge(session, application, TODAY)}


def test_every_shipped_rule_has_a_case() -> None:
    assert set(CASES) == {rule["name"] for rule in SHIPPED}
    assert len(SHIPPED) >= 30


@pytest.mark.parametrize("kind", list(Kind))
def test_who_has_done_all_right_is_left_alone(session: Session, kind: Kind) -> None:
    assert found(session, become(kind)) == set()


@pytest.mark.parametrize("name", CASES)
def test_a_shipped_rule_finds_what_it_is_for(session: Session, name: str) -> None:
    kind, change = CASES[name]
    assert name in found(session, become(kind), change)


@pytest.mark.parametrize(("name", "kind", "change", "applies"), EDGES, ids=lambda each: f"{each}"[:24])
def test_a_last_day_and_a_figure_count_as_the_words_say(
    session: Session, name: str, kind: Kind, change: Change, applies: bool
) -> None:
    """A paper holds on its last day; one day or one case to this side or that decides."""
    assert (name in found(session, become(kind), change)) is applies


@pytest.mark.parametrize("name", CASES)
def test_no_case_leaves_a_rule_that_cannot_be_worked_out(session: Session, name: str) -> None:
    """A rule that fails is a hint to a person: none of ours may fail on what may well happen."""
    kind, change = CASES[name]
    application = session.query(Application).filter_by(asking="submit").one()
    for each in (become(kind), change):
        each(session, application)
    session.flush()
    assert not [each for each in judge(session, application, TODAY) if "无法判断" in each.problem]


@pytest.mark.parametrize("name", [rule["name"] for rule in SHIPPED if rule.get("document")])
def test_what_was_only_read_off_a_picture_stops_nobody(name: str) -> None:
    """A camera may have got it wrong, and a person without a way on would give up."""
    rule = next(rule for rule in SHIPPED if rule["name"] == name)
    missing = rule["condition"].startswith("not ")
    assert missing or rule["severity"] in (Severity.SUPPLEMENTABLE, Severity.HINT)


@pytest.mark.parametrize(
    "text",
    [f"{rule['name']}：{rule[column]}" for rule in SHIPPED for column in ("problem", "suggestion")],
)
def test_no_text_tells_what_only_the_archive_knows_of_another_company(text: str) -> None:
    """Whoever types somebody's account number does not learn whose it is."""
    assert not any(f"{{{name}}}" in text for name in NOT_TOLD)
