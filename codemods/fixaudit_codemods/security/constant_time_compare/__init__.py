"""The codemod `constant-time-compare` and its parts."""
