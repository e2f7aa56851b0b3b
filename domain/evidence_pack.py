"""An evidence pack: all that is on record about one application or one contract request, so that it can be read by a
lawyer (`bot.evidence_pdf`) and checked without the database (`check_pack`).

What the rows of others hold is not in it: between a row and the anchor of its day stand digests alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from domain.anchors import Anchor, anchors
from domain.contracts.tables import KIND_NAMES, REQUEST_STATES, Contract, Request
from domain.evidence import Evidence, digest_of, mark_of, record
from domain.identifiers import mask_phone
from domain.people.contacts import SMS, Contact, addresses_of
from domain.people.staff import OrganisationKind, Role, Staff
from domain.questions.questions import Question
from domain.registration.applications import STAGE_NAMES, Application
from domain.rules.judgements import Judgement
from domain.rules.rules import Rule
from domain.settings import SettingChange, value
from domain.workdays import CHINA

FORMAT = "evidence-pack/1"
CANONICAL = (
    "content = JSON [at, what, about_kind, about_id, who, data], separators ', ' and ': ', keys sorted, not escaped to "
    "ASCII, UTF-8; digest = hex SHA-256(content); mark = hex SHA-256(before + '\\n' + digest); before = mark of the "
    "row before, 64 zeros for the first"
)
CONSENT = (
    "second_factor_for",
    "second_factor_on_wechat",
    "second_factor_on_wechat_for",
    "contract_consent_by_api",
    "contract_permission_days",
    "question_minutes",
)
# Said in the pack of a word that a program has given: see docs/evidence.md.
WEAKER = (
    "由售电公司的程序凭接口密钥、以这位工作人员的名义答复，没有本人手机上的验证码，证明力弱于本人在聊天里加验证码的答复；"
    "答复后已通知本人。"
)
_PERMITTED = ("permitted_at", "permitted_until")
Pack = dict[str, Any]


def may_take(staff: Staff) -> bool:
    """Whether a member of staff may take packs away: the trading centre's reviewers and administrators."""
    centre = staff.organisation.kind == OrganisationKind.CENTRE
    return centre and staff.role in (Role.REVIEWER, Role.ADMINISTRATOR)


def of_application(session: Session, application: Application, by: Staff, now: datetime, form: str = "json") -> Pack:
    """The pack of an application, with the contract requests and contracts that came of it. That it was taken away is
    kept as evidence first, and so is in it."""
    about = {
        "kind": "application",
        "id": application.id,
        "number": application.number or "",
        "title": "零售电力市场注册申请",
        "company": application.value("name") or "",
        "state": STAGE_NAMES[application.stage],
    }
    requests = select(Request.id).where(Request.application_id == application.id)
    contracts = select(Contract.id).where(Contract.application_id == application.id)
    questions = select(Question.id).where(Question.application_id == application.id)
    wanted = or_(
        _about("application", [application.id]),
        and_(Evidence.about_kind == "question", Evidence.about_id.in_(questions)),
        and_(Evidence.about_kind == "contract_request", Evidence.about_id.in_(requests)),
        and_(Evidence.about_kind == "contract", Evidence.about_id.in_(contracts)),
    )
    return _pack(session, about, wanted, application, by, now, form)


def of_request(session: Session, request: Request, by: Staff, now: datetime, form: str = "json") -> Pack:
    """The pack of a contract request: the request as it was shown, every answer, and the contracts that it touched."""
    about = {
        "kind": "contract_request",
        "id": request.id,
        "number": request.number,
        "title": KIND_NAMES[request.kind],
        "company": request.application.value("name") or "",
        "state": REQUEST_STATES[request.state],
        "shown": request.shown,
        "shown_sha256": request.digest,
        "package": _package(request),
    }
    own = list(session.scalars(select(Evidence).where(_about("contract_request", [request.id]))))
    questions = [each.data["question"] for each in own if isinstance(each.data.get("question"), int)]
    answered = select(Evidence).where(_about("application", [request.application_id]), Evidence.what == "consent")
    proofs = [each.id for each in session.scalars(answered) if each.data.get("question") in questions]
    touched = [each for each in (request.contract_id, request.result_id) if each is not None]
    proofs += [each.evidence_id for each in request.consents if each.evidence_id is not None]
    wanted = or_(
        _about("contract_request", [request.id]),
        _about("contract", touched),
        _about("question", questions),
        Evidence.id.in_(proofs),
    )
    return _pack(session, about, wanted, request.application, by, now, form)


