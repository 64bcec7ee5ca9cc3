"""The services, as they are in the tree."""

from pathlib import Path

SERVICES = tuple(sorted(folder.parent.name for folder in Path(__file__).parents[2].glob("services/*/src")))
CONSUMERS = (*SERVICES, "feedback")
"""With the sender's other process that consumes a queue."""
