"""The codemod `annotate-overrides` and its parts."""
