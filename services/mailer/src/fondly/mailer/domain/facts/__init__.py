"""What an email may state: the customer's name, the products, their figures as the locale writes them."""
