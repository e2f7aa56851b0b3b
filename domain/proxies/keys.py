"""Keys of the API: made by an administrator, shown once, kept as a keyed digest, changed with an overlap, revoked.

What is wrong with a key is said in one word, so that the door can say it in its own.
"""

from __future__ import annotations

import ipaddress
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.evidence import record
from domain.people.contacts import Contact
from domain.people.staff import Organisation, OrganisationKind, Role, Staff
from domain.private import fingerprint
from domain.proxies.tables import Proxy, ProxyKey, Scope
from domain.review.review import NotAllowed
from domain.settings import figure

ALPHABET = string.ascii_letters + string.digits
BEGIN, PREFIX, SECRET = "dk_", 8, 40  # dk_ and 48 letters and digits; the first 8 of them tell which key it is
_FORM = re.compile(rf"{BEGIN}[0-9A-Za-z]{{{PREFIX + SECRET}}}")
KINDS = (OrganisationKind.RETAILER, OrganisationKind.PLATFORM)
_USED_ANEW = timedelta(minutes=1)  # the last use is written down once a minute, not with every request


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What an administrator wants of a key. No figure: the setting's. No network: it may come from anywhere."""

    name: str
    scopes: Sequence[str]
    days: int
    networks: Sequence[str] = ()
    per_minute: int | None = None
    per_day: int | None = None


def may_manage(staff: Staff) -> bool:
    """Whether a member of staff keeps proxies: the trading centre's administrators do."""
    return staff.role == Role.ADMINISTRATOR and staff.organisation.kind == OrganisationKind.CENTRE


def add_proxy(session: Session, by: Staff, kind: str, code: str, name: str, now: datetime) -> Proxy:
    """Let a retail company or platform file registrations; a known organisation of that code becomes one. NotAllowed
    says what is wrong."""
    _only_managers(by)
    code, name = code.strip(), name.strip()
    if kind not in KINDS or not code or len(name) < 2:
        raise NotAllowed("请选择类型，并填写代码和名称")
    place = session.scalar(select(Organisation).where(Organisation.code == code))
    if place is not None and place.kind != kind:
        raise NotAllowed(f"代码 {code} 已经是“{place.name}”，不能再登记成代办方")
    if place is None:
        place = Organisation(kind=kind, code=code, name=name)
        session.add(place)
        session.flush()
    if session.scalar(select(Proxy.id).where(Proxy.organisation_id == place.id)) is not None:
        raise NotAllowed(f"“{place.name}”已经登记过了")
    nobody = Contact(created_at=now)
    session.add(nobody)
    session.flush()
    made = Proxy(organisation=place, contact_id=nobody.id, created_at=now)
    session.add(made)
    session.flush()
    record(session, "proxy_added", ("proxy", made.id), f"staff:{by.id}", {"name": place.name, "code": code}, now)
    return made


def make(
    session: Session, by: Staff, proxy: Proxy, wish: KeyWish, random: Random, now: datetime
) -> tuple[ProxyKey, str]:
    """Make a key, and hand it out: it is shown once and not kept. NotAllowed says what is wrong with the wish."""
    _only_managers(by)
    text = BEGIN + "".join(random.choice(ALPHABET) for _ in range(PREFIX + SECRET))
    made = keep(session, proxy, text, wish, now, by)
    _note(session, "proxy_key_made", made, by, now)
    return made, text


def keep(session: Session, proxy: Proxy, text: str, wish: KeyWish, now: datetime, by: Staff | None = None) -> ProxyKey:
    """Take this text as a key: a laptop's demonstration brings its own. NotAllowed says what is wrong with the wish."""
    _check(session, wish)
    made = ProxyKey(
        proxy=proxy,
        name=wish.name.strip(),
        prefix=text[: len(BEGIN) + PREFIX],
        mark=fingerprint("proxy_key", text),
        scopes=[scope for scope in Scope if scope in wish.scopes],
        networks=[str(ipaddress.ip_network(each.strip(), strict=False)) for each in wish.networks],
        per_minute=wish.per_minute,
        per_day=wish.per_day,
        created_by=by.id if by is not None else None,
        created_at=now,
        expires_at=now + timedelta(days=wish.days),
    )
    session.add(made)
    session.flush()
    return made


