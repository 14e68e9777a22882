"""The codemod `path-parameter-pattern` and its parts."""