def check_pack(pack: Mapping[str, Any], lines: Sequence[str] | None = None) -> list[str]:
    """What in a pack does not agree with its marks, in Chinese; nothing: it is as it was recorded. `lines`: the anchors
    as somebody kept them elsewhere. Needs no database."""
    if pack.get("format") != FORMAT:
        return ["这不是证据包，或版本不同"]
    faults, proved = [], dict[int, str]()
    for stretch in pack["stretches"]:
        mark = stretch["before"]
        for number, digest in stretch["digests"]:
            mark = mark_of(mark, digest)
            proved[number] = f"{digest} {mark}"
        if stretch["end"] != mark:
            faults.append(f"第{stretch['digests'][0][0]}条到第{stretch['digests'][-1][0]}条连不到当天的锚")
        if stretch["anchor"] and stretch["anchor"].split(" ")[2] != mark:
            faults.append(f"{stretch['anchor'].split(' ')[0]}的锚与链的末端不符")
    for row in pack["rows"]:
        digest = hashlib.sha256(_content(row).encode()).hexdigest()
        if row["digest"] != digest or row["mark"] != mark_of(row["before"], digest):
            faults.append(f"第{row['id']}条的内容与校验值不符：被改动过")
        elif proved.get(row["id"]) != f"{digest} {row['mark']}":
            faults.append(f"第{row['id']}条不在链上")
    if pack["sha256"] != sum_of(pack):
        faults.append("证据包的其他内容（当事人、规则、锚）被改动过")
    return [*faults, *_not_kept(pack, lines)]


