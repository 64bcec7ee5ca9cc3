"""Deliveries: who decides what about them, what became of each email, and tests of single ones."""
