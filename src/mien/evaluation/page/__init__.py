"""The report for people: one page of HTML, with its tables as CSV and its plots as PNG."""
