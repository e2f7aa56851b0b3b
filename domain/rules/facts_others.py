"""What other applications, and the other companies of the market, say of this one, as facts for the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import names
from domain.people.staff import Organisation, OrganisationKind
from domain.registration.applications import EDITABLE, UNDER_REVIEW, Application, Stage

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
    """What is known from elsewhere. Each question is answered by an index."""
    first = application.representative
    return {
        "account_registered": _registered_elsewhere(session, application),
        "account_also_drafted": _drafted_elsewhere(session, application),
        "phone_companies": _companies_with_phone(session, application),
        "returned_times": sum(1 for step in application.steps if step.decision == "returned"),
        "overdue_papers": _overdue_papers(session, application),
        "in_group": first is not None,
        "representative_admitted": first.stage in _PASSED if first is not None else None,
        "representative_code_agrees": first.code_mark == application.code_mark if first is not None else None,
        **_trade(session, application),
    }


def _trade(session: Session, application: Application) -> dict[str, Any]:
    name = application.value("name")
    scope = ((application.facts or {}).get("company") or {}).get("scope")
    known = select(Organisation.name).where(Organisation.kind == OrganisationKind.RETAILER)
    return {
        "is_retailer": any(names.same_name(name, each) for each in session.scalars(known)) or "售电" in name
        if name
        else None,
        "is_plant": any(words in name for words in _PLANT_WORDS) if name else None,
        "sells_power": any(words in scope for words in ("售电", "电力销售", "发电业务")) if scope else None,
    }


def _registered_elsewhere(session: Session, application: Application) -> bool:
    if application.account_mark is None:
        return False
    others = select(Application.id).where(
        Application.account_mark == application.account_mark,
        Application.id != application.id,
        Application.stage.not_in([*EDITABLE, Stage.CANCELLED]),
    )
    return session.scalar(others.limit(1)) is not None


def _drafted_elsewhere(session: Session, application: Application) -> bool:
    if application.account_mark is None or application.code_mark is None:
        return False
    others = select(Application.id).where(
        Application.account_mark == application.account_mark,
        Application.code_mark == application.code_mark,
        Application.id != application.id,
        Application.stage.in_(EDITABLE),
    )
    return session.scalar(others.limit(1)) is not None


def _companies_with_phone(session: Session, application: Application) -> int:
    if application.phone_mark is None:
        return 0
    others = select(func.count(Application.code_mark.distinct())).where(
        Application.phone_mark == application.phone_mark,
        Application.code_mark != application.code_mark,
        Application.submitted_at.is_not(None),
    )
    return session.scalar(others) or 0


def _overdue_papers(session: Session, application: Application) -> int:
    from domain.supplements.supplements import Supplement, SupplementState

    if application.code_mark is None:
        return 0
    owed = (
        select(func.count())
        .select_from(Supplement)
        .join(Application, Supplement.application_id == Application.id)
        .where(
            Application.code_mark == application.code_mark,
            Application.id != application.id,
            Application.stage != Stage.CANCELLED,
            Supplement.state == SupplementState.OVERDUE,
        )
    )
    return session.scalar(owed) or 0
