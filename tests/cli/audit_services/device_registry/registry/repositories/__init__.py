"""Access to the tables, one class a table."""
