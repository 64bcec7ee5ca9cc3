"""Measures sentiment: on labelled texts, on a set of odd short texts, and against product ratings."""
