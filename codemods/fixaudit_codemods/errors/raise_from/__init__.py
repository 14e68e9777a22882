"""The codemod `raise-from` and its parts."""
