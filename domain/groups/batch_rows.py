"""One row of a batch: looked at, filled in as the chat would, and later submitted. Each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.groups.batches import Batch, BatchRow, BatchState, RowState
from domain.groups.groups import companies_of, may_file, registered, representative_of
from domain.names import same_name
from domain.private import fingerprint
from domain.questions.questions import withdraw
from domain.registration import filing
from domain.registration.applications import EDITABLE, STAGE_NAMES, Application
from domain.registration.filing import Finding
from domain.registration.intake import take_in
from domain.registration.kinds import KIND_NAMES, Kind
from domain.review import review
from domain.rules import troubles
from domain.rules.rules import Severity
from domain.sources.facts import Company
from domain.sources.lookups import Facts

NOT_YOURS = Finding(
    "code",
    "您还不能代表这家单位办理。",
    "是租用或代缴，请在微信里单独发这个户号，点“我们是租的”或“我们只代缴”。是贵单位的，请这家单位的管理人在微信里邀请您；"
    "或先在微信里登记它的一个户号，审核通过后再批量办理。",
)
WHOSE = Finding("code", "看不出是哪家单位的户号。", "请在“统一社会信用代码”一列填上代码。")
ALONE = "请在微信里单独发这个户号，点“我们是租的”或“我们只代缴”：执照不用再传，只要拍租赁协议和授权委托书。"


def twice(
    rows: Sequence[tuple[int, Mapping[str, str], Sequence[Mapping[str, str]]]],
) -> list[tuple[int, Mapping[str, str], Sequence[Mapping[str, str]]]]:
    """The rows of a file, those marked whose account stood in an earlier one."""
    first: dict[str, int] = {}
    found = []
    for line, values, wrong in rows:
        number = take_in({"account_number": values.get("account_number", "-")}).values.get("account_number")
        if number is not None and number in first:
            double = Finding("account_number", f"户号与第{first[number]}行重复。", "请删去其中一行。")
            wrong = [*wrong, asdict(double)]
        elif number is not None:
            first[number] = line
        found.append((line, values, wrong))
    return found


def check(session: Session, row_id: int, facts: Facts, now: datetime, random: Random) -> None:
    """Look at a row, and fill its application in where the person may register for that company. A row that was looked
    at before stays as it is."""
    row = session.get_one(BatchRow, row_id, with_for_update=True)
    if row.state != RowState.NEW:
        return
    batch = session.get_one(Batch, row.batch_id)
    if (known := _known(session, batch, row)) is not None:
        row.state, row.application_id, row.findings = RowState.KNOWN, known.id, [asdict(_where(known))]
        return
    cells, stops = _complete(session, batch, row.cells, facts)
    if stops is not None:
        row.state, row.findings = RowState.PROBLEM, [asdict(stops)]
        return
    filed = filing.file(
        session,
        batch.contact,
        cells,
        facts,
        now,
        channel="batch",
        random=random,
        representative=representative_of(session, fingerprint("code", cells["code"])) if "code" in cells else None,
    )
    row.state = RowState.READY if filed.ready else RowState.PROBLEM
    row.findings = [asdict(each) for each in filed.problems if filed.ready or each.severity != Severity.HINT]
    if filed.application is not None:
        troubles.shown(session, filed.application, filed.judged, "batch", now)
        row.application_id = filed.application.id
        _move_from_others(session, batch, row)


def submit(session: Session, row_id: int, now: datetime) -> None:
    """Hand in the application of a row that the person has agreed to. Done before, it is done."""
    row = session.get_one(BatchRow, row_id, with_for_update=True)
    if row.state != RowState.CHOSEN:
        return
    batch = session.get_one(Batch, row.batch_id)
    application = session.get_one(Application, row.application_id, with_for_update=True)
    try:
        problems = review.submit(session, application, f"contact:{batch.contact_id}", now, channel="batch")
    except review.NotReady as refused:  # something has changed since the row was looked at
        row.state = RowState.PROBLEM
        row.findings = [asdict(Finding("", each.problem, each.suggestion, rule=each.rule)) for each in refused.problems]
    except review.NotAllowed:
        row.state, row.findings = RowState.KNOWN, [asdict(_where(application))]
    else:
        row.state = RowState.SUBMITTED
        later = [each for each in problems if each.severity == Severity.SUPPLEMENTABLE]
        row.findings = [asdict(Finding("", each.problem, each.suggestion, each.severity, each.rule)) for each in later]


def give_up(session: Session, row_id: int) -> None:
    """A row that could not be worked on says so; the others go on."""
    row = session.get_one(BatchRow, row_id, with_for_update=True)
    if row.state in (RowState.NEW, RowState.CHOSEN):
        failed = Finding("", "系统这次没有处理成这一行。", "内容没有丢。请稍后把这一行再传一次；还不行请回复“人工”。")
        row.state, row.findings = RowState.PROBLEM, [asdict(failed)]


def _known(session: Session, batch: Batch, row: BatchRow) -> Application | None:
    """The registration that the row's account already has in a company of the person's: nothing is left to do."""
    number = take_in({"account_number": row.cells.get("account_number", "-")}).values.get("account_number")
    known = registered(session, number) if number is not None else None
    if known is None or known.stage in EDITABLE:
        return None
    own = known.contact_id == batch.contact_id or may_file(session, batch.contact_id, known.code_mark)
    return known if own else None


def _where(application: Application) -> Finding:
    stage = STAGE_NAMES[application.stage]
    text = f"这个户号已在办：申请编号{application.number or '—'}，现在是“{stage}”。"
    return Finding("account_number", text, "不用再传这一行。", Severity.HINT)


def _complete(
    session: Session, batch: Batch, cells: Mapping[str, str], facts: Facts
) -> tuple[dict[str, str], Finding | None]:
    """The row with the company that it is about; or what keeps it from being filled in at all. What the archive knows
    of a stranger's account is not shown to anybody."""
    if cells.get("kind", Kind.OWNER) != Kind.OWNER:
        name = KIND_NAMES[cells["kind"]]
        return {}, Finding("kind", f"{name}要补交租赁协议和授权委托书，表格里办不了。", ALONE)
    taken = take_in({name: cells[name] for name in ("account_number", "code") if cells.get(name)})
    if "account_number" not in taken.values or ("code" in cells and "code" not in taken.values):
        return dict(cells), None  # filing says what is wrong with it, and asks nobody
    code = taken.values.get("code") or _only_company(session, batch, taken.values["account_number"], facts)
    if not code:
        return {}, WHOSE
    if not may_file(session, batch.contact_id, fingerprint("code", code)):
        return {}, NOT_YOURS
    return {**cells, "code": code}, _another_name(cells, facts.company(code)[0])


