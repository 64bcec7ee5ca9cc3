"""What is true of an email: customer, products, figures."""
