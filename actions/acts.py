"""One action per intent. Each turns Rasa's pick into an act of the domain, for the message that Rasa was given."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.app import App
from bot.processes import process_app
from bot.turn import perform
from domain.dialogue.acts import Act, Command, Values

# The words of nlu/assistant/entities.yml for the fields of an application; a near miss is told what is wrong with it.
FIELDS: Mapping[str, str] = {
    "account_number": "account_number",
    "account_number_like": "account_number",
    "uscc": "code",
    "uscc_like": "code",
    "phone": "phone",
    "phone_like": "phone",
    "sms_code": "sms_code",
    "person_name": "person_name",
    "company_name": "name",
    "address": "address",
}
COMMANDS = (
    "greet", "thanks", "register", "progress", "returned_why", "how_long", "which_documents", "how_to_photograph",
    "what_is_this", "rules_question", "no_document_yet", "cancel", "pause", "resume", "back", "restart", "help",
    "human", "affirm", "deny", "unsure", "stop_notices", "start_notices", "tenant_or_payer", "retailer_or_plant",
    "account_number_help", "code_not_received", "out_of_scope",
)  # fmt: skip


@cache
def the_app() -> App:
    """The product's parts, built once per process, when the first action comes."""
    return process_app()


class DeskAction(Action, ABC):
    """Runs one act for the inbound message whose id travels in the metadata; Rasa itself says nothing."""

    intent = ""

    def name(self) -> str:
        return f"action_{self.intent}"

    @abstractmethod
    def act(self, message: Mapping[str, Any]) -> Act:
        """The act that this action stands for."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        message = tracker.latest_message
        inbound_id = int(message["metadata"]["inbound_id"])
        await asyncio.to_thread(perform, the_app(), inbound_id, self.act(message), "rasa")
        return []


class Inform(DeskAction):
    """A value that answers."""

    intent = "inform"

    def act(self, message: Mapping[str, Any]) -> Act:
        return Values(_raw(message["entities"]), text=message["text"])


class Correct(DeskAction):
    """An earlier value is wrong."""

    intent = "correct"

    def act(self, message: Mapping[str, Any]) -> Act:
        about = next((each["value"] for each in message["entities"] if each["entity"] == "field"), "")
        return Values(_raw(message["entities"]), correcting=True, about=about, text=message["text"])


class UnsureWhat(DeskAction):
    """Nothing that Rasa was sure of."""

    intent = "unsure_what"

    def act(self, message: Mapping[str, Any]) -> Act:
        return Command(self.intent, message["text"])


def _raw(entities: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {FIELDS[each["entity"]]: str(each["value"]) for each in entities if each["entity"] in FIELDS}


def _command(intent: str) -> type[DeskAction]:
    """The action of an intent that carries no values."""

    def act(self: DeskAction, message: Mapping[str, Any]) -> Act:
        return Command(intent)

    return type(intent.title().replace("_", ""), (DeskAction,), {"intent": intent, "act": act, "__module__": __name__})


ACTIONS = (Inform, Correct, UnsureWhat, *(_command(intent) for intent in COMMANDS))
