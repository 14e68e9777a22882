"""Rows that are looked for and then inserted."""
