"""Plans of audit reports."""
