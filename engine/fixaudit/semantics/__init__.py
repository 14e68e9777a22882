"""What holds across files: modules, names, classes and functions of a project."""
