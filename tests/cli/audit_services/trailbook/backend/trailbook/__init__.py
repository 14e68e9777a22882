"""Backend of Trailbook."""
