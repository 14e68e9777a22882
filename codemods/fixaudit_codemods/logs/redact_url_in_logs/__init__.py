"""The codemod `redact-url-in-logs` and its parts."""
