"""What accounts used, month by month."""
