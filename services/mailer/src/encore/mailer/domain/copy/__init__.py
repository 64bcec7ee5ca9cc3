"""The words of an email and the rules that they pass."""
