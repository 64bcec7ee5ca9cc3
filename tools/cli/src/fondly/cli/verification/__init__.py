"""The results of verification as tables and JSON."""
