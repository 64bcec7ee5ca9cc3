"""What the ingest service does, one file a use case."""
