"""The codemod `utcnow-to-aware` and its parts."""
