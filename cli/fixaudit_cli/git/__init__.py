"""Git: what is dirty, what changed, and commits."""
