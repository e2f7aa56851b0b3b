"""What the letters of authority, the lease and the agent's identity card say, as facts for the rules.

A field that was not read surely is null, and the paper counts as doubted: a rule never stops anybody for what a camera
may have got wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from domain import names
from domain.registration.applications import Application
from domain.registration.kinds import Kind, PartyRole
from domain.registration.licences import SURE
from domain.registration.papers import MARKS, agent_of, archive_name, read_of
from domain.registration.readings import DocumentKind, Read

# The company's own letter to its agent, and those that owner and tenant give: prefix of the facts, party, whose it is.
LETTERS = (
    ("letter", "", "本单位"),
    ("owner_letter", PartyRole.OWNER, "产权人"),
    ("tenant_letter", PartyRole.TENANT, "租户"),
)


def _letter_facts(prefix: str, whose: str) -> dict[str, str]:
    return {
        f"{prefix}_photo": f"有{whose}的授权委托书",
        f"{prefix}_grantor": f"{whose}授权委托书的委托单位",
        f"{prefix}_grantor_relation": f"委托单位与{whose}名称：same、former、branch、differs",
        f"{prefix}_grantee": f"{whose}授权委托书的受托人或受托单位",
        f"{prefix}_grantee_known": f"{whose}授权委托书的受托人是本单位、租户或联系人",
        f"{prefix}_end": f"{whose}授权委托书的最后一天（没写时为空）",
        f"{prefix}_days_left": f"{whose}授权委托书还剩几天（已过为负数，没写时为空）",
        f"{prefix}_days_ahead": f"{whose}授权委托书还有几天才生效（已生效为0或负数）",
        f"{prefix}_seal": f"{whose}授权委托书上的公章：yes 有、no 没有、unsure 看不清",
        f"{prefix}_signature": f"{whose}授权委托书上的签字：yes、no、unsure",
        f"{prefix}_doubted": f"{whose}授权委托书有没看清的内容",
    }


PAPERS_FACTS: Mapping[str, str] = {
    **{name: words for prefix, _, whose in LETTERS for name, words in _letter_facts(prefix, whose).items()},
    "lease_photo": "有租赁协议",
    "lease_lessor": "租赁协议的出租方",
    "lease_lessor_relation": "出租方与产权人名称：same、former、branch、differs",
    "lease_lessee": "租赁协议的承租方",
    "lease_lessee_relation": "承租方与租户名称：same、former、branch、differs",
    "lease_end": "租赁协议的最后一天（没写时为空）",
    "lease_days_left": "租赁协议还剩几天（已过为负数，没写时为空）",
    "lease_days_ahead": "租赁协议还有几天才开始（已开始为0或负数）",
    "lease_seal": "租赁协议上的公章（双方都有才是 yes）：yes、no、unsure",
    "lease_signature": "租赁协议上的签字（双方都有才是 yes）：yes、no、unsure",
    "lease_doubted": "租赁协议有没看清的内容",
    "agent": "授权委托书授权的经办人（受托的是单位时为空）",
    "identity_photo": "有经办人身份证",
    "identity_name": "身份证姓名",
    "identity_is_agent": "身份证就是授权委托书里的受托人（姓名，有号码时也比号码）",
    "identity_is_contact": "身份证姓名就是联系人",
    "identity_days_left": "身份证有效期还剩几天（已过为负数，长期时为空）",
    "identity_doubted": "身份证有没看清的内容",
}


def facts_of_papers(application: Application, today: date) -> dict[str, Any]:
    """What the papers say; null where there is none, or where it was not read surely."""
    found: dict[str, Any] = {}
    for prefix, party, _ in LETTERS:
        found |= _letter(application, prefix, party, today)
    return found | _lease(application, today) | _identity(application, today)


def _letter(application: Application, prefix: str, party: str, today: date) -> dict[str, Any]:
    read = read_of(application, DocumentKind.LETTER, party)
    grantor, grantee = _sure(read, "grantor"), _sure(read, "grantee")
    giver = names.relation(grantor, _company_of(application, party))
    return {
        f"{prefix}_photo": bool(application.papers(DocumentKind.LETTER, party)),
        f"{prefix}_grantor": grantor,
        f"{prefix}_grantor_relation": giver.word if giver else None,
        f"{prefix}_grantee": grantee,
        f"{prefix}_grantee_known": _is_ours(application, grantee),
        **_days(prefix, read, today),
        f"{prefix}_seal": _mark(read, "seal"),
        f"{prefix}_signature": _mark(read, "signature"),
        f"{prefix}_doubted": _doubted(read),
    }


def _lease(application: Application, today: date) -> dict[str, Any]:
    read = read_of(application, DocumentKind.LEASE)
    lessor, lessee = _sure(read, "lessor"), _sure(read, "lessee")
    tenant = application.value("tenant_name") if application.kind == Kind.PAYER else application.value("name")
    gives = names.relation(lessor, _company_of(application, PartyRole.OWNER))
    takes = names.relation(lessee, tenant)
    return {
        "lease_photo": bool(application.papers(DocumentKind.LEASE)),
        "lease_lessor": lessor,
        "lease_lessor_relation": gives.word if gives else None,
        "lease_lessee": lessee,
        "lease_lessee_relation": takes.word if takes else None,
        **_days("lease", read, today),
        "lease_seal": _mark(read, "seal"),
        "lease_signature": _mark(read, "signature"),
        "lease_doubted": _doubted(read),
    }


def _identity(application: Application, today: date) -> dict[str, Any]:
    read = read_of(application, DocumentKind.IDENTITY)
    name, contact = _sure(read, "name"), application.value("contact_name")
    left = _days("identity", read, today)
    return {
        "agent": agent_of(application) or _own_agent(application),
        "identity_photo": bool(application.papers(DocumentKind.IDENTITY)),
        "identity_name": name,
        "identity_is_agent": _is_agent(application, read),
        "identity_is_contact": names.same_name(name, contact) if name and contact else None,
        "identity_days_left": left["identity_days_left"],
        "identity_doubted": _doubted(read),
    }


def _company_of(application: Application, party: str) -> str | None:
    """The company that a paper of a party should name; the archive's word for the owner where they were not asked."""
    if not party:
        return application.value("name")
    named = application.value(f"{party}_name")
    return named or (archive_name(application) or None if party == PartyRole.OWNER else None)


