"""What a customer would be recommended now."""
