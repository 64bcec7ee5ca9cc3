"""Writes, checks, renders and stores one email per customer."""
