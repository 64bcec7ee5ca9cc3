"""Runs: how far they are, what they cost, and how a stuck one goes on."""
