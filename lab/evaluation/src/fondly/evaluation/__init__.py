"""Measures recommendations, on published sequences and a shop's own data, their reasons, and sentiment."""
