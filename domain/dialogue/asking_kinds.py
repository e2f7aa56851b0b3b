"""What a tenant or payer is asked beside an owner: what they are to the meter, papers, and the other parties' data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from domain.dialogue.asking_form import ask_form
from domain.dialogue.topics import HUMAN
from domain.messages.links import LinkPurpose
from domain.messages.messages import Option, Say
from domain.questions.questions import Answer
from domain.registration.accounts import is_anothers
from domain.registration.applications import Application
from domain.registration.kinds import KIND_NAMES, ROLE_NAMES, Kind, PartyRole
from domain.registration.paper_words import DATES, labels, owner_shown
from domain.registration.papers import MARKS, UNKNOWN, agent_of, paper_name, photo_of, read_of
from domain.registration.readings import DOCUMENT_NAMES, DocumentKind, Reading
from domain.registration.steps import Scene, Step

LATER = Option("以后补", "cmd:paper_later")
_EXPLAINED = (
    "· 是我们公司的：执照上的单位更过名，电表还挂着旧名字。\n"
    "· 租来的：场地是别人的，电是贵公司在用。\n"
    "· 只代缴：电是别人用的，贵公司只替他们交电费。\n"
    "· 户号发错了：再看一眼电费单，换成贵公司的。"
)
KINDS = (
    Answer("own", "是我们公司的（更过名）", ("是我们公司的", "我们公司的", "更过名", "改过名", "自己的", "产权人")),
    Answer("tenant", "租来的，我们自己用电", ("租来的", "租的", "我们是租的", "租户", "租用", "是租的")),
    Answer("payer", "我们只代缴电费", ("代缴", "代缴电费", "只代缴", "只代缴电费", "缴费人")),
)
_WRONG = Answer("wrong", "户号发错了", ("发错了", "户号错了", "不是这个户号"))
_UNCLEAR = Answer("unclear", "不清楚", ("不知道", "不懂", "什么意思"))


def ask_kind(session: Session, application: Application, scene: Scene, *, explained: bool = False) -> Say:
    """Ask what the applicant is to the meter, in words people use; `explained`: with what each answer means."""
    if is_anothers(application):
        whose = f"这个电表登记在“{owner_shown(application)}”名下，不是贵公司。"
        text, short = f"{whose}您是租用他们的场地吗？", f"{whose}您是"
    else:
        text = short = "这个电表和贵公司是什么关系？"
    answers = [*KINDS, _WRONG] if application.value("account_number") is not None else [*KINDS]
    if not explained:
        return ask_form(session, application, Step.KIND, text, [*answers, _UNCLEAR], scene, short=short)
    return ask_form(session, application, Step.KIND, f"{_EXPLAINED}\n{text}", answers, scene, short=short)


def ask_stuck(session: Session, application: Application, problems: str, scene: Scene) -> Say:
    """Say what stops the application for good as things stand, and offer the ways out; nothing else is asked."""
    answers = (
        Answer("account", "换一个户号", ("换户号", "户号发错了")),
        Answer("licence", "换一张执照", ("换执照", "重拍执照")),
        Answer("later", "先放着", ("以后再说", "稍后")),
    )
    text = f"现在的资料还办不下去：\n{problems}\n填过的都留着，先解决这一项就行。"
    say = ask_form(session, application, Step.STUCK, text, answers, scene, short=f"现在还办不下去：\n{problems}")
    return replace(say, options=[*say.options, HUMAN])


def ask_whose_letter(session: Session, application: Application, scene: Scene) -> Say:
    """Ask who gave a letter that names neither the owner nor the tenant plainly."""
    grantor = read_of(application, DocumentKind.LETTER, UNKNOWN).get("grantor")
    read = f"委托方读到的是“{grantor.value}”。" if grantor is not None else "委托方没有读到。"
    answers = (
        Answer(PartyRole.OWNER, f"产权人{owner_shown(application) or ''}"[:20], ("产权人",)),
        Answer(PartyRole.TENANT, f"租户{application.value('tenant_name') or ''}"[:20], ("租户",)),
        Answer("retake", "都不是，重拍", ("都不是", "重拍")),
    )
    text = f"{read}这张委托书是谁出的？"
    return ask_form(session, application, Step.WHOSE_LETTER, text, answers, scene, short=text)


def ask_paper(application: Application, step: Step, later: bool) -> Say:
    """Ask for a picture of a paper; `later`: it may be handed in after the submission."""
    kind, _, party = step.partition(":")
    text, short = _paper_wanted(application, kind, party)
    options = [Option("委托书怎么写", "cmd:letter_help")] if kind == DocumentKind.LETTER else []
    if later:
        options.append(LATER)
        short += "，没有就回复以后补"
    return Say(text, options, short, page=LinkPurpose.PHOTO)


def ask_party(application: Application, step: Step) -> Say:
    """Ask for what no source knows of the other party: one message may hold name and phone."""
    role, _, name = step.partition("_")
    company = owner_shown(application) if role == PartyRole.OWNER else application.value("tenant_name")
    called = f"{ROLE_NAMES[role]}{f'“{company}”' if company else ''}"
    if name == "name":
        words = "请发租户的单位全称，或18位统一社会信用代码。"
        return Say(words, short=words)
    if name == "phone":
        who = application.value(f"{role}_contact") or "联系人"
        return Say(f"请发{called}联系人{who}的手机号。", short=f"请回复{ROLE_NAMES[role]}联系人{who}的手机号")
    text = f"{called}那边联系谁？请把姓名和手机号一起发来。提交时我们会发短信告知对方。"
    return Say(text, short=f"{ROLE_NAMES[role]}那边联系谁？请回复姓名和手机号，提交时会短信告知对方")


def ask_paper_field(session: Session, application: Application, photo_id: int, scene: Scene) -> Say | None:
    """Ask what was read wrongly off a paper; None where it is none of this application's."""
    photo = photo_of(application, photo_id)
    if photo is None or photo.kind not in DOCUMENT_NAMES or photo.kind == DocumentKind.LICENCE:
        return None
    known = [(name, label) for name, label in labels(photo.kind).items() if name not in (*MARKS, "matter")]
    answers = [Answer(f"paper:{photo_id}:{name}", label) for name, label in known]
    answers.append(Answer(f"paper:{photo_id}:retake", "重拍一张", ("重拍", "盖章签字读错了")))
    text = f"{paper_name(photo.kind, photo.party)}哪里读得不对？"
    return ask_form(session, application, "paper", text, answers, scene, short=text)


