"""Clients of single registers."""
