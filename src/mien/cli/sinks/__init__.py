"""Where answers go: tables, JSON, pictures, videos, a window."""
