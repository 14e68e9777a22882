"""One file: its tree, its scopes and what its names are bound to."""
