"""Draws the pictures of made-up shops, which the stack has as files."""
