"""The use cases of sentiment, one per file."""
