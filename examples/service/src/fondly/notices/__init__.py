"""Tells each customer, by another channel, that their email has arrived."""