def _is_ours(application: Application, grantee: str | None) -> bool | None:
    """Whether a letter authorises the applicant, its tenant, or the person who handles it."""
    known = [application.value(name) for name in ("name", "tenant_name", "contact_name", "legal_person")]
    known = [each for each in known if each]
    return any(names.same_name(grantee, each) for each in known) if grantee and known else None


def _own_agent(application: Application) -> str | None:
    grantee = _sure(read_of(application, DocumentKind.LETTER), "grantee")
    return grantee if names.same_name(grantee, application.value("contact_name")) else None


def _is_agent(application: Application, read: Mapping[str, Read]) -> bool | None:
    name, number = _sure(read, "name"), _sure(read, "number")
    for _, party, _ in LETTERS:
        letter = read_of(application, DocumentKind.LETTER, party)
        grantee, grantee_id = _sure(letter, "grantee"), _sure(letter, "grantee_id")
        if number and grantee_id:
            return number == grantee_id
        if name and grantee and agent_of(application):
            return names.same_name(name, grantee)
    return None


def _days(prefix: str, read: Mapping[str, Read], today: date) -> dict[str, Any]:
    start, end = _day(read, "valid_from"), _day(read, "valid_to")
    return {
        f"{prefix}_end": end,
        f"{prefix}_days_left": (end - today) // timedelta(days=1) if end else None,
        f"{prefix}_days_ahead": (start - today) // timedelta(days=1) if start else None,
    }


def _day(read: Mapping[str, Read], name: str) -> date | None:
    try:
        return date.fromisoformat(_sure(read, name) or "")
    except ValueError:
        return None


def _mark(read: Mapping[str, Read], name: str) -> str | None:
    """A seal or signature; one that was not looked for surely is “unsure”."""
    seen = read.get(name)
    if seen is None or not seen.value:
        return None
    return seen.value if seen.confidence >= SURE else "unsure"


def _sure(read: Mapping[str, Read], name: str) -> str | None:
    seen = read.get(name)
    return seen.value if seen and seen.value and seen.confidence >= SURE and not seen.doubts else None


def _doubted(read: Mapping[str, Read]) -> bool:
    """Whether something on the paper was not read surely; seal and signature have a word of their own."""
    return any(each.value and _sure(read, name) is None for name, each in read.items() if name not in MARKS)
