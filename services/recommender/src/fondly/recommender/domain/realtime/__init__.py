"""What picks are made from while a customer waits."""
