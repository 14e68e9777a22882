"""The codemod `drop-unexpected-keyword` and its parts."""
