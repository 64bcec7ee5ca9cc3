"""Reads what comes back: requests, bounces, complaints; a process of its own, as no delivery may delay it."""
