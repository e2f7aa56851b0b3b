"""The market: who trades where, retail companies, months, readiness."""
