"""How well messages are understood that nobody trained on, and what other pipelines would make of them."""
