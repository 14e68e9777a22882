"""The codemod `md5-to-sha256` and its parts."""
