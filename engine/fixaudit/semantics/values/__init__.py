"""What value an expression has: a class, or a function's result."""
