"""The HTTP doors: they parse, call one function, answer."""
