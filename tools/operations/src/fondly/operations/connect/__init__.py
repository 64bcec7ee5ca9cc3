"""Live connectors: what a shop's platform knows, kept in a mirror and written as a set of files."""
