"""Frames in and out: cameras, files, streams, recordings."""
