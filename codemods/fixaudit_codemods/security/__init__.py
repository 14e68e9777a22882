"""Findings about hashes, transport and origins."""
