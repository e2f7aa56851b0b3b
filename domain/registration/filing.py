"""Filling an application in from a row of values (a spreadsheet's, a proxy's) as the chat does, without a talk.

What the sources know is never asked for: an account number is enough where the company has a representative
registration. Nothing is submitted here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.people.contacts import Contact, phones_of
from domain.private import fingerprint
from domain.registration.accounts import account_is_ours
from domain.registration.applications import EDITABLE, LICENCE_FIELDS, Application, Source, drop, put, remark_identity
from domain.registration.intake import Intake, same, take_in
from domain.registration.kinds import Kind, PartyRole
from domain.registration.kinds_chosen import choose
from domain.registration.parties import PARTY_FIELDS
from domain.registration.registration import Scene, fallbacks, take_values
from domain.rules.rules import Problem, Rule, Severity, judge
from domain.sources.lookups import Facts, Lookup, Where
from domain.workdays import local_day

# What a row may say: of the company that applies, and of the owner or tenant whose account it is.
_PARTIES = tuple(f"{role}_{name}" for role in PartyRole for name in PARTY_FIELDS)
FIELDS = ("code", "name", "legal_person", "address", "account_number", "contact_name", "phone", *_PARTIES)
NO_ACCOUNT = "请填16位户号，05开头，在电费单左上角。"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a row, and what to do about it. `field` is empty where it is not one field's."""

    field: str
    problem: str
    suggestion: str = ""
    severity: str = Severity.BLOCKING
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a row: its application (None where its account number is none) and what was found."""

    application: Application | None
    problems: Sequence[Finding]
    judged: Sequence[Problem] = ()  # those of them that the rules found

    @property
    def ready(self) -> bool:
        """Whether the application may be submitted as it stands."""
        return self.application is not None and not any(each.severity == Severity.BLOCKING for each in self.problems)


def wanted_of(row: Mapping[str, str], facts: Facts | None = None) -> list[Lookup]:
    """What to ask of the sources for a row. Asked again with what they said, it names what follows from that: the
    company behind an account, Tianyancha where the registry is down. Empty: nothing is left to ask."""
    known = facts or Facts()
    taken = _taken(row).values
    lookups = [Lookup(Where.MARKETING, taken["account_number"])] if "account_number" in taken else []
    if code := taken.get("code") or (_archive_code(taken, known) if _is_own(row) else ""):
        lookups.append(Lookup(Where.REGISTRY, code))
    if "phone" in taken and "contact_name" in taken:
        lookups.append(Lookup(Where.TELECOM, f"{taken['phone']}|{taken['contact_name']}"))
    return known.missing([*lookups, *fallbacks(lookups, known)])


def file(
    session: Session,
    contact: Contact,
    row: Mapping[str, str],
    facts: Facts,
    now: datetime,
    *,
    channel: str,
    random: Random,
    kind: str = "owner",
    representative: Application | None = None,
) -> Filed:
    """Fill an application of the contact in from a row, and judge it. Filed again for the same account it is the same
    application, as long as it was not submitted. A phone counts as verified where the contact has proved it."""
    intake = _taken(row)
    findings = [Finding(_field_of(row, each), each) for each in intake.problems]
    number = intake.values.get("account_number")
    if number is None:
        return Filed(None, findings or [Finding("account_number", "没有户号。", NO_ACCOUNT)])
    application = _draft(session, contact, number, now)
    application.kind = kind
    application.channel = channel
    if representative is not None:
        share(application, representative, now)
    findings += _fill(session, application, intake, Scene(now, facts, random))
    choose(session, application, Kind(kind), now)
    if kind == Kind.OWNER and account_is_ours(application):
        application.kind_said = False  # nobody had to say so
    _reach(session, application, intake.values, facts, now)
    remark_identity(application)
    session.flush()
    problems = judge(session, application, local_day(now))
    return Filed(application, [*findings, *findings_of(session, problems)], problems)


def share(application: Application, representative: Application, now: datetime) -> None:
    """Let the representative registration's licence and confirmed company data count for this application as well;
    its contact person too, until the row names another one. Who reviews sees where the data comes from."""
    if application.id == representative.id:
        return
    application.representative = representative
    for row in representative.values:
        if row.name in LICENCE_FIELDS:
            put(application, row.name, Source(row.source), row.value, now)
    chosen = {name: source for name, source in representative.decided.items() if name in LICENCE_FIELDS}
    application.decided = {**application.decided, **chosen}
    company = (representative.facts or {}).get("company")
    application.facts = {**(application.facts or {}), "company": company}
    application.licence_confirmed = representative.licence_confirmed
    for name in ("contact_name", "phone"):
        if application.value(name) is None and (known := representative.value(name)) is not None:
            put(application, name, Source.TYPED, known, now)
    if application.value("phone") == representative.value("phone"):  # another phone is not proved by this one
        application.phone_verified_at = application.phone_verified_at or representative.phone_verified_at


def judged(session: Session, application: Application, now: datetime) -> list[Finding]:
    """The problems of an application as a row's reader needs them: with the field that each is about."""
    return findings_of(session, judge(session, application, local_day(now)))


