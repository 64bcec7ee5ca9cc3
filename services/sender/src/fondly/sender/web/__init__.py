"""Unsubscribe and preference pages over HTTP: a process beside the sender's own."""
