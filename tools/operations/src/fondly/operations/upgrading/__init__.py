"""Brings what an earlier release has stored to where this one looks for it."""
