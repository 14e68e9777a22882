"""Batch migrations: findings in batches, each with a branch, tests and reviewers of its own."""
