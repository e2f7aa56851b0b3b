"""One question for a whole batch: shown with what it is about, answered exactly, kept as evidence, acted on once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session, defer, selectinload

from domain.evidence import record
from domain.groups.batch_rows import slot
from domain.groups.batches import Batch, BatchRow, BatchState, RowState, counts
from domain.groups.units import MEANING, kind_now
from domain.identifiers import mask_phone
from domain.messages.messages import Say
from domain.questions.questions import Answer, Question, QuestionState, ask
from domain.registration.applications import Application, FieldValue
from domain.registration.registration import Scene
from domain.settings import figure

_NAMED = 5  # companies, bureaus and contact persons in the question; the list is on the page


class Given(Protocol):
    """An answer that counts; see `domain.dialogue.answers`."""

    @property
    def question(self) -> Question:
        """To which question."""

    @property
    def answer(self) -> str:
        """Which one."""

    @property
    def who(self) -> str:
        """Who gave it."""


def settle(session: Session, batch: Batch, now: datetime) -> bool:
    """Close a stage of a batch when no row of it is left, once. False where some are left, or it was closed before."""
    over = {
        BatchState.CHECKING: (RowState.NEW, BatchState.CHECKED),
        BatchState.SUBMITTING: (RowState.CHOSEN, BatchState.DONE),
    }
    if batch.state not in over:
        return False
    waits, following = over[BatchState(batch.state)]
    left = counts(session, batch.id)
    if left[waits]:
        return False
    if following == BatchState.CHECKED and not (left[RowState.READY] or left[RowState.PROBLEM]):
        following = BatchState.DONE  # nothing to submit, nothing to mend
    when = {"checked_at": now} if batch.state == BatchState.CHECKING else {}
    when |= {"done_at": now} if following == BatchState.DONE else {}
    closed = session.execute(
        update(Batch)
        .where(Batch.id == batch.id, Batch.state == batch.state)
        .values(state=following, lease_until=None, **when)
    )
    session.refresh(batch)
    return bool(closed.rowcount == 1)  # type: ignore[attr-defined]


def summary(session: Session, batch: Batch) -> str:
    """What became of the rows, in one sentence."""
    found = counts(session, batch.id)
    words = {
        RowState.SUBMITTED: "户已提交",
        RowState.READY: "户可提交",
        RowState.PROBLEM: "户有问题",
        RowState.KNOWN: "户已在办",
        RowState.MOVED: "户见后来的表格",
    }
    said = [f"{found[state]:,}{word}" for state, word in words.items() if found[state]]
    return f"“{batch.name}”：{'，'.join(said) or '没有要办的户号'}。"


def ask_for(session: Session, batch: Batch, scene: Scene) -> Say | None:
    """The question whether to submit what is good, shown whole; None where nothing is, or it is being done."""
    if batch.state != BatchState.CHECKED:
        return None
    count = counts(session, batch.id)[RowState.READY]
    if not count:
        return None
    mark = list_mark(session, batch)[:8]
    text = (
        f"{summary(session, batch)}\n可提交的：\n{_described(session, batch)}\n"
        f"清单核对码：{mark}（与页面上的一致）\n"
        "有问题的不会提交，可改好再传。提交后由供电局和交易中心审核，"
        f"一般不超过{figure(session, 'admission_days')}个工作日。\n"
        f"要提交这{count:,}户吗？"
    )
    say = ask(
        session,
        contact_id=batch.contact_id,
        purpose="batch",
        slot=slot(batch.id),
        text=text,
        answers=(
            Answer("yes", f"确认提交{count}户", ("确认提交", "提交")),
            Answer("later", "先不提交", ("以后", "稍后", "以后再提交"), free=True),
        ),
        now=scene.now,
        deadline=scene.now + timedelta(minutes=figure(session, "question_minutes")),
        random=scene.random,
        binding=True,
        short=f"批量注册{batch.row_count}行，{count}户可提交，清单核对码{mark}，要提交这{count}户吗？",
    )
    batch.question_id = say.question_id
    return say


def list_mark(session: Session, batch: Batch) -> str:
    """A mark of exactly the list that may be submitted now: which rows, which applications, as they were filled in."""
    query = (
        select(BatchRow.number, BatchRow.application_id, Application.account_mark, Application.updated_at)
        .select_from(BatchRow)
        .join(Application, Application.id == BatchRow.application_id)
        .where(BatchRow.batch_id == batch.id, BatchRow.state == RowState.READY)
        .order_by(BatchRow.number)
    )
    digest = hashlib.sha256()
    for number, application_id, account, updated in session.execute(query):
        digest.update(f"{number}:{application_id}:{account}:{updated.isoformat()};".encode())
    return digest.hexdigest()


def answered(session: Session, given: Given, scene: Scene) -> list[Say]:
    """The person's word on a batch. Only the very list that was shown is submitted; one that has changed is shown
    anew."""
    batch = session.scalar(select(Batch).where(Batch.question_id == given.question.id).with_for_update())
    if batch is None or batch.state != BatchState.CHECKED:
        return [Say("这份表格已经办过、已到期清除，或后来传了新的表格，没有再提交什么。回复“批量注册”可以看结果。")]
    if given.answer != "yes":
        return [Say("好的，先不提交，核对好的都留着。想提交时回复“批量注册”。")]
    mark = list_mark(session, batch)
    if mark[:8] not in given.question.text:
        changed = Say("清单在您确认之前有了变化，什么都没有提交，请再核对一次。")
        again = ask_for(session, batch, scene)
        return [changed, again] if again is not None else [changed]
    ids = _choose(session, batch)
    data = {"file": batch.name, "question": given.question.id, "list": mark, "applications": ids}
    record(session, "batch_confirmed", ("batch", batch.id), given.who, data, scene.now)
    return [Say(f"收到，正在提交{len(ids):,}户，办完告诉您，不用等着。")]


def _choose(session: Session, batch: Batch) -> list[int]:
    """The applications of the list, from now on to be submitted."""
    ready = (BatchRow.batch_id == batch.id, BatchRow.state == RowState.READY)
    ids = [each for each in session.scalars(select(BatchRow.application_id).where(*ready)) if each is not None]
    session.execute(update(BatchRow).where(*ready).values(state=RowState.CHOSEN))
    batch.state = BatchState.SUBMITTING
    return ids


def _described(session: Session, batch: Batch) -> str:
    """Which companies, bureaus and contact persons the list has, the most frequent ones by name; what will be traded as
    one."""
    found = _ready(session, batch)
    companies = Counter(each.value("name") or "—" for each in found)
    bureaus = Counter(each.value("bureau_name") or "供电单位待查" for each in found)
    people = Counter(_reached(each) for each in found)
    lines = (("单位", companies), ("供电单位", bureaus), ("联系人", people))
    said = [f"{title}：{_most(counted)}" for title, counted in lines]
    return "\n".join([*said, f"交易单元：{MEANING[kind_now(session)]}"])


def _ready(session: Session, batch: Batch) -> Sequence[Application]:
    """The applications of the list, with the few values that the question names."""
    named = FieldValue.name.in_(("name", "bureau_name", "contact_name", "phone"))
    query = (
        select(Application)
        .join(BatchRow, BatchRow.application_id == Application.id)
        .where(BatchRow.batch_id == batch.id, BatchRow.state == RowState.READY)
        .options(defer(Application.facts), selectinload(Application.values.and_(named)))
    )
    return session.scalars(query).all()


def _reached(application: Application) -> str:
    return f"{application.value('contact_name') or '—'} {mask_phone(application.value('phone') or '')}".strip()


def _most(counted: Counter[str]) -> str:
    named = [f"{name}（{count:,}户）" for name, count in counted.most_common(_NAMED)]
    more = f"等{len(counted)}个" if len(counted) > _NAMED else ""
    return "、".join(named) + more


def is_open(session: Session, batch: Batch) -> bool:
    """Whether the question about the batch still stands."""
    question = session.get(Question, batch.question_id) if batch.question_id is not None else None
    return question is not None and question.state == QuestionState.OPEN


ANSWERS: Mapping[str, Callable[[Session, Given, Scene], list[Say]]] = {"batch": answered}
