"""The codemod `bounded-gather` and its parts."""
