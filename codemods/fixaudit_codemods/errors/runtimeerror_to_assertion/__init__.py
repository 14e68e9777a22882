"""The codemod `runtimeerror-to-assertion` and its parts."""
