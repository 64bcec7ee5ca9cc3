"""Draws the pictures of the sample, which the stack has as files."""
