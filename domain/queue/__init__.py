"""The list that staff work from: filters, search, rows."""
