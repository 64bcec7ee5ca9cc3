"""What `encore suppress` does."""
