"""Where a contact's applications stand, as they read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.dialogue import owing
from domain.dialogue.focus import labels
from domain.dialogue.topics import REGISTER
from domain.groups.units import unit_of
from domain.market.months import month_of
from domain.market.readiness import readiness
from domain.messages.links import LinkPurpose
from domain.messages.messages import Option, Say
from domain.people.authority import authorities_of
from domain.people.roles import may_take_over
from domain.registration.applications import EDITABLE, STAGE_NAMES, Application, Stage, of_contact
from domain.registration.kinds import KIND_NAMES, Kind
from domain.registration.summary import noted
from domain.review.returns import points_of, reason_in_short
from domain.supplements.supplements import ADMITTED
from domain.workdays import CHINA, local_day

_SMS_SHOWS = 2  # applications in one SMS; with more, a page shows all of them


def progress(session: Session, contact_id: int, now: datetime, number: str = "") -> Say:
    """The stages of every application, newest first, with what the person can do next: their own, with all that was
    noted while one is being filled in, and those that were handed in for a company that they speak for. Who is admitted
    reads whether they may trade in this month. With a `number`, the one that bears it."""
    month = month_of(local_day(now))
    own = of_contact(session, contact_id)
    known = own + _of_companies(session, contact_id, own)
    if number and not (known := [each for each in known if each.number == number]):
        return Say(f"没有查到您名下编号{number}的申请，请核对编号。", [Option("我的进度", "cmd:progress")])
    if not known:
        return Say("您还没有注册申请。", [REGISTER])
    own = [each for each in own if each in known]
    shown = [_one(session, application, month) for application in known[:5]]
    options = [*_options(own), *_to_take_over(session, contact_id, known)]
    return Say("\n\n".join(shown), options, short=_on_sms(session, known), page=_page(known))


def _on_sms(session: Session, known: list[Application]) -> str:
    """The newest ones, a line each: the company, the stage, why it was returned, and that something is owed."""
    lines = []
    for application in known[:_SMS_SHOWS]:
        returned = application.stage == Stage.RETURNED and application.steps
        done = [step for step in application.steps if step.left_at is not None] if returned else []
        why = f"，原因：{reason_in_short(application)}" if done else ""
        owed = "，还差材料，回复“补材料”看哪些" if owing.lines(session, application) else ""
        lines.append(f"{application.value('name') or '新申请'}：{STAGE_NAMES[application.stage]}{why}{owed}")
    more = f"\n共{len(known)}份，全部在页面上" if len(known) > _SMS_SHOWS else ""
    return "\n".join(lines) + more


def _page(known: list[Application]) -> str:
    """The page that shows the rest, where an SMS has no room for all of it: more applications, or several reasons."""
    several = any(len(points_of(application)) > 1 for application in known[:_SMS_SHOWS])
    return LinkPurpose.PROGRESS if several or len(known) > _SMS_SHOWS else ""


def _to_take_over(session: Session, contact_id: int, known: list[Application]) -> list[Option]:
    """What a colleague handed in and got back, where the contact may go on with it."""
    found = [each for each in known if may_take_over(session, contact_id, each)][:3]
    named = zip(labels(found), found, strict=True)
    return [Option(f"由我修改{label}", f"cmd:take_over:{each.id}") for label, each in named]


def _of_companies(session: Session, contact_id: int, own: list[Application]) -> list[Application]:
    """What others handed in for the companies that the contact speaks for. A draft is its writer's own."""
    marks = {each.company_mark for each in authorities_of(session, contact_id)}
    handed_in = select(Application).where(
        Application.code_mark.in_(marks),
        Application.submitted_at.is_not(None),
        Application.stage != Stage.CANCELLED,
        Application.id.not_in([each.id for each in own]),
    )
    return list(session.scalars(handed_in.order_by(Application.id.desc()))) if marks else []


def _one(session: Session, application: Application, month: int) -> str:
    lines = [f"{application.value('name') or '新申请'} {application.number or ''}".strip()]
    lines += noted(application) if application.submitted_at is None else _known(session, application)
    done = [step for step in application.steps if step.left_at is not None]
    for step in done[-4:]:
        when = step.left_at.astimezone(CHINA) if step.left_at else None
        word = _DONE.get((step.stage, step.decision), "")
        if word and when:
            by_rules = "（系统自动）" if step.mode == "automatic" else ""
            lines.append(f"✓ {when:%m月%d日 %H:%M} {word}{by_rules}")
    lines.append(f"→ {STAGE_NAMES[application.stage]}")
    if application.stage == Stage.RETURNED and done:
        lines.append(f"退回原因：{done[-1].remark}")
    if application.stage in ADMITTED:
        lines.append(readiness(session, application, month).words)
    if application.stage == Stage.AWAITING_CERTIFICATE:
        lines.append("想换到零售市场，回复“选择市场”。")
    return "\n".join([*lines, *owing.lines(session, application)])


def _known(session: Session, application: Application) -> list[str]:
    """For whom and for what it is: the account, the kind where it is no owner's, the trading unit."""
    number = application.value("account_number")
    kind = f"（{KIND_NAMES[application.kind]}）" if application.kind != Kind.OWNER else ""
    lines = [f"户号尾号{number[-4:]}{kind}"] if number else []
    return [*lines, unit_of(session, application).line]


_DONE: dict[tuple[str, str], str] = {
    (Stage.FILLING, "submitted"): "提交注册",
    (Stage.RETURNED, "submitted"): "重新提交",
    (Stage.BUREAU_REVIEW, "approved"): "供电局审核通过",
    (Stage.BUREAU_REVIEW, "returned"): "供电局退回",
    (Stage.CENTRE_REVIEW, "approved"): "交易中心审核通过",
    (Stage.CENTRE_REVIEW, "returned"): "交易中心退回",
}


def _options(known: list[Application]) -> list[Option]:
    open_ones = [each for each in known if each.stage in EDITABLE]
    if len(open_ones) > 1:
        return [
            Option(f"办{label}", f"cmd:focus:{each.id}")
            for each, label in zip(open_ones, labels(open_ones), strict=True)
        ]
    stages = {application.stage for application in known}
    if Stage.RETURNED in stages:
        return [Option("现在修改", "cmd:returned_why")]
    if Stage.FILLING in stages:
        return [Option("接着填写", "cmd:register")]
    if Stage.AWAITING_MARKET in stages:
        return [Option("选择市场", "cmd:market")]
    if Stage.AWAITING_RETAILER in stages:
        return [Option("选售电公司", "cmd:packages")]
    if Stage.REGISTERED in stages:
        return [Option("我的合同", "cmd:contract")]
    return []
