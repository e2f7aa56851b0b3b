"""The text as the classifier sees it: folded, in plain wording, with every value replaced by one mark of its kind."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from components.english import in_chinese
from components.values import asking_of, read
from components.wording import plain_wording

# One character each, so that a value is one step of a character n-gram; none of them survives folding of real text.
MARKS = {
    "account_number": "Ⓐ",
    "account_number_like": "Ⓛ",
    "uscc": "Ⓤ",
    "uscc_like": "Ⓥ",
    "phone": "Ⓟ",
    "phone_like": "Ⓠ",
    "sms_code": "Ⓢ",
    "person_name": "Ⓝ",
    "capacity": "Ⓒ",
    "company_name": "Ⓕ",
    "address": "Ⓓ",
    "id_number": "Ⓘ",
    "energy": "Ⓔ",
    "date": "Ⓣ",
    "month": "Ⓜ",
    "date_like": "Ⓧ",
    "package": "Ⓖ",
    "number": "Ⓑ",
}


@lru_cache(maxsize=8)  # the tokenizer and the context's features look at the same message
def masked(text: str, asking: str = "") -> str:
    """`text` folded and in plain Chinese wording: each value as its mark, other figures as #, a sign at start and end."""
    reading = read(text, asking)
    parts: list[str] = []
    done = 0
    for start, end, kind, _ in reading.places:
        parts += [in_chinese(reading.folded.text[done:start]), MARKS[kind]]
        done = end
    parts.append(in_chinese(reading.folded.text[done:]))
    plain = plain_wording("⟨" + "".join(char for char in "".join(parts) if not char.isspace()) + "⟩")
    return "".join("#" if char.isdigit() else char for char in plain)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MaskingTokenizer(Tokenizer):
    """One token for the whole message: Chinese is not cut into words, character n-grams see all of it. The masked form is
    the token's lemma. There is always a token, as the classifier cannot handle a message without features."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own settings of a tokenizer, unused here."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The one token of the message."""
        text = message.get(attribute)
        return [Token(text, 0, lemma=masked(text, asking_of(message.get("metadata"))))]
