"""Rasa's logistic regression with the one setting that it does not offer, how much the examples count against caution,
and without what it does for every message: joining the features two by two, and scikit-learn's checks of an array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import coo_matrix, csr_matrix
from scipy.special import expit

Row = tuple[np.ndarray, np.ndarray, int]  # the columns that are not zero, what they hold, how many columns there are


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Regression(LogisticRegressionClassifier):
    """`C` as scikit-learn has it: larger follows the examples more closely. 4 was best in cross-validation of 1, 2 and 4.
    `solver` is liblinear: one regression for each intent, against all others."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's settings, and scikit-learn's default of C."""
        return {**LogisticRegressionClassifier.get_default_config(), "C": 1.0}

    def __init__(self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> None:
        """A new classifier, untrained."""
        super().__init__(config, name, model_storage, resource)
        self.clf.C = self.config["C"]
        self._weights: np.ndarray | None = None

    def process(self, messages: list[Message]) -> list[Message]:
        """The likeliest intents of each message with their confidence, the likeliest first; they add up to 1 over all."""
        for message in messages:
            sure = self._confidences(message)
            best = np.argsort(-sure, kind="stable")[: self.config["ranking_length"] or None]
            ranking = [{"name": str(self.clf.classes_[at]), "confidence": float(sure[at])} for at in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _confidences(self, message: Message) -> np.ndarray:
        """As scikit-learn's predict_proba of one regression an intent: each for itself, then brought to a sum of 1."""
        if self._weights is None:  # a row a feature, so that the few of a message lie together
            self._weights = np.ascontiguousarray(self.clf.coef_.T)
        columns, values, _ = _row(message)
        sure = expit(values @ self._weights[columns] + self.clf.intercept_)
        return sure / sure.sum()

    def _create_X(self, messages: list[Message]) -> csr_matrix:
        """The features of all messages, a row each."""
        rows = [_row(message) for message in messages]
        ends = np.cumsum([0, *(len(columns) for columns, _, _ in rows)])
        columns = np.concatenate([columns for columns, _, _ in rows] or [[]])
        values = np.concatenate([values for _, values, _ in rows] or [[]])
        return csr_matrix((values, columns, ends), shape=(len(rows), max((width for *_, width in rows), default=0)))


def _row(message: Message) -> Row:
    """A message's features side by side: the sparse ones, then the dense ones."""
    columns, values, width = [np.empty(0, int)], [np.empty(0)], 0
    for part in _parts(message):
        columns.append(part.col + width)
        values.append(part.data)
        width += part.shape[1]
    return np.concatenate(columns), np.concatenate(values), width


def _parts(message: Message) -> Iterator[coo_matrix]:
    found = [each for each in message.features if each.attribute == TEXT and each.type == FEATURE_TYPE_SENTENCE]
    yield from (each.features.tocoo() for each in found if each.is_sparse())
    yield from (coo_matrix(each.features) for each in found if each.is_dense())
