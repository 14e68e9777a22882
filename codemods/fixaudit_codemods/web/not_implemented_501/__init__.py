"""The codemod `not-implemented-501` and its parts."""
