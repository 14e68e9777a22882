"""The codemod `print-to-logger` and its parts."""
