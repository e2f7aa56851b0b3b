"""Parts of our own in Rasa's pipeline: text folding, values by code, context, and the rule for bare answers."""
