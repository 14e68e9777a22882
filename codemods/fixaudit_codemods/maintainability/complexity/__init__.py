"""`complexity` and its parts."""
