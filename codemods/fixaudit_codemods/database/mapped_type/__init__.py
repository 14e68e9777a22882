"""`mapped-type` and its parts."""