def rotate(session: Session, by: Staff, key: ProxyKey, random: Random, now: datetime) -> tuple[ProxyKey, str]:
    """Make a key like this one in its place. The old one is taken for as many hours more as the setting says."""
    _must_live(key, now)
    days = max(1, (key.expires_at - key.created_at).days)
    wish = KeyWish(key.name, key.scopes, days, key.networks, key.per_minute, key.per_day)
    made, text = make(session, by, key.proxy, wish, random, now)
    key.replaced_by = made.id
    key.expires_at = min(key.expires_at, now + timedelta(hours=figure(session, "proxy_key_overlap_hours")))
    _note(session, "proxy_key_replaced", key, by, now)
    return made, text


def revoke(session: Session, by: Staff, key: ProxyKey, now: datetime) -> None:
    """End a key from this moment on."""
    _only_managers(by)
    _must_live(key, now)
    key.revoked_at = now
    _note(session, "proxy_key_revoked", key, by, now)


def found(session: Session, text: str) -> ProxyKey | None:
    """The key that this text is, whatever has become of it; None where nobody has ever had it."""
    if not _FORM.fullmatch(text):
        return None
    return session.scalar(select(ProxyKey).where(ProxyKey.mark == fingerprint("proxy_key", text)))


def trouble(key: ProxyKey, address: str, now: datetime) -> str:
    """Why a request with this key from there is not taken: revoked, expired, wrong_network, closed; empty: it is."""
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at <= now:
        return "expired"
    if key.networks and not _inside(address, key.networks):
        return "wrong_network"
    return "" if key.proxy.active else "closed"


def is_live(key: ProxyKey, now: datetime) -> bool:
    """Whether the key is still taken."""
    return key.revoked_at is None and key.expires_at > now


def limits_of(session: Session, key: ProxyKey) -> tuple[int, int]:
    """How many requests a key may make in a minute and in a day."""
    minute, day = key.per_minute, key.per_day
    return minute or figure(session, "proxy_per_minute"), day or figure(session, "proxy_per_day")


def is_used_anew(key: ProxyKey, now: datetime) -> bool:
    """Whether this use of the key is worth writing down."""
    return key.last_used_at is None or key.last_used_at < now - _USED_ANEW


def keys_of(session: Session, proxy: Proxy) -> list[ProxyKey]:
    """A proxy's keys, newest first."""
    return list(session.scalars(select(ProxyKey).where(ProxyKey.proxy_id == proxy.id).order_by(ProxyKey.id.desc())))


def set_active(session: Session, by: Staff, proxy: Proxy, active: bool, now: datetime) -> None:
    """Close a proxy's door, or open it again. Its keys stay as they are."""
    _only_managers(by)
    if proxy.active != active:
        proxy.active = active
        record(session, "proxy_active", ("proxy", proxy.id), f"staff:{by.id}", {"active": active}, now)


def _check(session: Session, wish: KeyWish) -> None:
    if not wish.name.strip():
        raise NotAllowed("请填写密钥名称，例如“生产系统”")
    if not set(wish.scopes) or not set(wish.scopes) <= set(Scope):
        raise NotAllowed("请至少选一项权限")
    most = figure(session, "proxy_key_days")
    if not 1 <= wish.days <= most:
        raise NotAllowed(f"有效期要在 1 到 {most} 天之间")
    for each in wish.networks:
        try:
            ipaddress.ip_network(each.strip(), strict=False)
        except ValueError:
            raise NotAllowed(f"“{each.strip()}”不是网络地址，例如 203.0.113.7 或 203.0.113.0/24") from None
    if any(each is not None and each < 1 for each in (wish.per_minute, wish.per_day)):
        raise NotAllowed("请求上限要填正整数，留空按系统参数")


def _inside(address: str, networks: Sequence[str]) -> bool:
    try:
        there = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(there in ipaddress.ip_network(each) for each in networks)


def _must_live(key: ProxyKey, now: datetime) -> None:
    if not is_live(key, now):
        raise NotAllowed("这个密钥已经失效")


def _only_managers(by: Staff) -> None:
    if not may_manage(by):
        raise NotAllowed("只有交易中心管理员可以管理代办方")


def _note(session: Session, what: str, key: ProxyKey, by: Staff, now: datetime) -> None:
    data = {"key": key.id, "prefix": key.prefix, "scopes": list(key.scopes), "expires": key.expires_at.isoformat()}
    record(session, what, ("proxy", key.proxy_id), f"staff:{by.id}", data, now)
