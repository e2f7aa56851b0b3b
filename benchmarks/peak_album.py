"""The pictures that the people of the weekly peak have on their phones, drawn before the clock starts."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from typing import Any

from benchmarks.peak_town import Applicant, Town
from sandbox.photos import drawn_photo

Picture = tuple[str, int]  # what it shows, and whose it is
PHOTOGRAPHED = ("owner by WeChat", "owner by SMS", "tenant", "payer")


class Album:
    """A licence for everybody who comes alone or leads a group; leases and letters for tenants and payers."""

    def __init__(self, town: Town, today: date) -> None:
        alone = [each for way in PHOTOGRAPHED for each in town.applicants[way]]
        leads = [group[0] for group in (*town.groups, *town.sheets)]
        wanted: dict[Picture, tuple[dict[str, Any], Mapping[str, Any], Mapping[str, Any] | None]] = {}
        for each in (*alone, *leads, *town.applicants["platform"]):
            wanted["licence", each.number] = ({"effects": []}, printed(each), None)
        for each in town.applicants["tenant"]:
            wanted["lease", each.number] = ({"kind": "lease"}, each.owner, each.company)
            wanted["letter:owner", each.number] = ({"kind": "letter"}, each.owner, each.company)
        for each in town.applicants["payer"]:
            wanted["lease", each.number] = ({"kind": "lease"}, each.owner, each.tenant)
            wanted["letter:owner", each.number] = ({"kind": "letter"}, each.owner, each.company)
            wanted["letter:tenant", each.number] = ({"kind": "letter"}, each.tenant, each.company)
        with ProcessPoolExecutor() as painters:
            orders = [({**order, "seed": number}, of, to, today) for (_, number), (order, of, to) in wanted.items()]
            self._pictures = dict(zip(wanted, painters.map(_draw, orders, chunksize=8), strict=True))

    def __len__(self) -> int:
        return len(self._pictures)

    def picture(self, what: str, applicant: Applicant) -> bytes | None:
        """A picture as the phone sends it; None where the applicant has none of that."""
        return self._pictures.get((what, applicant.number))


def printed(applicant: Applicant) -> dict[str, Any]:
    """The company as its licence says it: printed before the registry's last change."""
    if applicant.fault != "legal person changed":
        return applicant.company
    return {**applicant.company, "legal_person": "赵前任"}


def _draw(order: tuple[dict[str, Any], Mapping[str, Any], Mapping[str, Any] | None, date]) -> bytes:
    return drawn_photo(*order)
