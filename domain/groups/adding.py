"""A group in the chat: one more account in three messages, many at once by a link, and how all of it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from domain.dialogue import asking, pending
from domain.dialogue.acts import Act, Command, Values
from domain.dialogue.thread import told
from domain.dialogue.topics import PROGRESS, REGISTER
from domain.groups import batches
from domain.groups.batch_consent import ask_for, summary
from domain.groups.groups import (
    accounts_of,
    companies_of,
    may_file,
    member_of,
    registered,
    representative_of,
    resting_of,
)
from domain.groups.units import MEANING, UnitKind, kind_now, units_of
from domain.messages import links
from domain.messages.links import LinkPurpose
from domain.messages.messages import InboundMessage, Option, Say
from domain.messages.templates import HOST
from domain.people.authority import authorities_of
from domain.people.contacts import SMS
from domain.private import fingerprint
from domain.registration import filing
from domain.registration.applications import STAGE_NAMES, Application, current, focus_on
from domain.registration.intake import take_in
from domain.registration.kinds import Kind
from domain.registration.registration import Scene
from domain.settings import figure
from domain.sources.lookups import Lookup, Where

ADD, BATCH, GROUP = "add_account", "batch", "group"
ADD_AS: Mapping[str, Kind] = {"add_tenant": Kind.TENANT, "add_payer": Kind.PAYER}  # an account in another's name
_SAYS_KIND = {"kind_tenant": "add_tenant", "kind_payer": "add_payer"}  # said in words, just after the question
ADDS = {ADD, *ADD_AS, *_SAYS_KIND}  # what may add an account
ADD_ONE = Option("再加一个户号", f"cmd:{ADD}")
MANY = Option("批量注册", f"cmd:{BATCH}")
OTHER = Option("登记另一家", "cmd:another")
_FIRST = "先注册好一个户号（典型注册户），审核通过后，其余的用一张表格一次办完，执照不用再传。"


def instead(session: Session, contact_id: int, act: Act) -> Act:
    """The act that is meant: an account number alone, said by who may register more accounts and is filling nothing
    in, is one more account; “我们是租的”, said of an account in another's name, is about that account."""
    if isinstance(act, Command) and act.name in _SAYS_KIND and current(session, contact_id) is None:
        held = pending.waiting(session, contact_id, ADD)
        return Command(_SAYS_KIND[act.name], held["number"]) if held and held.get("number") else act
    if not isinstance(act, Values) or set(act.raw) != {"account_number"} or act.correcting:
        return act
    waited = pending.waiting(session, contact_id, ADD) is not None
    if (current(session, contact_id) is None or waited) and companies_of(session, contact_id):
        return Command(ADD, act.raw["account_number"])
    return act


def lookups(act: Act) -> list[Lookup]:
    """What should be asked of the sources before an account is added."""
    adds = isinstance(act, Command) and (act.name == ADD or act.name in ADD_AS)
    taken = take_in({"account_number": act.argument}).values if isinstance(act, Command) and adds else {}
    return [Lookup(Where.MARKETING, taken["account_number"])] if taken else []


