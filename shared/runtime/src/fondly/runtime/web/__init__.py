"""What processes that answer requests have in common: a gate, limits, problems, a server."""
