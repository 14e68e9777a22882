"""What a codemod is written with."""
