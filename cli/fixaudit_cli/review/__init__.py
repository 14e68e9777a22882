"""The interactive review of findings."""
