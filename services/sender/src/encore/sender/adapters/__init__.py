"""AWS and mail servers."""
