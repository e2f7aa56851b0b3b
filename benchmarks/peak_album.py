"""The pictures that the people of the weekly peak have on their phones, drawn before the clock starts."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from typing import Any

from benchmarks.peak_faults import OLD_HEAD
from benchmarks.peak_town import Applicant, Town
from sandbox.photos import drawn_photo

Picture = tuple[str, int]  # what it shows, and whose it is
Order = tuple[dict[str, Any], Mapping[str, Any], Mapping[str, Any] | None]
AGAIN = " again"  # the better picture of a paper, once the first one was found wanting


class Album:
    """A licence for everybody who comes alone or leads a group; leases and letters for tenants and payers. Who has a
    faulty paper has a good one, too, and sends it when asked."""

    def __init__(self, town: Town, today: date) -> None:
        leads = [group[0] for group in (*town.groups, *town.sheets)]
        wanted: dict[Picture, Order] = {}
        for each in (*town.alone(), *leads, *town.applicants["platform"]):
            wanted["licence", each.number] = ({"effects": []}, printed(each), None)
        for each in (*town.applicants["tenant"], *town.applicants["payer"]):
            wanted |= {(what, each.number): order for what, order in _papers(each, today).items()}
        with ProcessPoolExecutor() as painters:
            orders = [({**order, "seed": number}, of, to, today) for (_, number), (order, of, to) in wanted.items()]
            self._pictures = dict(zip(wanted, painters.map(_draw, orders, chunksize=8), strict=True))

    def __len__(self) -> int:
        return len(self._pictures)

    def sample(self, most: int) -> list[bytes]:
        """Some of the pictures, evenly taken from all."""
        every = list(self._pictures.values())
        return every[:: max(1, len(every) // most)][:most]

    def picture(self, what: str, applicant: Applicant) -> bytes | None:
        """A picture as the phone sends it; None where the applicant has none of that."""
        return self._pictures.get((what, applicant.number))


def printed(applicant: Applicant) -> dict[str, Any]:
    """The company as its licence says it: printed before the registry's last change."""
    if applicant.fault != OLD_HEAD:
        return applicant.company
    return {**applicant.company, "legal_person": "赵前任"}


def _papers(each: Applicant, today: date) -> dict[str, Order]:
    """The papers of a tenant or a payer; a fault is in the first picture, and not in the one that comes after it."""
    lessee = each.tenant or each.company
    lease: Order = ({"kind": "lease"}, each.owner, lessee)
    letter: Order = ({"kind": "letter"}, each.owner, each.company)
    found = {"lease": lease, "letter:owner": letter}
    if each.tenant:
        found["letter:tenant"] = ({"kind": "letter"}, each.tenant, each.company)
    if each.fault == "lease ended":
        last = (today - timedelta(days=40)).isoformat()
        first = (today - timedelta(days=770)).isoformat()
        old = {"kind": "lease", "valid_from": first, "valid_to": last, "signed_on": first}
        found |= {"lease": (old, *lease[1:]), f"lease{AGAIN}": lease}
    if each.fault == "letter without seal":
        found |= {"letter:owner": ({"kind": "letter", "trap": "no_seal"}, *letter[1:]), f"letter:owner{AGAIN}": letter}
    if each.fault == "letter comes later":
        del found["letter:owner"]
        found[f"letter:owner{AGAIN}"] = letter
    return found


def _draw(order: tuple[dict[str, Any], Mapping[str, Any], Mapping[str, Any] | None, date]) -> bytes:
    return drawn_photo(*order)
