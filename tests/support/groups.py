"""A group to test with: its representative registration, and more accounts that the marketing system knows."""

from __future__ import annotations

from dataclasses import replace

from domain.people.staff import Role
from tests.support.console import newest, submitted
from tests.support.world import ARCHIVE, World, approve_newest

OTHER_ACCOUNT = "0530010686818441"
OTHER_ADDRESS = "云南省昆明市西山区海口工业园区二号厂房"


def account(number: int) -> str:
    """An account number of the group."""
    return f"0530010{number:09d}"


def admitted(world: World) -> int:
    """王芳 registers her company's first account, and it is admitted; the application's id."""
    world.staff("zhou", Role.HANDLER, bureau="053001")
    world.staff("chen", Role.REVIEWER)
    application_id = submitted(world)
    approve_newest(world, "zhou")
    approve_newest(world, "chen")
    assert newest(world).id == application_id
    return application_id


def more_accounts(world: World, numbers: list[str]) -> None:
    """The marketing system knows these accounts of the same company."""
    for number in numbers:
        world.sources.accounts[number] = replace(ARCHIVE, number=number, address=OTHER_ADDRESS)
