"""Other tools' queries, run through the same preview and verification."""
