"""Chooses five products for every customer with Amazon Personalize."""
