"""The rules of sentiment scoring: pure, no I/O, no AWS."""
