"""What the desk asks at each step of a registration, as it is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from domain.dialogue.asking_form import ask_form
from domain.dialogue.asking_kinds import ask_kind, ask_paper, ask_party, ask_stuck, ask_whose_letter, kind_answers
from domain.dialogue.asking_problems import COMPANY_FACTS, early_problems, problems_told, stuck
from domain.dialogue.asking_submit import ask_submit
from domain.dialogue.paper_later import may_be_later
from domain.identifiers import mask_phone
from domain.market.changing import CERTIFICATE
from domain.messages.links import LinkPurpose
from domain.messages.messages import Option, Say
from domain.messages.sms_person import fill_in_phone
from domain.messages.sms_values import shorten
from domain.questions.questions import Answer, form_slot, withdraw
from domain.registration.applications import SOURCE_NAMES, Application, Source, focus_on
from domain.registration.licences import differences, field_label, lines, was_photographed
from domain.registration.registration import PAPER_STEPS, Scene, Step, code_is_out, next_step
from domain.review.replies import PAPERS
from domain.review.returns import Point, next_open

CORRECTABLE = (
    *("name", "code", "legal_person", "address", "account_number", "contact_name", "phone"),
    *("tenant_name", "tenant_contact", "tenant_phone", "owner_contact", "owner_phone"),
)
# Before these steps are answered, nothing is said to stand in the way for good: the answer may mend it.
_FIRST = (Step.LICENCE, Step.LICENCE_CHECK, Step.ACCOUNT, Step.KIND, Step.SUBMIT)

_PLAIN = {
    Step.LICENCE: "请拍一张营业执照（正本或副本都行）发给我，我来读，您不用打字。\n"
    "手边没有执照，也可以直接发18位统一社会信用代码。",
    Step.ACCOUNT: "请发16位户号（05开头，在电费单左上角）。",
    Step.CONTACT: "请问联系人叫什么名字？",
    Step.PHONE: "请发联系人的手机号，我会发一条短信验证码核对。",
    Step.PHOTO: "还差一张营业执照照片，请拍好发给我。",
}

_ON_SMS = {
    Step.LICENCE: "请回复营业执照上的18位统一社会信用代码，或打开链接拍执照",
    Step.ACCOUNT: "请回复16位户号，05开头，印在电费单左上角",
    Step.CONTACT: "请问联系人叫什么名字？",
    Step.PHONE: "请回复联系人的手机号",
    Step.CODE: "请回复6位验证码",
    Step.PHOTO: "还差一张营业执照照片，打开链接拍照或从相册选",
}
# Both markets, three lines each, and before the choice what follows from it (B1).
_MARKETS = (
    "【零售市场】\n"
    "· 由售电公司代您买电，价格按您选的套餐算\n"
    "· 选好套餐、和售电公司签好合同，就能交易\n"
    "· 平时不用自己操作，费用和风险写在套餐里\n"
    "【批发市场】\n"
    "· 自己报量报价、直接买电，赚赔和偏差自己承担\n"
    "· 要有专人每月办理交易和结算\n"
    f"· 请注意：{CERTIFICATE}\n"
    "以后想换，回复“选择市场”。"
)
_PAGES = {Step.LICENCE: LinkPurpose.PHOTO, Step.PHOTO: LinkPurpose.PHOTO}  # what an SMS opens by a link


def prompt(session: Session, application: Application, scene: Scene) -> Say:
    """Ask the next thing, and remember what was asked so that a bare answer finds its field."""
    if application.licence_confirmed:
        fill_in_phone(application, scene.now)
    step = next_step(application)
    stuck_by = [] if step in _FIRST else stuck(session, application, scene.now)
    step = Step.STUCK if stuck_by else step
    focus_on(application)
    if application.asking and application.asking != step and not application.asking.startswith(("correct:", "paper:")):
        application.trail = [*application.trail, application.asking][-20:]
    application.asking = step
    if step == Step.LICENCE_CHECK:
        return _licence_question(session, application, scene)
    if step == Step.SUBMIT and (point := next_open(application)) is not None:
        return _ask_returned(session, application, point)
    if step == Step.SUBMIT:
        return ask_submit(session, application, scene)
    if step == Step.STUCK:
        return ask_stuck(session, application, problems_told(session, application, stuck_by, scene), scene)
    if step == Step.KIND:
        return ask_kind(session, application, scene)
    if step == Step.WHOSE_LETTER:
        return ask_whose_letter(session, application, scene)
    withdraw(session, application.contact_id, form_slot(application.id))
    if step == Step.CODE:
        options = [Option("重发验证码", "cmd:resend_code"), Option("换个手机号", "cmd:correct:phone")]
        return Say(_code_wanted(session, application, scene.now), options, _ON_SMS[step])
    if step in PAPER_STEPS:
        return ask_paper(application, step, may_be_later(session, application, step, scene.now))
    if step not in _PLAIN:
        return ask_party(application, step)
    return Say(_PLAIN[step], short=_ON_SMS[step], page=_PAGES.get(step, ""))


def ask_value(session: Session, application: Application, name: str) -> Say:
    """Ask for the right value of one field that the user wants changed. Nothing else is asked meanwhile: a number or
    a word that follows never answers the question that was left for this."""
    withdraw(session, application.contact_id, form_slot(application.id))
    application.asking = f"correct:{name}"
    known = application.value(name)
    shown = mask_phone(known) if known and name.endswith("phone") else known
    now_it_is = f"现在记的是“{shown}”。" if known else ""
    return Say(f"{now_it_is}请发正确的{field_label(application, name)}。", [Option("不改了", "cmd:keep")])


def _ask_returned(session: Session, application: Application, point: Point) -> Say:
    """Ask for what a return marks, with what is wrong about it."""
    if point.field:
        say = ask_value(session, application, point.field)
    else:
        withdraw(session, application.contact_id, form_slot(application.id))
        application.asking = f"correct:{point.document}"
        wanted = f"请重新拍{PAPERS.get(point.document, '这份材料')}发给我。"
        say = Say(wanted, [Option("不重拍了", "cmd:keep")], page=LinkPurpose.PHOTO)
    problem = point.words().rstrip("。")
    return replace(say, text=f"{problem}。\n{say.text}", short=f"{shorten(point.problem.rstrip('。'))}\n{say.text}")


def ask_which(session: Session, application: Application, scene: Scene) -> Say:
    """Ask which value is wrong."""
    known = [name for name in CORRECTABLE if application.value(name) is not None]
    answers = [Answer(name, field_label(application, name)) for name in known]
    answers += [*kind_answers(application), Answer("retake", "重拍执照")]
    return ask_form(session, application, "which_field", "哪一项要改？", answers, scene)


def ask_cancel(session: Session, application: Application, scene: Scene) -> Say:
    """Ask what 取消 means here: nothing is thrown away without a clear word."""
    answers = (
        Answer("keep", "先放着，以后继续", ("先放着", "以后继续", "保留")),
        Answer("drop", "删除这份申请", ("删除", "确认取消")),
        Answer("go_on", "不取消，接着办", ("不取消", "不取消了", "先不取消", "别取消", "不要取消", "继续", "接着办")),
    )
    return ask_form(session, application, "cancel", "要取消这次注册吗？填过的内容我可以替您留着。", answers, scene)


def ask_restart(session: Session, application: Application, scene: Scene) -> Say:
    """Ask before everything that was filled in is thrown away."""
    answers = (
        Answer("restart", "清空重来", ("重来", "确认重来")),
        Answer("go_on", "不清空，接着办", ("继续", "接着办")),
    )
    return ask_form(session, application, "restart", "重来会清空已填的内容，确定吗？", answers, scene)


def ask_market(session: Session, application: Application, threshold: int, scene: Scene) -> Say:
    """Ask an eligible user which market to enter (B1)."""
    capacity = application.value("capacity_kva")
    text = f"贵单位受电容量{capacity}千伏安，达到{threshold}千伏安，两个市场都可以进，由您选：\n{_MARKETS}"
    answers = (Answer("retail", "零售市场", ("零售",)), Answer("wholesale", "批发市场", ("批发",)))
    short = f"{application.value('name')}容量{capacity}千伏安，选哪个市场？\n批发{CERTIFICATE}"
    return ask_form(session, application, "market", text, answers, scene, binding=True, short=short)


def _licence_question(session: Session, application: Application, scene: Scene) -> Say:
    unlike = differences(application)
    shown = "\n".join(lines(application))
    stopped_by = early_problems(session, application, COMPANY_FACTS, scene.now)
    problems = problems_told(session, application, stopped_by, scene) if stopped_by else ""
    if problems:
        shown += f"\n{problems}"
    fix = Answer("fix", "有一处要改", ("不对", "有错", "有误", "改"))
    retake = Answer("retake", "重拍一张" if was_photographed(application) else "拍执照来读", ("重拍",))
    if application.value("code") is None:
        text = f"读到的内容：\n{shown}\n代码没有读到，请直接发18位统一社会信用代码，或重拍一张。"
        short = "代码没有读到，请回复18位统一社会信用代码，或回复“链接”重拍"
        return ask_form(session, application, Step.LICENCE_CHECK, text, (fix, retake), scene, short=short)
    if unlike:
        rows = "\n".join(
            f"{field_label(application, each.name)}：照片读到“{each.photo}”，工商登记是“{each.registry}”"
            for each in unlike
        )
        text = f"{shown}\n\n有{len(unlike)}处与工商登记不同，请您定：\n{rows}"
        choices = (
            Answer("registry", "以工商登记为准", ("工商登记",)),
            Answer("photo", "以照片为准", ("照片",)),
            fix,
            retake,
        )
        short = f"{application.value('name')}的执照有{len(unlike)}处与工商登记不同\n{rows}"
        return ask_form(session, application, Step.LICENCE_CHECK, text, choices, scene, short=short)
    told_by = _told_by(application)
    text = f"请核对：\n{shown}\n{told_by}".rstrip()
    answers = (
        Answer("right", "没错，继续", ("没错", "对", "对的", "是", "是的", "正确", "继续", "好", "好的")),
        fix,
        retake,
    )
    short = f"{application.value('name')}，代码{application.value('code')}"
    short += f"，{field_label(application, 'legal_person')}{application.value('legal_person') or '没有读到'}，对吗？"
    if problems:  # first: where an SMS has no room for all of it, this is what it says
        short = f"{problems}\n{short}"
    return ask_form(session, application, Step.LICENCE_CHECK, text, answers, scene, short=short)


def _code_wanted(session: Session, application: Application, now: datetime) -> str:
    phone = mask_phone(application.value("phone") or "")
    if code_is_out(session, application, now):
        return f"请回复 {phone} 收到的6位短信验证码。"
    return f"回复“重发验证码”，我再往 {phone} 发一条。"


def _told_by(application: Application) -> str:
    if "registry" in application.missing_facts:
        if application.source("name") == Source.TIANYANCHA:
            return f"（工商登记暂时连不上，已用{SOURCE_NAMES[Source.TIANYANCHA]}核对）"
        return "（工商登记暂时连不上，恢复后自动补查）"
    if (application.facts or {}).get("company"):
        return "（与工商登记一致）" if application.said_by("code", Source.OCR) else "（来自工商登记）"
    return "（工商登记里没有查到这家企业，请仔细核对代码）"
