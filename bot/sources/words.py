"""How registers say that a company stands, in our words. A word that is not here is unknown, not guessed."""

from __future__ import annotations

import re

from domain.sources.facts import CompanyStatus

STATUS = {
    "存续": CompanyStatus.ACTIVE,
    "在营": CompanyStatus.ACTIVE,
    "在业": CompanyStatus.ACTIVE,
    "开业": CompanyStatus.ACTIVE,
    "在册": CompanyStatus.ACTIVE,
    "正常": CompanyStatus.ACTIVE,
    "注销": CompanyStatus.CANCELLED,
    "吊销": CompanyStatus.REVOKED,
    "迁出": CompanyStatus.MOVED,
}


def company_status(said: str) -> CompanyStatus:
    """The status in e.g. 存续（在营、开业、在册）, 已注销, 吊销，未注销: what stands before the first mark counts."""
    first = re.split(r"[（(，,、;；\s]", said.strip(), maxsplit=1)[0]
    return STATUS.get(first.removeprefix("已").removesuffix("企业"), CompanyStatus.UNKNOWN)
