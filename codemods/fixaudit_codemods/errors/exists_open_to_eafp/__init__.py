"""The codemod `exists-open-to-eafp` and its parts."""
