"""The packages of a repository: where each one stands, what is in it, and which of the others need it."""
