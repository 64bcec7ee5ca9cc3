"""What values are, and what can go wrong in finding them."""

from typing import Any

Value = Any
"""A value of the language: text, number, boolean, null, list, map, or a resource."""


class EvaluationError(Exception):
    """An expression has no value: what it refers to does not exist, or has another type."""


class InvalidInputError(Exception):
    """A variable's validation refuses its value; the message is the configuration's own."""
