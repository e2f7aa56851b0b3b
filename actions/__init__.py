"""What Rasa asks us to do; no rules here."""
