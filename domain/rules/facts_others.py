"""What other applications, and the other companies of the market, say of this one, as facts for the rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, String, bindparam, exists, func, select
from sqlalchemy.orm import Session

from domain import names
from domain.people.staff import Organisation, OrganisationKind
from domain.registration.applications import EDITABLE, UNDER_REVIEW, Application, Stage
from domain.rules.kept import once

OTHERS_FACTS: Mapping[str, str] = {
    "account_registered": "这个户号已有别的申请",
    "account_also_drafted": "同一企业还有一份没提交的申请填了这个户号",
    "phone_companies": "还有几家别的企业的申请用这个联系电话",
    "returned_times": "这份申请被退回过几次",
    "overdue_papers": "同一企业的其他申请有几项材料逾期没补",
    "in_group": "用典型注册户的资料注册（集团户）",
    "representative_admitted": "典型注册户已审核通过（没有典型注册户时为空）",
    "representative_code_agrees": "代码与典型注册户一致（没有典型注册户时为空）",
    "is_retailer": "是售电公司（与市场里的售电公司同名，或名称里写着售电）",
    "is_plant": "名称看来是发电企业",
    "sells_power": "经营范围里有售电或发电",
}
_PASSED = tuple(stage for stage in Stage if stage not in (*EDITABLE, *UNDER_REVIEW, Stage.CANCELLED, Stage.SUSPENDED))
_PLANT_WORDS = (
    "发电有限",
    "发电公司",
    "发电厂",
    "水电站",
    "水电有限",
    "水电开发",
    "光伏发电",
    "风电有限",
    "风力发电",
)


def facts_of_others(session: Session, application: Application) -> dict[str, Any]:
    """What is known from elsewhere, as it is at this moment: one statement asks it, and indexes answer."""
    first = application.representative
    marks = {name: getattr(application, f"{name}_mark") for name in ("account", "code", "phone")}
    elsewhere = session.execute(_elsewhere(), {"own": application.id, **marks}).one()
    return {
        **elsewhere._mapping,
        "returned_times": sum(1 for step in application.steps if step.decision == "returned"),
        "in_group": first is not None,
        "representative_admitted": first.stage in _PASSED if first is not None else None,
        "representative_code_agrees": first.code_mark == application.code_mark if first is not None else None,
        **_trade(session, application),
    }


def _trade(session: Session, application: Application) -> dict[str, Any]:
    name = application.value("name")
    scope = ((application.facts or {}).get("company") or {}).get("scope")
    return {
        "is_retailer": names.folded(name) in _retailers(session) or "售电" in name if name else None,
        "is_plant": any(words in name for words in _PLANT_WORDS) if name else None,
        "sells_power": any(words in scope for words in ("售电", "电力销售", "发电业务")) if scope else None,
    }


def _retailers(session: Session) -> frozenset[str]:
    """The market's retail companies, as names are compared."""
    return once(session, "retailers", lambda: frozenset(names.folded(each) for each in session.scalars(_RETAILERS)))


_RETAILERS = select(Organisation.name).where(Organisation.kind == OrganisationKind.RETAILER)


@cache
def _elsewhere() -> Select[Any]:
    """What other applications say, of the marks `account`, `code` and `phone` of the application `own`. Built once: to
    build it takes longer than to ask it. A mark that is not known is like no other."""
    from domain.supplements.supplements import Supplement, SupplementState

    own: BindParameter[int] = bindparam("own")
    account, code, phone = (bindparam(name, type_=String) for name in ("account", "code", "phone"))
    same_account = exists().where(Application.account_mark == account, Application.id != own)
    handed_in, drafted = Application.stage.not_in([*EDITABLE, Stage.CANCELLED]), Application.stage.in_(EDITABLE)
    companies = select(func.count(Application.code_mark.distinct())).where(
        Application.phone_mark == phone,
        Application.code_mark.is_distinct_from(code),
        Application.submitted_at.is_not(None),
    )
    overdue = (
        select(func.count())
        .select_from(Supplement)
        .join(Application, Supplement.application_id == Application.id)
        .where(
            Application.code_mark == code,
            Application.id != own,
            Application.stage != Stage.CANCELLED,
            Supplement.state == SupplementState.OVERDUE,
        )
    )
    return select(
        same_account.where(handed_in).label("account_registered"),
        same_account.where(Application.code_mark == code, drafted).label("account_also_drafted"),
        companies.scalar_subquery().label("phone_companies"),
        overdue.scalar_subquery().label("overdue_papers"),
    )
