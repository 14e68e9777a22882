"""A project's own commands under a time limit, and the search for the changes that turn one red."""
