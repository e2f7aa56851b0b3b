"""The papers of a tenant or payer: whose each is, what was read off all its pictures, and which are still wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from domain.names import same_name
from domain.registration.applications import Application, Photo
from domain.registration.kinds import PAPERS, ROLE_NAMES, ROLES, Kind, PartyRole
from domain.registration.readings import DOCUMENT_NAMES, DocumentKind, Read, Reading

UNKNOWN = "unknown"  # a letter of which nobody has said yet who gave it
MARKS = ("seal", "signature")  # seen, not read: “yes”, “no” or “unsure”
_COMPANY = re.compile(r"公司|厂|店|院|所|站|部|社|中心|集团|合伙|事务|坊|行$")


def key_of(kind: str, party: str = "") -> str:
    """A paper's name in rules and lists: “lease”, or “letter:owner” for one that a party gives."""
    return f"{kind}:{party}" if party else kind


def paper_name(kind: str, party: str = "") -> str:
    """A paper as people call it: 产权人的授权委托书."""
    return f"{ROLE_NAMES[party]}的{DOCUMENT_NAMES[kind]}" if party in ROLE_NAMES else DOCUMENT_NAMES.get(kind, "材料")


def papers_wanted(application: Application) -> list[tuple[str, str]]:
    """The papers that are asked for now: of its kind, not there, and not put off. A letter that names a person as the
    agent brings that person's identity card along."""
    wanted: list[tuple[str, str]] = list(PAPERS[Kind(application.kind)])
    if agent_of(application):
        wanted.append((DocumentKind.IDENTITY, ""))
    return [each for each in wanted if not application.papers(*each) and key_of(*each) not in application.later]


def agent_of(application: Application) -> str:
    """The person whom a letter of a tenant or payer authorises; empty where it is a company, or nobody was read."""
    for role in ROLES[Kind(application.kind)]:
        grantee = read_of(application, DocumentKind.LETTER, role).get("grantee")
        if grantee is not None and grantee.value and not _COMPANY.search(grantee.value):
            return grantee.value
    return ""


def read_of(application: Application, kind: str, party: str = "") -> dict[str, Read]:
    """What all the pictures of one paper say together: the newest that read a field counts, and a seal or signature
    that one page shows is there."""
    found: dict[str, Read] = {}
    for photo in application.papers(kind, party):
        if photo.reading is None:
            continue
        for name, read in Reading.from_json(photo.reading).fields.items():
            if read.value and not (name in MARKS and _weight(found.get(name)) > _weight(read)):
                found[name] = read
    return found


def whose(application: Application, reading: Reading) -> str:
    """Whose letter it is: by the company that gives it, else the only one that is wanted; `UNKNOWN` where a payer could
    mean either."""
    grantor = _read(reading, "grantor")
    for role in PartyRole:
        if grantor and same_name(grantor, application.value(f"{role}_name")):
            return role
    if grantor and same_name(grantor, application.value("name")):
        return ""
    roles = ROLES[Kind(application.kind)]
    if grantor and same_name(grantor, archive_name(application)):
        return PartyRole.OWNER
    if len(roles) == 1:
        return roles[0]
    missing = [role for role in roles if not application.papers(DocumentKind.LETTER, role)]
    return UNKNOWN if len(missing) != 1 or not grantor else missing[0]


def sort_papers(application: Application) -> None:
    """Look again whose each letter is, now that more is known. What a person has said of an unclear one stays."""
    for photo in [each for each in application.photos if each.kind == DocumentKind.LETTER and each.reading]:
        party = whose(application, Reading.from_json(photo.reading or {}))
        if photo.party in ("", UNKNOWN) or _names_party(application, photo):
            photo.party = party


def archive_name(application: Application) -> str:
    """The company in whose name the account is, as the archive has it."""
    account: Mapping[str, Any] = (application.facts or {}).get("account") or {}
    return str(account.get("name") or "")


def proves_archive(application: Application) -> bool:
    """Whether a paper that was handed in names the archive's company: whoever has it knows whose meter it is."""
    name = archive_name(application)
    lessor = read_of(application, DocumentKind.LEASE).get("lessor")
    grantor = read_of(application, DocumentKind.LETTER, PartyRole.OWNER).get("grantor")
    return bool(name) and any(read is not None and same_name(read.value, name) for read in (lessor, grantor))


def told_by_papers(application: Application) -> dict[str, str]:
    """What the papers say of the parties, under the fields that would be asked for."""
    lease = read_of(application, DocumentKind.LEASE)
    if application.kind != Kind.PAYER or "lessee" not in lease or lease["lessee"].doubts:
        return {}
    return {"tenant_name": lease["lessee"].value}


def photo_of(application: Application, photo_id: int) -> Photo | None:
    """One of the application's own pictures."""
    return next((each for each in application.photos if each.id == photo_id), None)


def _names_party(application: Application, photo: Photo) -> bool:
    grantor = _read(Reading.from_json(photo.reading or {}), "grantor")
    known = [application.value("name"), archive_name(application)]
    known += [application.value(f"{role}_name") for role in PartyRole]
    return bool(grantor) and any(same_name(grantor, name) for name in known if name)


def _read(reading: Reading, name: str) -> str:
    read = reading.fields.get(name)
    return read.value if read is not None else ""


def _weight(read: Read | None) -> int:
    return {"yes": 2, "unsure": 1}.get(read.value, 0) if read is not None else -1
