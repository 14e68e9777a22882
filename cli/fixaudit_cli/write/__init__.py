"""Writing, undoing and resuming: files and the ledger."""
