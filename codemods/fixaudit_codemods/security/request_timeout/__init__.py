"""The codemod `request-timeout` and its parts."""
