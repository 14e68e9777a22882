"""The command line of fixaudit: terminal, git, processes and exit codes."""
