"""Where tasks are run: in processes of this machine, in shards, or on a Dask cluster."""
