"""What a market checks: conditions over facts, versions, trials, judgements, what goes wrong most."""
