"""Outcomes kept from run to run, by content."""
