"""How code is read and changed: long decisions, constants that nobody explains."""
