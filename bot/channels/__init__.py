"""Channels: one folder each, both directions inside."""
