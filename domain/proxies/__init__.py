"""Proxies: retail companies and platforms that register users over the API, within what the user has allowed."""
