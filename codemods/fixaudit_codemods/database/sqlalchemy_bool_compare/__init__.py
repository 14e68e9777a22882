"""The codemod `sqlalchemy-bool-compare` and its parts."""
