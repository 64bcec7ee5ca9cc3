"""Chooses five products a customer with Amazon Personalize."""
