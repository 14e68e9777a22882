"""The options of the command line, and the requests they make."""