def _another_name(cells: Mapping[str, str], company: Company | None) -> Finding | None:
    """A row whose company is not the one of its code: a line that slipped, which nobody has looked at yet. In a talk
    the person sees both names and decides."""
    if company is None or not cells.get("name") or same_name(cells["name"], company.name):
        return None
    return Finding(
        "name",
        f"企业名称与工商登记不同：这个代码登记的是“{company.name}”。",
        "请核对是不是填错了行；没错就把“企业名称”这一格清空，会自动带出。",
    )


def _only_company(session: Session, batch: Batch, number: str, facts: Facts) -> str:
    """The archive's company; where it has none, the person's, if they speak for one only."""
    account = facts.account(number)
    if account is not None and account.uscc:
        return account.uscc
    marks = companies_of(session, batch.contact_id)
    shared = representative_of(session, marks[0]) if len(marks) == 1 else None
    return (shared.value("code") or "") if shared is not None else ""


def _move_from_others(session: Session, batch: Batch, row: BatchRow) -> None:
    """This file has the account now. A question about an earlier one is no longer about the same list."""
    waiting = (RowState.READY, RowState.PROBLEM)
    others = (BatchRow.application_id == row.application_id, BatchRow.batch_id != batch.id)
    earlier = set(session.scalars(select(BatchRow.batch_id).where(*others, BatchRow.state.in_(waiting))))
    if not earlier:
        return
    session.execute(update(BatchRow).where(*others, BatchRow.state.in_(waiting)).values(state=RowState.MOVED))
    for batch_id in earlier:
        withdraw(session, batch.contact_id, slot(batch_id))
        session.execute(
            update(Batch).where(Batch.id == batch_id, Batch.state == BatchState.CHECKED).values(question_id=None)
        )


def slot(batch_id: int) -> str:
    """The slot of what is asked about a batch."""
    return f"batch:{batch_id}"
