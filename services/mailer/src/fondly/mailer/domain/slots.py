"""Slots: the places in copy that code, not the writer, fills with facts.

`{customer.first_name}` and `{<n>.<attribute>}`, where n numbers the email's products from 1.
"""

import re
from collections.abc import Mapping

FIRST_NAME = "customer.first_name"
SLOT = re.compile(r"\{([a-z0-9_.]{1,40})\}")
OWN_NAMES = frozenset({"own", "product"})
"""The attributes that are names as within a sentence."""


def slots_in(text: str) -> list[str]:
    """Return the slots of `text` in order, known or not, without their braces."""
    return SLOT.findall(text)


def owner(slot: str) -> str:
    """Return what a slot is about: `customer`, or a product's number."""
    return slot.partition(".")[0]


def attribute(slot: str) -> str:
    """Return what a slot says about its owner, such as `price`."""
    return slot.partition(".")[2]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace every slot by its value once, even if that looks like a slot; `KeyError` without a value.

    What the customer's own product is called has a capital at the beginning of the text.
    """
    filled, first = SLOT.sub(lambda found: values[found[1]], text), SLOT.match(text)
    begins_small = first and attribute(first[1]) in OWN_NAMES
    return filled[:1].upper() + filled[1:] if begins_small else filled


def renumbered(text: str, number: int, to: int) -> str:
    """Return a text on one product as it is for another number; the two numbers change places."""
    owners = {str(number): str(to), str(to): str(number)}

    def slot(found: re.Match[str]) -> str:
        about, dot, name = found[1].partition(".")
        return f"{{{owners.get(about, about)}{dot}{name}}}"

    return text if number == to else SLOT.sub(slot, text)
