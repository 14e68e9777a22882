"""The codemod `blocking-call-in-async` and its parts."""
