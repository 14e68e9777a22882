"""A burndown on the command line: for people, for programs, and as a page."""
