"""Papers and the other companies in the words that a user reads: what was read, how sure, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain.identifiers import mask_company, mask_identity
from domain.registration.accounts import account_is_ours
from domain.registration.applications import Application
from domain.registration.licences import SURE
from domain.registration.papers import MARKS, archive_name, paper_name, proves_archive, read_of
from domain.registration.readings import DocumentKind, Read
from domain.workdays import in_words

_MARK_WORDS: Mapping[str, str] = {"yes": "有", "no": "没有", "unsure": "没看清"}

# What is shown of each document, with the label that it has there. Periods and marks are put in words of their own.
_FIELDS: Mapping[str, Sequence[tuple[str, str]]] = {
    DocumentKind.LETTER: (
        ("grantor", "委托方"),
        ("grantee", "受托方"),
        ("matter", "委托事项"),
        ("valid_to", "有效期至"),
        ("seal", "盖章"),
        ("signature", "签字"),
    ),
    DocumentKind.LEASE: (
        ("lessor", "出租方"),
        ("lessee", "承租方"),
        ("address", "地址"),
        ("valid_from", "租期自"),
        ("valid_to", "租期至"),
        ("seal", "双方盖章"),
        ("signature", "双方签字"),
    ),
    DocumentKind.IDENTITY: (("name", "姓名"), ("number", "号码"), ("valid_to", "有效期至")),
}
_IN_SHORT = ("grantor", "grantee", "lessor", "lessee", "valid_to", "seal", "signature", "name", "number")
DATES = ("valid_from", "valid_to", "signed_on")


def labels(kind: str) -> dict[str, str]:
    """The fields of a document with their labels, in the order in which they are shown."""
    return dict(_FIELDS.get(kind, ()))


def paper_line(application: Application, kind: str, party: str = "") -> str:
    """A paper as it was read, on one line: what is unsure says so, what was not found, too."""
    read = read_of(application, kind, party)
    shown = [
        f"{label}{'：' if name in MARKS else ''}{_said(kind, name, read.get(name))}"
        for name, label in _FIELDS.get(kind, ())
        if name in _IN_SHORT
    ]
    return f"{paper_name(kind, party)}：{'，'.join(shown)}"


def paper_in_short(application: Application, kind: str, party: str = "") -> str:
    """A paper as an SMS has room for it: until when it holds, and its marks."""
    read = read_of(application, kind, party)
    fields = [(name, label) for name, label in _FIELDS.get(kind, ()) if name in ("valid_to", *MARKS)]
    return "，".join(
        [f"{paper_name(kind, party)}收到", *(f"{label}{_said(kind, name, read.get(name))}" for name, label in fields)]
    )


def owner_shown(application: Application) -> str | None:
    """The owner's company as this applicant may read it: whole once a paper of theirs names it, or it is their own;
    until then only so much that a tenant knows their landlord again."""
    name = archive_name(application) or application.value("owner_name")
    if not name or account_is_ours(application) or proves_archive(application):
        return name
    return mask_company(name)


def day_words(text: str) -> str:
    """A day as people read it; what is no day stays as it is."""
    try:
        return in_words(date.fromisoformat(text))
    except ValueError:
        return text


def _said(kind: str, name: str, read: Read | None) -> str:
    if read is None or not read.value:
        if name in MARKS:
            return "没看清"
        return "没有写明" if name == "valid_to" and kind != DocumentKind.IDENTITY else "没有读到"
    if name in MARKS:
        return _MARK_WORDS.get(read.value, "没看清")
    value = mask_identity(read.value) if name == "number" else day_words(read.value) if name in DATES else read.value
    unsure = "（没看清，请核对）" if read.confidence < SURE or read.doubts else ""
    return f"{value}{unsure}"
