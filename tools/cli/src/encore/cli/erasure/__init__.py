"""What `encore erase` does."""
