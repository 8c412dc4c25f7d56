"""Which person a track shows, and what all views of that person say."""
