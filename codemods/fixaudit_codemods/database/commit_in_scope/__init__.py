"""`commit-in-scope` and its parts."""
