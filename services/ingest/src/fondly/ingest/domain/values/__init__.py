"""Reads values as shops write them, wholly or not at all; every reader raises `UnreadableError`."""
