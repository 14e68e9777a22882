"""The codemod `guarded-update-keys` and its parts."""
