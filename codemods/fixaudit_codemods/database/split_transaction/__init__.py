"""`split-transaction` and its parts."""
