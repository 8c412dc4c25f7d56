"""Tracking of faces from frame to frame by their motion; it can be used alone."""

from __future__ import annotations

from mien.video.tracking.tracker import Track, Tracker

__all__ = ["Track", "Tracker"]
