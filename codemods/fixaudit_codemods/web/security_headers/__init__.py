"""The codemod `security-headers` and its parts."""
