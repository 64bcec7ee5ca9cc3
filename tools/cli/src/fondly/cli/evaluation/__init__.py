"""How evaluations start, show their progress, and are shown."""
