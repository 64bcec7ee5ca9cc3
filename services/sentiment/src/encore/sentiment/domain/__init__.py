"""The rules of sentiment scoring: no I/O, no AWS names."""
