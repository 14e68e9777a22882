"""Findings about attributes, signatures and assignments."""
