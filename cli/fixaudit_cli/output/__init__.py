"""What a run prints, and the code it ends with."""
