"""Writing, undoing and resuming runs: the files and the ledger."""
