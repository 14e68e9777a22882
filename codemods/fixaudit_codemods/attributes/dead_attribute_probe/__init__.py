"""The codemod `dead-attribute-probe` and its parts."""
