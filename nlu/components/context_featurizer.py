"""What character n-grams do not show: the field that was asked for, who speaks and how far their company has come, which
values the message carries, what its words are about."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.concepts import concepts_in
from components.context import context_of
from components.masking_tokenizer import MARKS, masked
from components.values import asking_of, read

_KINDS = tuple(sorted(MARKS))
_ASKED = (
    "account_number",
    "code",
    "phone",
    "sms_code",
    "contact_name",
    "legal_person",
    "name",
    "address",
    "capacity",
    "confirm",
    "licence",
)

_ROLES = ("retailer", "bureau", "centre")
_STAGES = ("filling", "returned", "waiting", "unbound", "bound", "wholesale")

# 不是甲是乙, 是甲不是乙: a correction in itself.
_CONTRAST = re.compile(r"不是[^,是?]{1,14},?(?:而|应该|应)?是|是[^,不?]{1,14},?(?:而)?不是(?!⟩)")


def context_features(text: str, metadata: object) -> list[float]:
    """Ones and zeros: asked at all, asked for what, a question open, role, stage, kinds of value present, a field word,
    a contrast, the concepts. `metadata` is the message's, or a training example's."""
    context = context_of(metadata)
    asking = asking_of(metadata)
    reading, seen = read(text, asking), masked(text, asking)
    kinds = {kind for _, _, kind, _ in reading.places}
    flags = [
        bool(asking),
        not asking,
        *(asking == name for name in _ASKED),
        bool(context.get("open")),
        *(context.get("role") == role for role in _ROLES),
        *(context.get("stage") == stage for stage in _STAGES),
        *(kind in kinds for kind in _KINDS),
        bool(reading.fields),
        bool(_CONTRAST.search(seen)),
    ]
    return [float(flag) for flag in (*flags, *concepts_in(seen))]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class ContextFeaturizer(SparseFeaturizer, GraphComponent):
    """Adds the context features beside the character n-grams."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ContextFeaturizer:
        """A new component; it learns nothing."""
        return cls(execution_context.node_name, {**cls.get_default_config(), **config})

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """There is nothing to configure."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the features to each message."""
        for message in messages:
            text = message.get(TEXT)
            if text is not None:
                row = scipy.sparse.coo_matrix(np.array([context_features(text, message.get("metadata"))]))
                self.add_features_to_message(row, row, TEXT, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the features to every training example."""
        self.process(training_data.training_examples)
        return training_data
