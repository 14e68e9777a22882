"""The nouns: findings, edits and outcomes, all of them frozen."""
