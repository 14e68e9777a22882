"""The codemod `constant-time-login` and its parts."""
