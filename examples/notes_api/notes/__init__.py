"""Notes for teams."""
