"""The codemod `cors-wildcard` and its parts."""
