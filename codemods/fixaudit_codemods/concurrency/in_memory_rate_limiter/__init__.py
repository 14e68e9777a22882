"""Rate limiters whose state is in the memory of one process."""
