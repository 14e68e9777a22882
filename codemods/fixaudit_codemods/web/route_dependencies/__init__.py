"""The codemod `route-dependencies` and its parts."""
