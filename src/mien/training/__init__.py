"""Training; of the other rooms, only exporting knows torch."""
