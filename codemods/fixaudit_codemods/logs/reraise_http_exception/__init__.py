"""The codemod `reraise-http-exception` and its parts."""
