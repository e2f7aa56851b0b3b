"""People and staff in one conversation: takeover, service hours, what the desk sees of a talk."""
