"""Who talks to us: contacts, their roles and authority, bindings, codes, staff."""
