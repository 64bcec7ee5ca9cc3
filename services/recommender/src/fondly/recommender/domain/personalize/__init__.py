"""What Amazon Personalize is given, and what it answers."""
