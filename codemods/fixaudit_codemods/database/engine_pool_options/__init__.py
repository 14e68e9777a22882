"""`engine-pool-options` and its parts."""
