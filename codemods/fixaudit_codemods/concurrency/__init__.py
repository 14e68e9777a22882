"""Findings about asyncio."""
