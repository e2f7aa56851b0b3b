"""What a proxy does with registrations: fill in, correct, hand in documents, submit, withdraw; it sees its own only.

The same functions as the chat's do the work (`domain.registration`, `domain.review`); here stands who may, and when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.people.contacts import Contact
from domain.private import fingerprint
from domain.proxies import authorisations
from domain.proxies.documents import attach
from domain.proxies.refusals import Refused
from domain.proxies.tables import Proxy
from domain.registration import filing
from domain.registration.applications import EDITABLE, Application, Source, Stage, put, remark_identity
from domain.registration.filing import Finding
from domain.registration.intake import take_in
from domain.registration.kinds import Kind
from domain.registration.kinds_chosen import choose
from domain.registration.registration import Scene, take_values
from domain.review import review
from domain.rules import troubles
from domain.rules.rules import Problem, judge
from domain.sources.lookups import Facts
from domain.workdays import local_day

CHANNEL = "api"
# Set once somebody was asked or has said yes: they said it about this company and this phone.
FIXED = ("code", "phone", "account_number")


@dataclass(frozen=True, slots=True)
class Registered:
    """A registration and what was found wrong with it."""

    application: Application
    problems: Sequence[Finding]


def create(
    session: Session, proxy: Proxy, row: Mapping[str, str], facts: Facts, now: datetime, random: Random
) -> Registered:
    """Fill a new registration in. Nobody but the proxy sees it until the user says yes. Refused: what was sent has no
    account that exists, or the proxy has it in hand already."""
    _not_twice(session, proxy, row)
    kind = row.get("kind", "owner")
    contact = session.get_one(Contact, proxy.contact_id)
    filed = filing.file(session, contact, row, facts, now, channel=CHANNEL, random=random, kind=kind)
    if filed.application is None:
        raise Refused("invalid", "这份登记不能建立，请看 problems。", filed.problems)
    application = filed.application
    if application.value("account_number") is None:
        found = [each for each in filed.problems if each.field == "account_number"]
        raise Refused("invalid", "这个户号不能登记，请看 problems。", found)
    application.proxy_id = proxy.id
    data = {"proxy": proxy.name, "kind": kind}
    record(session, "proxy_filed", ("application", application.id), f"proxy:{proxy.id}", data, now)
    own = [each for each in filed.problems if not each.rule]
    return Registered(application, [*own, *_judged(session, application, now)])


def correct(
    session: Session, application: Application, row: Mapping[str, str], facts: Facts, now: datetime, random: Random
) -> Registered:
    """Change values of a registration that can still be changed. What stays unsaid stays as it is."""
    changed = {name: text for name, text in row.items() if text != application.value(name)}
    if fixed := [name for name in FIXED if name in changed and not _is_free(session, application, now)]:
        text = "已经请用户授权，统一社会信用代码、户号和手机不能再改。填错了请撤掉这份，重新登记。"
        raise Refused("authorised_already", text, [Finding(name, text) for name in fixed])
    findings = _take(session, application, changed, Scene(now, facts, random))
    if "kind" in changed:
        choose(session, application, Kind(changed["kind"]), now)
    application.licence_confirmed = application.licence_confirmed or bool((application.facts or {}).get("company"))
    remark_identity(application)
    session.flush()
    return Registered(application, [*findings, *_judged(session, application, now)])


def submit(session: Session, proxy: Proxy, application: Application, now: datetime) -> Registered:
    """Hand a registration in, as the user's own “提交” would. Refused: no yes of the user stands, or a rule stops."""
    standing = authorisations.standing(session, proxy.id, application.code_mark)
    if not authorisations.holds(standing, now):
        raise Refused("not_authorised", "用户还没有同意由您代办，不能提交。请先发起授权，等用户在自己手机上同意。")
    try:
        problems = review.submit(session, application, f"proxy:{proxy.id}", now, channel=CHANNEL)
    except review.NotReady as stopped:
        raise Refused("not_ready", "还有问题没有解决，不能提交。", _findings(session, stopped.problems)) from None
    except review.NotAllowed as stopped:
        raise Refused("wrong_stage", str(stopped)) from None
    data = {"authorisation": standing.id if standing is not None else None}
    record(session, "proxy_submitted", ("application", application.id), f"proxy:{proxy.id}", data, now)
    return Registered(application, _findings(session, problems))


def withdraw(session: Session, proxy: Proxy, application: Application, now: datetime) -> None:
    """Take a registration back that was never submitted: its values are deleted."""
    if application.stage != Stage.FILLING:
        raise Refused("wrong_stage", "已经提交过的不能撤掉；要撤回请联系审核的供电局。")
    review.move(session, application, Stage.CANCELLED, "cancelled", f"proxy:{proxy.id}", now)
    application.values.clear()
    application.facts = None


