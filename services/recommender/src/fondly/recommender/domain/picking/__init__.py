"""What is picked for a customer, and why."""
