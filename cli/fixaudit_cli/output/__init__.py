"""The output of a run, and its exit code."""
