"""One file as codemods see it, and the questions they ask about it."""
