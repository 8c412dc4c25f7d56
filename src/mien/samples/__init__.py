"""Pictures that come with mien."""

from pathlib import Path

ASTRONAUT = Path(__file__).parent / "astronaut.jpg"
"""Eileen Collins, NASA, public domain; scikit-image's ``data.astronaut()``."""
