"""Groups: companies that share a registration's documents, batches by spreadsheet, and what is traded as one."""
