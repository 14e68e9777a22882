"""Event loops that a plain function makes and closes by hand."""
