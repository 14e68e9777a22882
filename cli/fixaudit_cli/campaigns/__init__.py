"""Campaigns as people and programs read them: plans, runs, the board."""
