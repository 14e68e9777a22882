"""`monotonic-durations` and its parts."""
