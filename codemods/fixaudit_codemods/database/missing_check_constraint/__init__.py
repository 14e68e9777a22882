"""`missing-check-constraint` and its parts."""
