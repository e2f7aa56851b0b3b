"""WeChat official account: opening and sealing callbacks, translating them, calling the API."""
