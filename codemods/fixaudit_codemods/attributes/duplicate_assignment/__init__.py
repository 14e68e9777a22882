"""The codemod `duplicate-assignment` and its parts."""
