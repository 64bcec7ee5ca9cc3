"""Picks over HTTP, one customer at a time."""
