"""The plots of a report, drawn from its figures."""
