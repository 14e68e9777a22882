"""What a run prints: text for people, JSON and its like for programs."""
