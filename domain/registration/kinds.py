"""The three kinds of account (“三户”): who the applicant is to the meter, and which papers and parties that takes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from domain.registration.readings import DocumentKind


class Kind(StrEnum):
    """What the applicant is to the account; `KIND_NAMES` has the words that people read."""

    OWNER = "owner"
    TENANT = "tenant"
    PAYER = "payer"


class PartyRole(StrEnum):
    """Another company that an application concerns."""

    OWNER = "owner"
    TENANT = "tenant"


KIND_NAMES: Mapping[str, str] = {Kind.OWNER: "产权人", Kind.TENANT: "租户", Kind.PAYER: "缴费人"}
ROLE_NAMES: Mapping[str, str] = {PartyRole.OWNER: "产权人", PartyRole.TENANT: "租户"}

# Whose data a kind takes beside the applicant's own.
ROLES: Mapping[str, tuple[PartyRole, ...]] = {
    Kind.OWNER: (),
    Kind.TENANT: (PartyRole.OWNER,),
    Kind.PAYER: (PartyRole.OWNER, PartyRole.TENANT),
}

# The papers of a kind beside the licence, in the order in which they are asked for: which document, and who gives it
# ("" for the lease, which is both sides').
PAPERS: Mapping[str, tuple[tuple[DocumentKind, str], ...]] = {
    Kind.OWNER: (),
    Kind.TENANT: ((DocumentKind.LEASE, ""), (DocumentKind.LETTER, PartyRole.OWNER)),
    Kind.PAYER: (
        (DocumentKind.LEASE, ""),
        (DocumentKind.LETTER, PartyRole.OWNER),
        (DocumentKind.LETTER, PartyRole.TENANT),
    ),
}
