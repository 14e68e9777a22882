"""The codemod `field-length-limits` and its parts."""
