"""Measures recommendations: on published sequences, on a shop's own data, and every reason of a run."""
