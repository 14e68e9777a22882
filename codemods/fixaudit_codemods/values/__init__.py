"""Codemods about values, and how code asks for them."""
