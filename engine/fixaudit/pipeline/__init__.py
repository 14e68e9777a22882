"""From a file to its outcome, and from many files to a run."""