def add(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """One more account of a company that has a representative registration: with the number, the whole application is
    there, and the question whether to submit it follows at once."""
    contact_id = inbound.address.contact_id
    if not companies_of(session, contact_id):
        return [_none_lends(session, contact_id, "再加户号，")]
    if not argument:
        pending.wait_for(session, contact_id, ADD, scene.now)
        return [Say("请发要加的16位户号，05开头，在电费单左上角。", short="请回复要加的16位户号，05开头")]
    taken = take_in({"account_number": argument})
    if taken.problems:
        return [Say(taken.problems[0], [ADD_ONE])]
    return _added(session, inbound, taken.values["account_number"], scene)


def add_as(kind: Kind) -> Callable[[Session, InboundMessage, str, Scene], list[Say]]:
    """One more account that is in another company's name: the person's company rents it, or pays for it. Its licence
    and contact are there; what is asked for are the other party and the papers."""

    def act(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
        taken = take_in({"account_number": argument}).values
        if not companies_of(session, inbound.address.contact_id) or "account_number" not in taken:
            return add(session, inbound, argument, scene)
        return _added(session, inbound, taken["account_number"], scene, kind)

    return act


def _added(session: Session, inbound: InboundMessage, number: str, scene: Scene, kind: Kind = Kind.OWNER) -> list[Say]:
    contact_id = inbound.address.contact_id
    known = registered(session, number)
    if known is not None and may_file(session, contact_id, known.code_mark):
        stage = STAGE_NAMES[known.stage]
        return [
            Say(f"户号 {number} 已经在办：申请编号 {known.number}，现在是“{stage}”，不用再加。", [ADD_ONE, PROGRESS])
        ]
    shared = _representative(session, contact_id, number, scene, kind)
    if isinstance(shared, Say):
        return [shared]
    filed = filing.file(
        session,
        inbound.address.contact,
        {"account_number": number, "code": shared.value("code") or ""},
        scene.facts,
        scene.now,
        channel=inbound.channel,
        random=scene.random,
        kind=kind,
        representative=shared,
    )
    if filed.application is None or filed.application.value("account_number") != number:
        return [Say(f"{filed.problems[0].problem}{filed.problems[0].suggestion}", [ADD_ONE])]
    pending.drop(session, contact_id)
    focus_on(filed.application)
    filed.application.paused = False
    lent = f"{shared.value('name')}的执照和联系人沿用已注册的户号，不用再传。"
    return told([lent], asking.prompt(session, filed.application, scene))


def _representative(session: Session, contact_id: int, number: str, scene: Scene, kind: Kind) -> Application | Say:
    """The registration that lends its documents to this account; or why there is none."""
    account = scene.facts.account(number)
    marks = companies_of(session, contact_id)
    if account is None and not scene.facts.is_down(Where.MARKETING, number):
        return Say(f"营销系统里查不到户号 {number}，请对照电费单核对后重发。", [ADD_ONE])
    if account is not None and account.uscc and kind == Kind.OWNER:
        mark = fingerprint("code", account.uscc)
        if mark not in marks:
            pending.wait_for(session, contact_id, ADD, scene.now, number=number)
            return _anothers(number)
        marks = [mark]
    if len(marks) > 1:
        return Say(
            "档案里看不出这个户号是哪家单位的，请用“登记另一家”单独办理。", [Option("登记另一家", "cmd:another")]
        )
    found = representative_of(session, marks[0])
    return found if found is not None else _none_lends(session, contact_id, "再加户号，")


def _none_lends(session: Session, contact_id: int, wish: str) -> Say:
    """Why there is no registration that lends its documents, and what to do."""
    marks = [each.company_mark for each in authorities_of(session, contact_id)]
    if (resting := resting_of(session, marks)) is None:
        return Say(f"{wish}{_FIRST}", [REGISTER, PROGRESS])
    text = f"典型注册户（申请编号 {resting.number}）已暂停，它的执照和资料暂时不能给别的户号用。"
    return Say(
        f"{text}请先补齐它的材料，恢复后再加；着急的，可以用“登记另一家”为新户号单独传执照。", [PROGRESS, OTHER], text
    )


def _anothers(number: str) -> Say:
    """The account is in another company's name: what the person may be to it."""
    text = f"户号 {number} 登记在别的单位名下。贵单位是租的，还是代它缴电费？执照不用再传，只要补材料。"
    ways = [Option("我们是租的", f"cmd:add_tenant:{number}"), Option("我们只代缴", f"cmd:add_payer:{number}")]
    return Say(f"{text}要替那家单位登记，请回复“登记另一家”。", [*ways, Option("登记另一家", "cmd:another")], text)


def batch(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """A link to the page where a spreadsheet is sent and its result is read; and what still waits for a word."""
    contact_id = inbound.address.contact_id
    if not companies_of(session, contact_id):
        return [_none_lends(session, contact_id, "批量注册，")]
    waiting = _waiting(session, contact_id, scene)
    hours = figure(session, "link_hours")
    if inbound.channel == SMS:
        link = Say("请打开链接下载模板、上传表格、看结果", page=LinkPurpose.BATCH)
    else:
        token = links.make(session, contact_id, inbound.address_id, LinkPurpose.BATCH, scene.random, scene.now)
        link = Say(
            f"请在电脑或手机上打开，下载模板、上传表格、看结果（{hours}小时内有效，请勿转发）：\n{HOST}/l/{token}\n"
            f"一次最多{figure(session, 'batch_rows'):,}户，每行只要填户号。核对完会请您确认一次，确认了才提交。"
        )
    return [link, *waiting]


def _waiting(session: Session, contact_id: int, scene: Scene) -> list[Say]:
    """The question about the newest file that still waits for a word; how it stands where it is being worked on."""
    for each in batches.of_contact(session, contact_id):
        if each.state == batches.BatchState.CHECKED and (asked := ask_for(session, each, scene)) is not None:
            return [asked]
        if each.state in batches.OPEN_ROWS:
            return [Say(f"{batches.BATCH_STATES[each.state]}：{summary(session, each)}")]
    return []


def group(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """The person's companies, how many accounts of each stand where, and what is traded as one."""
    marks = companies_of(session, inbound.address.contact_id)
    if not marks:
        return [_none_lends(session, inbound.address.contact_id, "户号再多也不用一个个填：")]
    lines = [_company(session, mark) for mark in marks[:10]]
    member = member_of(session, marks[0])
    head = f"{member.group.name}：" if member is not None else "贵单位的户号："
    more = [f"……共{len(marks)}家"] if len(marks) > 10 else []
    return [Say("\n".join([head, *lines, *more]), [ADD_ONE, MANY, PROGRESS])]


def _company(session: Session, mark: str) -> str:
    shared = representative_of(session, mark)
    counted = accounts_of(session, mark)
    stages = "，".join(f"{STAGE_NAMES[stage]}{count}户" for stage, count in counted.items())
    name = (shared.value("name") or "—") if shared is not None else "—"
    unit = _traded(session, shared, kind_now(session)) if shared is not None else ""
    return f"· {name}，共{sum(counted.values())}户（{stages}）。{unit}"


def _traded(session: Session, shared: Application, kind: UnitKind) -> str:
    """What is traded as one, said of all accounts of the company, not of the one that lends its papers."""
    if kind == UnitKind.ACCOUNT:
        return f"交易单元：{MEANING[kind]}"
    return units_of(session, [shared], kind)[shared.id].line


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    ADD: add,
    **{name: add_as(kind) for name, kind in ADD_AS.items()},
    BATCH: batch,
    GROUP: group,
}
