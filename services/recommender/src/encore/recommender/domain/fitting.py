"""Whether an accessory fits what a customer owns, by what both take and offer."""

from dataclasses import replace

from encore.recommender.domain.attributes import Attributes
from encore.recommender.domain.kind_tables import Fact

DEVICE, PORT = "device", "port"
PHONE = Fact(DEVICE, "phone")
PHONE_PORTS = frozenset(Fact(PORT, value) for value in ("lightning", "micro-usb", "usb-c"))
"""Whoever has a cable for one of these, and for nothing else, charges a phone with it."""


def owned_with(owned: Attributes) -> Attributes:
    """Return what the owner of a product is known to have: the product, and the devices that it is for."""
    devices = frozenset(fact for fact in owned.takes if fact.kind == DEVICE)
    if not devices and owned.needs_fit and owned.takes and owned.takes <= PHONE_PORTS:
        devices = frozenset((PHONE,))
    if not devices:
        return owned
    return replace(owned, offers=owned.offers | devices, offered=owned.offered | {DEVICE})


def fits(accessory: Attributes, owned: Attributes) -> bool | None:
    """Return whether an accessory fits an owned product: None if their texts do not tell.

    It does not where it takes something else than the owned product offers of one kind. It does where they
    agree in something more than a maker, and in all that this kind of accessory needs.
    """
    agreed = {fact.kind for fact in accessory.takes & owned.offers}
    if not agreed >= accessory.taken & owned.offered:
        return False
    if agreed <= {"maker"} or any(agreed.isdisjoint(group) for group in accessory.needs or ()):
        return None
    return True


def is_fit(accessory: Attributes, owned: Attributes) -> bool:
    """Return whether an accessory may be offered to go with an owned product.

    What is useless without the right partner has to fit for certain; anything else must only not be wrong.
    """
    found = fits(accessory, owned)
    return bool(found) if accessory.needs_fit else found is not False
