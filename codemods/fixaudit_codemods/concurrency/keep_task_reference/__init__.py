"""The codemod `keep-task-reference` and its parts."""