def ask_paper_value(application: Application, about: str) -> Say:
    """Ask for the right value of one field of a paper (“paper:12:valid_to”)."""
    _, number, name = about.split(":")
    photo = photo_of(application, int(number))
    label = labels(photo.kind).get(name, "内容") if photo is not None else "内容"
    read = Reading.from_json(photo.reading or {}).fields.get(name) if photo is not None else None
    now_it_is = f"现在读到的是“{read.value}”。" if read is not None and read.value and name != "number" else ""
    how = "，例如：2027年12月31日" if name in DATES else ""
    return Say(f"{now_it_is}请发正确的{label}{how}。", [Option("不改了", "cmd:keep")])


def kind_answers(application: Application) -> Sequence[Answer]:
    """What of the kind and its papers may be corrected, as answers to “哪一项要改”."""
    found = [Answer("kind", f"身份（现在是{KIND_NAMES[application.kind]}）", ("身份", "改类型", "类型"))]
    if application.kind == Kind.OWNER and not application.kind_said:
        return []
    newest = {(each.kind, each.party): each for each in application.photos if each.kind and each.reading}
    papers = [each for (kind, _), each in newest.items() if kind != DocumentKind.LICENCE]
    return [*found, *(Answer(f"paper:{each.id}", paper_name(each.kind, each.party)) for each in papers)]


def _paper_wanted(application: Application, kind: str, party: str) -> tuple[str, str]:
    owner = owner_shown(application)
    if kind == DocumentKind.LEASE:
        sides = "产权人和租户签的" if application.kind == Kind.PAYER else f"和{owner or '产权人'}签的"
        return (
            f"请拍{sides}租赁协议发给我：要有双方名称、租期、盖章签字，可以分几张拍。",
            "请打开链接拍租赁协议：要有双方名称、租期、盖章签字",
        )
    if kind == DocumentKind.IDENTITY:
        agent = agent_of(application)
        return (
            f"委托书上的受托人是{agent}，请拍{agent}的身份证发给我（人像那一面）。只用于核对受托人。",
            f"请打开链接拍受托人{agent}的身份证，只用于核对",
        )
    company = owner if party == PartyRole.OWNER else application.value("tenant_name")
    whose = f"{ROLE_NAMES[party]}{f'“{company}”' if company else ''}"
    return (
        f"请拍{whose}出的授权委托书发给我：写明委托贵公司办理电力市场注册，有盖章和签字。",
        f"请打开链接拍{ROLE_NAMES[party]}出的授权委托书，要有盖章和签字",
    )
