"""Finding and selecting codemods."""
