"""The codemod `tls-verify` and its parts."""
