"""Chooses products for every customer with Amazon Personalize."""
