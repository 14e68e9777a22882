"""Codemods of the Acme company."""
