"""The parts of the decision what is picked, each of which can be switched off to measure what it is worth."""

from enum import StrEnum


class Part(StrEnum):
    """What speaks for a product; the rules that speak against one are `basket.Rule`."""

    RANKING = "ranking"
    """Personalize's order."""
    LINKED = "linked"
    """What customers bought together with the customer's products."""
    LEARNED = "learned"
    """Leaf categories that customers buy from next."""
    COMPLEMENTS = "complements"
    """Leaf categories that go with what the customer owns, by the table and the shop's file."""
    BRAND = "brand_liked"
    """Brands of which the customer has something that did not disappoint."""
    PRICE = "price_level"
    """How dear the customer buys within a leaf category."""
    VARIATION = "variation"
    """An order of the customer's own between what is about equally good."""
