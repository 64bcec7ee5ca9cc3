"""What the sentiment service does, one file a use case."""
