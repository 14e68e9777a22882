"""`fixaudit campaign`: findings in batches, each with its own branch, tests and reviewers."""
