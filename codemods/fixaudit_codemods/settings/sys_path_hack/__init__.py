"""The codemod `sys-path-hack` and its parts."""
