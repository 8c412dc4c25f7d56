"""The one place that knows a runtime."""
