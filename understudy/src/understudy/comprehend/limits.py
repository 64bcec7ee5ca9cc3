"""Comprehend's limits, from its developer guide, "Guidelines and quotas"."""

MAX_DOCUMENTS = 25
"""Documents in a batch call."""
MAX_BYTES = 5_000
"""UTF-8 bytes of a document: the guide says 5 KB, the messages say 5,000 bytes."""
MAX_LANGUAGE_BYTES = 100_000
"""The same for a single `DetectDominantLanguage`."""
