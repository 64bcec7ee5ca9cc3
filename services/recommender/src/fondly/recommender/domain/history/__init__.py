"""What is known of a customer over all runs."""
