"""Sinks of results: tables, JSON, CSV, labelled pictures, videos, a window."""
