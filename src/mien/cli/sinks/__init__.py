"""Where results go: tables, JSON, CSV, labelled pictures, videos, a window."""
