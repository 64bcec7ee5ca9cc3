"""Hostile inputs, from a shop's file or a model's answer to everything that is made of them."""
