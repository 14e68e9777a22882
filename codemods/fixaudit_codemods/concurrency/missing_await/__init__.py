"""The codemod `missing-await` and its parts."""
