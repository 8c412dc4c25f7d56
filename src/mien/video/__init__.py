"""Cameras, videos and streams: steady estimates for people, at a limited cost."""

from __future__ import annotations

from mien.video.people_finder import PeopleFinder
from mien.video.watcher import Status, Watched, Watcher, watch

__all__ = ["PeopleFinder", "Status", "Watched", "Watcher", "watch"]
