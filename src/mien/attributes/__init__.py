"""The attribute model: its card, its heads and its predictions."""
