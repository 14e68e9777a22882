"""Server of the digital herbarium."""
