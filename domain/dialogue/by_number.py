"""What is stated and answers no question: a number of ours is looked up, an amount of energy is what packages are
compared on. In a form, energy is nothing to be filled in, which is said before the form goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.contracts.tables import Contract, Request
from domain.dialogue import contract_talk
from domain.dialogue.acts import Act, Command, Values
from domain.dialogue.choosing import units
from domain.dialogue.progress import progress
from domain.dialogue.stated import yearly
from domain.dialogue.thread import resumed, with_thread
from domain.dialogue.topics import PROGRESS
from domain.groups.units import unit_of
from domain.messages.messages import InboundMessage, Option, Say
from domain.registration.applications import asked_now, current
from domain.registration.registration import Scene

_NOT_ASKED = "用电量不用您填：审核通过后，我们从营销系统取。"


def instead(session: Session, contact_id: int, act: Act) -> Act:
    """The command that values stand for which belong to no field; any other act stays what it is."""
    if not isinstance(act, Values) or act.raw or act.correcting:
        return act
    if numbers := act.said.get("number"):
        return Command("by_number", numbers[0])
    year = yearly(act.text, act.said)
    if not year:
        return act
    in_form = asked_now(current(session, contact_id))
    return Command("energy_in_form") if in_form else Command("recommend", f"/{year}")


def by_number(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """The application, or the contract, that a number names. What is not there and what is another's are the same."""
    contact_id = inbound.address.contact_id
    if argument.startswith("ZC"):
        return with_thread(progress(session, contact_id, scene.now, argument), resumed(session, contact_id, scene))
    contract = session.scalar(select(Contract).where(Contract.number == argument))
    row = contract or session.scalar(select(Request).where(Request.number == argument))
    mine = [each for each in units(session, contact_id) if row and unit_of(session, each).mark == row.unit_mark]
    if not mine:
        text = f"没有查到您名下编号{argument}的合同或变更，请核对编号。"
        return [Say(text, [PROGRESS, Option("我的合同", "cmd:contract")])]
    return contract_talk.contract(session, inbound, f"{mine[0].id}", scene)


def energy_in_form(session: Session, inbound: InboundMessage, argument: str, scene: Scene) -> list[Say]:
    """Energy while something else is asked: nobody has to know it, and the question is put again."""
    return with_thread(Say(_NOT_ASKED), resumed(session, inbound.address.contact_id, scene))


COMMANDS: Mapping[str, Callable[[Session, InboundMessage, str, Scene], list[Say]]] = {
    "by_number": by_number,
    "energy_in_form": energy_in_form,
}
