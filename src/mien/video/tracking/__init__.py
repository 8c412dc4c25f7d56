"""Where each face moves, usable alone."""
