"""Comments and linters' settings that excuse a site."""
