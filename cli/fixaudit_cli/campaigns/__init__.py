"""What the verbs of campaigns print."""
