"""Work trees of git outside of the tree of the user, and clones that they are made from."""
