"""The project's own checks around a run, and the search for the edits that break them."""
