"""Reads a row of each kind of file; `RowError` if a required value is missing or unreadable."""
