"""From findings to bytes: calls, statements, imports, composition and verification."""
