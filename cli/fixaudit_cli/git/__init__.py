"""Git: dirty and changed files, and commits."""
