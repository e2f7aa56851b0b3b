"""Makes the domain run: settings, connections, channels, OCR, sources, worker, jobs."""
