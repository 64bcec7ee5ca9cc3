"""Whether an accessory fits what a customer owns, by what both take and offer."""

from collections.abc import Set as AbstractSet

from encore.recommender.domain.attributes import Attributes, kinds_of
from encore.recommender.domain.fit_tables import Fact

PHONE = Fact("device", "phone")
PHONE_PORTS = frozenset(Fact("port", value) for value in ("lightning", "micro-usb", "usb-c"))
"""Whoever has a cable for one of these, and for nothing else, charges a phone with it."""


def owned_with(owned: Attributes) -> Attributes:
    """Return what the owner of a product is known to have: the product, and the devices that it is for."""
    devices = frozenset(fact for fact in owned.takes if fact.kind == PHONE.kind)
    if not devices and owned.needs_fit and owned.takes and owned.takes <= PHONE_PORTS:
        devices = frozenset((PHONE,))
    return Attributes.of(owned.takes, owned.offers | devices, owned.needs) if devices else owned


SYSTEMS = frozenset(("coffee", "cordless", "ecosystem", "mount", "platform", "stage", "system"))
"""Kinds of facts of which people keep to what they have, such as the battery platform of their tools."""
SPECIAL = frozenset(Fact("diet", value) for value in ("gluten free", "halal", "kosher", "lactose free"))
"""What only those look for who have bought it before."""


def is_of_their_system(offer: Attributes, owned: AbstractSet[Fact]) -> bool:
    """Return whether an offer is of what the customer keeps to; `owned` is all that their products say."""
    mine = offer.takes | offer.offers
    if not (mine & SPECIAL) <= owned:
        return False
    for kind in SYSTEMS & (offer.taken | offer.offered):
        theirs = {fact for fact in owned if fact.kind == kind}
        if theirs and theirs.isdisjoint(mine):
            return False
    return True


def fits(accessory: Attributes, owned: Attributes) -> bool | None:
    """Return whether an accessory fits an owned product: None if their texts do not tell.

    It does not where it takes something else than the owned product offers of one kind. It does where they
    agree in something more than a maker, and in all that this kind of accessory needs.
    """
    agreed = kinds_of(accessory.takes & owned.offers)
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
