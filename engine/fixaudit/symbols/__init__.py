"""Where a function, class, method or variable of the project is named: for certain, or perhaps."""
