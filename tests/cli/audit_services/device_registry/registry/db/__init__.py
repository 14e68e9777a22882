"""Sessions and column types."""
