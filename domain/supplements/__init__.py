"""Conditional admission: what is owed, until when, and what follows."""