def findings_of(session: Session, problems: Sequence[Problem]) -> list[Finding]:
    """The rules' problems as a row's reader needs them."""
    named = select(Rule.name, Rule.condition).where(Rule.name.in_([each.rule for each in problems]))
    conditions = {row.name: row.condition for row in session.execute(named)} if problems else {}
    return [
        Finding(_about(conditions.get(each.rule, "")), each.problem, each.suggestion, each.severity, each.rule)
        for each in problems
    ]


def _taken(row: Mapping[str, str]) -> Intake:
    return take_in({name: row[name] for name in FIELDS if row.get(name, "").strip()})


def _is_own(row: Mapping[str, str]) -> bool:
    """Whether the archive's company is the one that applies; a tenant's or payer's account is another one's."""
    return row.get("kind", Kind.OWNER) == Kind.OWNER


def _archive_code(taken: Mapping[str, str], facts: Facts) -> str:
    account = facts.account(taken.get("account_number", ""))
    return account.uscc if account is not None else ""


def _draft(session: Session, contact: Contact, number: str, now: datetime) -> Application:
    """The contact's own application for this account that may still be changed; else a new one."""
    own = select(Application).where(
        Application.contact_id == contact.id,
        Application.account_mark == fingerprint("account", number),
        Application.stage.in_(EDITABLE),
    )
    found = session.scalar(own.order_by(Application.id.desc()).limit(1))
    if found is not None:
        return found
    made = Application(contact=contact, stage_since=now, created_at=now, updated_at=now, decided={}, trail=[])
    session.add(made)
    return made


def _fill(session: Session, application: Application, intake: Intake, scene: Scene) -> list[Finding]:
    """Take the values in. The archive's code stands in for one that the row leaves out; a company that the row names
    otherwise than the register is a matter of the rules."""
    values = {name: text for name, text in intake.values.items() if name != "phone"}
    if application.representative is not None:
        values = {name: text for name, text in values.items() if not same(text, application.value(name))}
        values["account_number"] = intake.values["account_number"]
    elif application.kind == Kind.OWNER and "code" not in values and (code := _archive_code(values, scene.facts)):
        values["code"] = code
    found = []
    for name in sorted(values, key=lambda each: each != "code"):  # the company first: a name is held against it
        said = take_values(session, application, Intake({name: values[name]}), scene)
        if application.value(name) != values[name]:
            found.append(Finding(name, said[0] if said else "没有用上这一项。"))
    if "code" in values and "code" not in intake.values:  # nobody has said it but the archive
        drop(application, ("code",), (Source.TYPED,))
        put(application, "code", Source.MARKETING, values["code"], scene.now)
    told = (application.facts or {}).get("company")
    application.licence_confirmed = application.licence_confirmed or bool(told)
    return found


def _reach(session: Session, application: Application, values: Mapping[str, str], facts: Facts, now: datetime) -> None:
    """Who is reached: the row's phone, else the one that is known already; verified where whoever files proved it."""
    phone = values.get("phone")
    if phone is not None and phone != application.value("phone"):
        put(application, "phone", Source.TYPED, phone, now)
        application.phone_verified_at = None
    proved = {address.value: address.verified_at for address in phones_of(session, application.contact_id)}
    if application.value("phone") in proved:
        application.phone_verified_at = proved[application.value("phone") or ""]
    told = facts.get(Where.TELECOM, f"{application.value('phone')}|{application.value('contact_name')}")
    if isinstance(told, str):
        application.facts = {**(application.facts or {}), "phone_name": told}


# Which field a rule is about, by the facts in its condition; the first that fits.
_ABOUT: Mapping[str, tuple[str, ...]] = {
    "account_number": ("account_", "capacity_"),
    "phone": ("phone",),
    "contact_name": ("contact_name",),
    "legal_person": ("legal_person",),
    "name": ("photo_name", "registry_name"),
    "licence": ("licence",),
    "code": ("code", "registry_"),
}


def _about(condition: str) -> str:
    return next((name for name, facts in _ABOUT.items() if any(fact in condition for fact in facts)), "")


def _field_of(row: Mapping[str, str], sentence: str) -> str:
    """The field that a refused value stood in: the one whose value alone is refused with these words."""
    for name in FIELDS:
        if row.get(name, "").strip() and sentence in take_in({name: row[name]}).problems:
            return name
    return ""
