"""Which person each track shows, and what all views of a person say together."""
