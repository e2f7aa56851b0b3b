"""The outside world for a laptop; it speaks the true protocols and imports nothing of ours."""
