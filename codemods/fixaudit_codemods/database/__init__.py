"""Findings about queries, clients and stored times."""