def own(session: Session, proxy: Proxy, application_id: int, *, lock: bool = False) -> Application | None:
    """The proxy's registration of that number; None for anybody else's, and for none."""
    query = select(Application).where(Application.id == application_id, Application.proxy_id == proxy.id)
    return session.scalar(query.with_for_update() if lock else query)


def listed(
    session: Session, proxy: Proxy, *, after: int | None, limit: int, stage: str = "", account: str = ""
) -> list[Application]:
    """The proxy's registrations, newest first, older than `after`; of one stage or account where it is named."""
    query = select(Application).where(Application.proxy_id == proxy.id)
    if after is not None:
        query = query.where(Application.id < after)
    if stage:
        query = query.where(Application.stage == stage)
    if account:
        query = query.where(Application.account_mark == fingerprint("account", account))
    return list(session.scalars(query.order_by(Application.id.desc()).limit(limit)))


def may_change(session: Session, proxy: Proxy, application: Application, now: datetime) -> None:
    """Refused where the proxy may not change this registration now."""
    if application.stage not in EDITABLE:
        raise Refused("wrong_stage", "这份登记正在审核或已办结，不能改。被退回后可以改好再提交。")
    if not may_see(session, proxy, application, now):
        raise Refused("authorisation_ended", "用户的授权已经撤回或到期，不能再办这份登记。请重新发起授权。")


def may_see(session: Session, proxy: Proxy, application: Application, now: datetime) -> bool:
    """Whether the proxy sees what is in it: its own draft, or the user's while their yes stands."""
    if application.contact_id == proxy.contact_id:
        return True
    return authorisations.holds(authorisations.standing(session, proxy.id, application.code_mark), now)


def use_documents(
    session: Session,
    proxy: Proxy,
    application: Application,
    given: Sequence[tuple[int, str]],
    facts: Facts,
    now: datetime,
) -> list[Finding]:
    """Let documents that the proxy has sent (their numbers, and of which party) belong to a registration."""
    return [
        found for number, party in given for found in attach(session, proxy, application, number, party, facts, now)
    ]


def found_now(session: Session, application: Application, now: datetime) -> list[Finding]:
    """What is wrong with a registration that can still be changed; a look, however often a program takes it, counts
    nothing as shown."""
    if application.stage not in EDITABLE:
        return []
    return _findings(session, judge(session, application, local_day(now)))


def _judged(session: Session, application: Application, now: datetime) -> list[Finding]:
    """The rules' problems, noted as shown: what goes wrong most is counted."""
    problems = judge(session, application, local_day(now))
    troubles.shown(session, application, problems, CHANNEL, now)
    return _findings(session, problems)


def _findings(session: Session, problems: Sequence[Problem]) -> list[Finding]:
    return [_for_a_proxy(each) for each in filing.findings_of(session, problems)]


def _for_a_proxy(found: Finding) -> Finding:
    """A phone is proved by the user's yes here, and not by a code that somebody types in the chat."""
    if found.field != "phone" or "验证码" not in found.suggestion:
        return found
    return replace(found, suggestion="请发起授权：用户在自己手机上同意，手机就验证了。")


def _not_twice(session: Session, proxy: Proxy, row: Mapping[str, str]) -> None:
    number = row.get("account_number", "")
    taken = take_in({"account_number": number}).values  # as it would be kept: blanks and width are no other account
    mark = fingerprint("account", taken.get("account_number", number))
    mine = (Application.proxy_id == proxy.id, Application.account_mark == mark, Application.stage != Stage.CANCELLED)
    known = session.scalar(select(Application.id).where(*mine).limit(1))
    if known is not None:
        raise Refused("exists", f"这个户号您已经登记过，编号 {known}。请改那一份，或先撤掉它。")


def _is_free(session: Session, application: Application, now: datetime) -> bool:
    """Whether nobody was asked yet about this registration."""
    if application.proxy_id is None or application.proxy is None:
        return False
    standing = authorisations.standing(session, application.proxy_id, application.code_mark)
    asked = standing is not None and standing.application_id == application.id and standing.state == "asked"
    return application.contact_id == application.proxy.contact_id and not asked


def _take(session: Session, application: Application, row: Mapping[str, str], scene: Scene) -> list[Finding]:
    """Take values in as the chat does, but send no code to a new phone; what was not used, and why."""
    found: list[Finding] = []
    for name in [name for name in filing.FIELDS if name in row]:
        intake = take_in({name: row[name]})
        found += [Finding(name, each) for each in intake.problems]
        if name == "phone" and intake.values:
            put(application, "phone", Source.TYPED, intake.values["phone"], scene.now)
            application.phone_verified_at = None
        elif intake.values:
            said = take_values(session, application, intake, scene)
            used = application.value(name) == intake.values[name]
            found += [] if used else [Finding(name, said[0] if said else "没有用上这一项。")]
    return found
