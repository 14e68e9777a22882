"""What `fixaudit packages` shows of the packages of a repository."""
