"""The codemod `http-detail-leak` and its parts."""
