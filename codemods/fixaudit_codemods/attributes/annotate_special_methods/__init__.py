"""The codemod `annotate-special-methods` and its parts."""
