"""Settings, the environment, and what a module does when it is imported."""
