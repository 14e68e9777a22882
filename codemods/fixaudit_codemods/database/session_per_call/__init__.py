"""`session-per-call` and its parts."""
