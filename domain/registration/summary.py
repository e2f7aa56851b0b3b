"""The whole application as it is shown before it is submitted: every value with who said it."""

from __future__ import annotations

from collections.abc import Mapping

from domain.identifiers import mask_phone
from domain.messages.sms_person import proved_later
from domain.registration.accounts import archive_lines
from domain.registration.applications import SOURCE_NAMES, Application, Source
from domain.registration.kinds import KIND_NAMES, PAPERS, ROLE_NAMES, ROLES, Kind
from domain.registration.licences import field_label
from domain.registration.paper_words import owner_shown, paper_line
from domain.registration.papers import key_of, paper_name
from domain.registration.readings import DocumentKind

# Who said a value, as it stands behind it.
_TOLD_BY: Mapping[str, str] = {
    **{each: f"来自{SOURCE_NAMES[each]}" for each in (Source.REGISTRY, Source.MARKETING, Source.TIANYANCHA)},
    Source.OCR: "照片识别",
    Source.TYPED: "您填写",
}
_SHOWN = ("name", "code", "legal_person", "address", "account_number")


def summary(application: Application) -> list[str]:
    """The whole application, one line a field, as it is shown before it is submitted."""
    shown = [_line(application, name) for name in _SHOWN]
    shown += archive_lines(application)
    if application.kind != Kind.OWNER:
        shown.insert(0, f"身份：{KIND_NAMES[application.kind]}")
        shown += _parties(application) + _papers(application)
    return [*shown, _contact(application)]


def noted(application: Application) -> list[str]:
    """What has been filled in so far, one line a field; nothing of what is still missing."""
    *fields, contact = summary(application)
    known = [line for line in fields if "：—" not in line]
    return [*known, contact] if application.value("contact_name") and application.value("phone") else known


def _line(application: Application, name: str) -> str:
    value = application.value(name)
    told_by = _TOLD_BY.get(application.source(name) or "", "")
    return f"{field_label(application, name)}：{value or '—'}{f'（{told_by}）' if value and told_by else ''}"


def _contact(application: Application) -> str:
    phone = application.value("phone")
    later = application.phone_verified_at is None and proved_later(application)
    verified = "提交时用短信验证码核对" if later else "已验证"
    return f"联系人：{application.value('contact_name')}，{mask_phone(phone) if phone else '—'}（{verified}）"


def _parties(application: Application) -> list[str]:
    """Each party on one line: the company with who said so, whom to ask there, the phone masked."""
    lines = []
    for role in ROLES[Kind(application.kind)]:
        company = owner_shown(application) if role == "owner" else application.value(f"{role}_name")
        told_by = _TOLD_BY.get(application.source(f"{role}_name") or "", "")
        phone = application.value(f"{role}_phone")
        known = [application.value(f"{role}_contact"), mask_phone(phone) if phone else None]
        who = "".join(each for each in known if each)
        lines.append(
            f"{ROLE_NAMES[role]}：{company or '—'}{f'（{told_by}）' if company and told_by else ''}"
            + (f"，{who}（{_TOLD_BY[Source.TYPED]}）" if who else "")
        )
    return lines


def _papers(application: Application) -> list[str]:
    wanted: list[tuple[str, str]] = [*PAPERS[Kind(application.kind)], (DocumentKind.IDENTITY, "")]
    lines = []
    for kind, party in wanted:
        if application.papers(kind, party):
            lines.append(f"{paper_line(application, kind, party)}（{_TOLD_BY[Source.OCR]}）")
        elif key_of(kind, party) in application.later:
            lines.append(f"{paper_name(kind, party)}：以后补")
    return lines