def sum_of(pack: Mapping[str, Any]) -> str:
    """The SHA-256 of all of a pack but this sum itself, in the canonical form."""
    rest = {name: held for name, held in pack.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(rest, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _not_kept(pack: Mapping[str, Any], lines: Sequence[str] | None) -> Iterator[str]:
    """The pack's anchors that those kept elsewhere do not know."""
    kept = {line.strip() for line in lines or ()}
    shown = dict.fromkeys([*pack["anchors"], *(each["anchor"] for each in pack["stretches"] if each["anchor"])])
    for line in shown if lines is not None else ():
        if line not in kept:
            yield f"{line.split(' ')[0]}的锚与您保存的不符"


def _pack(
    session: Session,
    about: dict[str, Any],
    wanted: ColumnElement[bool],
    it: Application,
    by: Staff,
    now: datetime,
    form: str,
) -> Pack:
    data = {"about": about["kind"], "number": about["number"], "form": form, "personal": form == "json"}
    record(session, "pack_taken", (about["kind"], about["id"]), f"staff:{by.id}", data, now)
    session.flush()
    rows = _with_permissions(session, wanted)
    stretches = list(_stretches(session, rows, anchors(session)))
    names = dict(session.execute(select(Rule.id, Rule.name)).all())
    pack = {
        "format": FORMAT,
        "canonical": CANONICAL,
        "about": about,
        "made_at": now.isoformat(),
        "made_by": f"staff:{by.id}",
        "people": {who: _person(session, who) for who in sorted({row.who for row in rows})},
        "rules": [_judged(each, names) for each in session.scalars(_judgements(it))],
        "settings": _settings(session, rows[0].at),
        "rows": [_row(each) for each in rows],
        "weaker": {str(each.id): WEAKER + _permitted(each) for each in rows if _is_by_program(each)},
        "stretches": stretches,
        "anchors": _neighbours(rows, anchors(session)),
    }
    return {**pack, "sha256": sum_of(pack)}


def _about(kind: str, ids: Iterable[int]) -> ColumnElement[bool]:
    return and_(Evidence.about_kind == kind, Evidence.about_id.in_(list(ids)))


def _with_permissions(session: Session, wanted: ColumnElement[bool]) -> list[Evidence]:
    """The facts of a pack, and those of the permissions under which a program signed: asked, the person's own yes, its
    end."""
    rows = list(session.scalars(select(Evidence).where(wanted).order_by(Evidence.id)))
    permissions = {each.data["permission"] for each in rows if _is_by_program(each) and "permission" in each.data}
    if not permissions:
        return rows
    asked = select(Question.id).where(Question.slot.in_([f"proxy:{each}" for each in permissions]))
    more = or_(_about("permission", permissions), and_(Evidence.about_kind == "question", Evidence.about_id.in_(asked)))
    return list(session.scalars(select(Evidence).where(or_(wanted, more)).order_by(Evidence.id)))


def _permitted(row: Evidence) -> str:
    """The permission under which a program signed, and its time; what was said before there were any has none."""
    if "permission" not in row.data:
        return ""
    at, until = (f"{datetime.fromisoformat(row.data[name]).astimezone(CHINA):%Y-%m-%d %H:%M}" for name in _PERMITTED)
    return f"本人{at}在自己的手机上同意过由该程序署名（授权编号{row.data['permission']}，有效到{until}）。"


def _judgements(application: Application) -> Any:
    return select(Judgement).where(Judgement.application_id == application.id).order_by(Judgement.id)


def _judged(row: Judgement, names: Mapping[int, str]) -> dict[str, Any]:
    """Which version of which rule judged it: rule → version, and the names of the rules that applied."""
    applied = [names.get(each, str(each)) for each in row.found]
    return {"at": row.at.isoformat(), "outcome": row.outcome, "versions": row.asked, "applied": applied}


def _settings(session: Session, since: datetime) -> dict[str, Any]:
    """The settings about consent as they are, and every change of any setting since the first fact."""
    changes = session.scalars(select(SettingChange).where(SettingChange.at >= since).order_by(SettingChange.id))
    told = [{"name": each.name, "old": each.old, "new": each.new, "at": each.at.isoformat()} for each in changes]
    return {"now": {name: value(session, name) for name in CONSENT}, "changed": told}


def _is_by_program(row: Evidence) -> bool:
    return row.what == "contract_consent" and row.data.get("channel") == "api"


def _row(row: Evidence) -> dict[str, Any]:
    content = {name: getattr(row, name) for name in ("what", "about_kind", "about_id", "who", "data")}
    chain = {"before": row.before, "digest": digest_of(row), "mark": row.mark}
    return {"id": row.id, "at": row.at.isoformat(), **content, **chain}


def _content(row: Mapping[str, Any]) -> str:
    content = [row[name] for name in ("at", "what", "about_kind", "about_id", "who", "data")]
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def _stretches(session: Session, rows: Sequence[Evidence], known: Sequence[Anchor]) -> Iterator[dict[str, Any]]:
    """The chain by digests, from each day's first row of the pack to that day's anchor; to the last row of the pack
    where the day has none yet."""
    left = list(rows)
    for anchor in [*known, None]:
        if anchor is not None and (not left or left[0].id > anchor.evidence_id):
            continue
        if not left:
            return
        mine = [each for each in left if anchor is None or each.id <= anchor.evidence_id]
        left, last = left[len(mine) :], anchor.evidence_id if anchor is not None else mine[-1].id
        between = select(Evidence).where(Evidence.id >= mine[0].id, Evidence.id <= last).order_by(Evidence.id)
        chain = [(each.id, digest_of(each), each.mark) for each in session.scalars(between)]
        yield {
            "before": mine[0].before,
            "digests": [[number, digest] for number, digest, _ in chain],
            "end": chain[-1][2],
            "anchor": anchor.line if anchor is not None else "",
        }


def _neighbours(rows: Sequence[Evidence], known: Sequence[Anchor]) -> list[str]:
    """The anchors from the last one before the pack's first row to the first one that holds its last row."""
    before = [each for each in known if rows and each.evidence_id < rows[0].id][-1:]
    within = [each for each in known if rows and rows[0].id <= each.evidence_id < rows[-1].id]
    after = [each for each in known if rows and each.evidence_id >= rows[-1].id][:1]
    return [each.line for each in (*before, *within, *after)]


def _person(session: Session, who: str) -> dict[str, Any]:
    """Who somebody is, masked: a name's first character, the ends of a phone, and since when that phone is proved."""
    kind, _, number = who.partition(":")
    if kind == "staff" and (staff := session.get(Staff, int(number))) is not None:
        return {"name": staff.name, "organisation": staff.organisation.name, "role": staff.role}
    if kind == "contact" and (contact := session.get(Contact, int(number))) is not None:
        phones = addresses_of(session, contact.id, SMS)
        proved = [
            {"phone": mask_phone(each.value), "by": each.bound_by, "since": _moment(each.verified_at)}
            for each in phones
        ]
        login = session.scalar(select(Staff).where(Staff.contact_id == contact.id).order_by(Staff.id).limit(1))
        if login is not None:
            return {"name": login.name, "organisation": login.organisation.name, "phones": proved}
        return {"name": f"{contact.name[:1]}**" if contact.name else "", "phones": proved}
    return {"name": {"system": "系统", "proxy": "代办方"}.get(kind, kind)}


def _package(request: Request) -> str:
    version = request.version
    return f"{version.package.code} {version.package.name}，第{version.number}版" if version is not None else ""


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at is not None else ""
