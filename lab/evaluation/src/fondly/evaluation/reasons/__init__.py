"""Recomputes every reason of a run from the run's stored records, independently of the code that gave it."""
