"""What Rasa asks us to do; no rules here. Importing the package declares the actions, and opens nothing."""

from actions.acts import ACTIONS

__all__ = ["ACTIONS"]
