"""`composite-index` and its parts."""
