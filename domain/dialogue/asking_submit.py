"""The last question of a registration: the whole application with who said each value, and what submitting it means."""

from __future__ import annotations

from sqlalchemy.orm import Session

from domain.dialogue.asking_form import ask_form
from domain.dialogue.asking_problems import problems_told, stopping
from domain.groups.units import unit_of
from domain.identifiers import mask_phone
from domain.messages.messages import Say
from domain.questions.questions import Answer
from domain.registration.applications import Application, Stage
from domain.registration.kinds import KIND_NAMES, Kind
from domain.registration.registration import Scene, Step, summary
from domain.rules import judgements
from domain.rules.rules import verdict
from domain.settings import figure
from domain.sources import ages
from domain.supplements.supplements import told_before
from domain.workdays import local_day

_FIX = Answer("fix", "有一处要改", ("不对", "有错", "改"), free=True)
_LATER = Answer("later", "以后再提交", ("以后", "稍后"), free=True)


def ask_submit(session: Session, application: Application, scene: Scene) -> Say:
    """Ask whether to hand the application in; where something stops it, say so and ask what is to be changed."""
    said = verdict(session, application, local_day(scene.now))
    stopped_by = stopping(session, application, said.problems)
    if stopped_by:
        judgements.keep(session, application, said, judgements.Outcome.STOPPED, scene.now)
        problems = problems_told(session, application, stopped_by, scene)
        text, short = f"资料齐了，但还有问题要先解决：\n{problems}", f"资料齐了，还不能提交：\n{problems}"
        return ask_form(session, application, "blocked", text, (_FIX, _LATER), scene, short=short)
    again = "重新提交" if application.stage == Stage.RETURNED else "提交"
    owed = told_before(session, said.problems, scene.now)
    shown = [*summary(application), unit_of(session, application).line, *ages.notes(application, scene.now)]
    text = "请最后核对一遍：\n" + "\n".join(shown) + (f"\n\n{owed}" if owed else "")
    text += f"\n\n{again}后由{application.value('bureau_name') or '供电局'}和交易中心审核，"
    text += f"一般不超过{figure(session, 'admission_days')}个工作日。要提交吗？"
    answers = (Answer("yes", "确认提交", ("提交", "确认", "同意提交", "确定提交")), _FIX, _LATER)
    short = _in_short(application, again) + (f"\n{owed}" if owed else "")
    return ask_form(session, application, Step.SUBMIT, text, answers, scene, binding=True, short=short)


def _in_short(application: Application, again: str) -> str:
    """What an SMS has room for: the company, the account, what it is to it, and whom to reach."""
    kind = f"（{KIND_NAMES[application.kind]}）" if application.kind != Kind.OWNER else ""
    short = f"{again}{application.value('name')}的注册申请吗？{kind}\n户号{application.value('account_number')}"
    if (capacity := application.value("capacity_kva")) is not None:
        short += f"，容量{capacity}千伏安"
    return short + f"，联系人{application.value('contact_name')}{mask_phone(application.value('phone') or '')}"
