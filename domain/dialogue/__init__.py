"""A turn: what was said, what it means here, what is asked next."""
