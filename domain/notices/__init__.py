"""What people are told without asking: the catalogue, times, fallbacks, merging, outages, what is late."""
