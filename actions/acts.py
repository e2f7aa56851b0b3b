"""One action per intent. Each turns Rasa's pick into an act of the domain, for the message that Rasa was given."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.app import App
from bot.processes import process_app
from bot.turn import perform
from domain.dialogue.acts import Act, Command, Values
from domain.dialogue.understood import understood
from domain.teaching.hearing import Reading
from domain.teaching.masking import ADDRESS, COMPANY, PERSON

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
# What of it is hidden from whoever teaches, by which mark.
MARKS: Mapping[str, str] = {"person_name": PERSON, "company_name": COMPANY, "address": ADDRESS}
INFORM, CORRECT, UNSURE = "inform", "correct", "unsure_what"
_WITH_VALUES = (INFORM, CORRECT)
# What belongs to no field, and may matter to a wish; of a day that there is not, the words are carried.
STATED, NO_DAY = ("energy", "date", "month", "number"), "date_like"
_FALLBACK = "nlu_fallback"  # Rasa's own word for nothing sure
LEAST_GUESS = 0.1  # a less likely meaning is not worth a tap
COMMANDS = (
    "greet", "thanks", "register", "progress", "returned_why", "how_long", "which_documents", "how_to_photograph",
    "what_is_this", "rules_question", "no_document_yet", "cancel", "pause", "resume", "back", "restart", "help",
    "human", "affirm", "deny", "unsure", "stop_notices", "start_notices", "tenant_or_payer", "retailer_or_plant",
    "account_number_help", "code_not_received", "out_of_scope",
    "register_tenant", "register_payer", "register_group", "hand_in", "my_identity",
    "choose_market", "to_retail", "to_wholesale", "leave_market", "why_out",
    "recommend", "list_companies", "choose_company", "list_packages", "compare_packages", "choose_package",
    "my_contract", "renew", "not_renew", "change_company", "change_package", "end_early", "usage", "forecast",
    "staff_queue", "staff_approve", "staff_return", "staff_urge", "interface_state",
)  # fmt: skip


@cache
def the_app() -> App:
    """The product's parts, built once per process, when the first action comes."""
    return process_app()


class DeskAction(Action, ABC):
    """Runs one act for the inbound message whose id travels in the metadata; Rasa itself says nothing."""

    @property
    @abstractmethod
    def intent(self) -> str:
        """What Rasa understood when it calls this action."""

    def name(self) -> str:
        return f"action_{self.intent}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        message = tracker.latest_message
        inbound_id = int(message["metadata"]["inbound_id"])
        act, heard = act_of(self.intent, message), reading_of(self.intent, message)
        await asyncio.to_thread(perform, the_app(), inbound_id, act, "rasa", heard)
        return []


def act_of(intent: str, message: Mapping[str, Any]) -> Act:
    """The act of a message that was understood as `intent`. Two wishes (nlu/wishes.py: intent and words of each) are
    one act with a second wish; what gives values comes first, whatever the order."""
    wishes = message["metadata"].get("wishes") or [[intent, message["text"]]]
    (first, words), *more = sorted(wishes, key=lambda wish: wish[0] not in _WITH_VALUES)
    also = understood(*more[0], _stated(message, more[0][1])) if more else None
    return replace(_one(first, words, message), also=also)


def reading_of(intent: str, message: Mapping[str, Any]) -> Reading:
    """How the message was read, for teaching: what it may have meant, and where it was said."""
    where = {name: str(message["metadata"].get(name) or "") for name in ("asking", "stage", "role")}
    likely = (each for each in message["intent_ranking"] if each["confidence"] >= LEAST_GUESS)
    return Reading(
        intent,
        tuple((each["name"], float(each["confidence"])) for each in likely if each["name"] != _FALLBACK),
        tuple((MARKS[each["entity"]], each["start"], each["end"]) for each in message["entities"] if _is_named(each)),
        **where,
    )


def _is_named(entity: Mapping[str, Any]) -> bool:
    return entity["entity"] in MARKS and "start" in entity and "end" in entity


def _one(intent: str, words: str, message: Mapping[str, Any]) -> Command | Values:
    if intent in _WITH_VALUES:
        return _values(message, correcting=intent == CORRECT)
    if intent == UNSURE:
        return Command(UNSURE, message["text"], guesses=tuple(_likely(message["intent_ranking"])))
    return understood(intent, words, _stated(message, words))


def _stated(message: Mapping[str, Any], words: str) -> dict[str, list[str]]:
    """What stands in these words of the message and belongs to no field, by its kind."""
    found: dict[str, list[str]] = {}
    for each in message["entities"]:
        typed = message["text"][each["start"] : each["end"]] if "start" in each else ""
        if each["entity"] in (*STATED, NO_DAY) and typed in words:
            value = typed if each["entity"] == NO_DAY else str(each["value"])
            found.setdefault(each["entity"], []).append(value)
    return found


def _all_accounts(message: Mapping[str, Any]) -> list[str]:
    """Each account number of the message once, in the order in which they stand there."""
    return list(dict.fromkeys(str(e["value"]) for e in message["entities"] if e["entity"] == "account_number"))


def _values(message: Mapping[str, Any], *, correcting: bool) -> Values:
    found = {FIELDS[each["entity"]]: str(each["value"]) for each in message["entities"] if each["entity"] in FIELDS}
    about = next((each["value"] for each in message["entities"] if each["entity"] == "field"), "")
    said = _stated(message, message["text"])
    if len(numbers := _all_accounts(message)) > 1:
        said["account_number"] = numbers
    return Values(found, correcting=correcting, about=about if correcting else "", text=message["text"], said=said)


def _likely(ranking: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """The intents worth offering, the likeliest first."""
    return (each["name"] for each in ranking if each["confidence"] >= LEAST_GUESS and each["name"] in COMMANDS)


ACTIONS = tuple(
    type(intent.title().replace("_", ""), (DeskAction,), {"intent": intent, "__module__": __name__})
    for intent in (*COMMANDS, INFORM, CORRECT, UNSURE)
)
