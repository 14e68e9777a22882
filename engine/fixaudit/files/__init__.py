"""Which files a run looks at, and what their paths say about them."""
