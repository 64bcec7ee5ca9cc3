"""Delivers finished emails: lawfully, when they are welcome, and once."""
