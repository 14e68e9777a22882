"""`rename-symbol` and its parts."""
