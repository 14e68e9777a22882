"""Configuration: `[tool.fixaudit]` in the nearest `pyproject.toml`, or a `fixaudit.toml`."""
