"""The baseline on the command line: a run against it, and what is said of that."""
