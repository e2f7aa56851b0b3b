"""What other systems said, how old it is, and what is asked again before approval."""
