"""Where understanding is unsure, one short question is better than a wrong step; for steps that bind or destroy, sooner."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CautiousFallback(FallbackClassifier):
    """Rasa's fallback, with a higher threshold for the intents named in `careful`: an unknown word must never become a yes,
    a no, or the end of an application."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's two thresholds, and those of the careful intents."""
        return {**FallbackClassifier.get_default_config(), "careful": [], "careful_threshold": 0.5}

    def _should_fallback(self, message: Message) -> bool:
        intent = message.data[INTENT]
        if (
            intent["name"] in self.component_config["careful"]
            and intent["confidence"] < self.component_config["careful_threshold"]
        ):
            return True
        return super()._should_fallback(message)
