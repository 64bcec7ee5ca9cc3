"""What `fondly suppress` does."""
