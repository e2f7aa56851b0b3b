"""A message that is nothing but values answers a question: that is certain, so no classifier decides it."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.values import Reading, asking_of, read

# Words that may stand around a value without changing what the message does.
_FILLER = re.compile(
    r"[\s,.。:;!~、“”\"'()\[\]\-_=#*]|你好|您好|我的|我们的|我们|我叫|我是|咱们|本人|公司的|公司|单位|叫做|给你|这个|就是|收到了?|分别|还有|以及|名字|姓名|全名|号|是|为|叫|我|的|了|和|跟|哈|嘛|呢|啊|哦|嗯|好|吧|呀|嘞|噻"
)


# Words that stand around an amount of energy and say of which time it is, and how sure.
_OF_ENERGY = re.compile(
    r"每个?月|每年|每天|[一半全今去]年|一个月|月均|年均|平均|大概|大约|差不多|左右|上下|用电量|电量|用电|用|电|厂里|厂|左|右"
)
# Unasked, these answer nothing: a package to look at, a day that is meant.
_UNASKED = frozenset(("date", "month", "date_like", "package"))


def is_bare_answer(reading: Reading, asking: str = "") -> bool:
    """True where the message holds a value that answers and, beside values, field words and fillers, nothing else."""
    kinds = {kind for _, _, kind, _ in reading.places} - {"id_number"}
    if not (kinds if asking else kinds - _UNASKED):
        return False
    kept = list(reading.folded.text)
    for start, end, *_ in (*reading.places, *reading.fields):
        kept[start:end] = [" "] * (end - start)
    left = _FILLER.sub("", "".join(kept))
    return not (_OF_ENERGY.sub("", left) if kinds == {"energy"} else left)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class BareAnswer(GraphComponent, IntentClassifier):
    """Sets the intent `inform` with full confidence on bare answers; the ranking of the classifier stays behind it."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BareAnswer:
        """A new component; it has nothing to configure and nothing to learn."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Decides the messages that are bare answers and leaves the others alone."""
        for message in messages:
            asking = asking_of(message.get("metadata"))
            if is_bare_answer(read(message.get(TEXT) or "", asking), asking):
                intent = {"name": "inform", "confidence": 1.0}
                ranking = [rank for rank in message.get("intent_ranking", []) if rank["name"] != "inform"]
                message.set(INTENT, intent, add_to_output=True)
                message.set("decided_by", "extractor", add_to_output=True)
                message.set("intent_ranking", [intent, *ranking], add_to_output=True)
        return messages
