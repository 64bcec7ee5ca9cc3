"""Whether an accessory fits what a customer owns, by what both take and offer."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from fondly.recommender.domain.shop.attributes import Attributes, kinds_of
from fondly.recommender.domain.shop.fit_tables import Fact, facts_of, table

PHONE, APPLE, LIGHTNING = Fact("device", "phone"), Fact("ecosystem", "apple"), Fact("port", "lightning")
OWN = frozenset(("maker", "model", "series"))
"""Kinds of facts that a device states of itself, and not of the devices that it is for."""
PHONE_PORTS = frozenset(Fact("port", value) for value in ("lightning", "micro-usb", "usb-c"))
"""Whoever has a cable for one of these, and for nothing else, charges a phone with it."""
KEPT, OUTGROWN, GROWN = frozenset(table("kept")), frozenset(table("outgrown")), table("grown")
"""Kinds of facts in which people keep to what they have, in which only the newest counts, and in which a
child grows into the next."""
SHARES: Mapping[str, tuple[float, float]] = table("shares")
"""By kind of number, the least and the greatest share of the device's number that an accessory may have."""
SPECIAL = facts_of(table("special"))
"""What only customers who have bought it before look for."""


def owned_with(owned: Attributes) -> Attributes:
    """Return what the owner of a product is known to have: the product, and the devices that it is for."""
    more = owned.devices
    if not more and owned.needs_fit and owned.takes and owned.takes <= PHONE_PORTS:
        more = frozenset((PHONE, APPLE) if owned.takes == {LIGHTNING} else (PHONE,))
    return Attributes.of(owned.takes, owned.offers | more, owned.needs) if more else owned


def known_from(owned: Iterable[Attributes]) -> frozenset[Fact]:
    """Return all that the products of a customer say of what they have, given the oldest first."""
    known = set[Fact]()
    for one in owned:
        if outgrown := OUTGROWN & (one.taken | one.offered):
            known = {fact for fact in known if fact.kind not in outgrown}
        known |= one.takes | one.offers
    return frozenset(known)


def is_of_their_system(offer: Attributes, owned: frozenset[Fact]) -> bool:
    """Return whether an offer is of what the customer keeps to; `owned` is all that their products say."""
    mine = offer.takes | offer.offers
    if not (mine & SPECIAL) <= owned:
        return False
    if any(fact.kind == "contents" and Fact("chosen", fact.value) in owned for fact in mine - owned):
        return False
    kept = _kept(owned)
    return all(
        any(_follows(fact, own) for fact in mine if fact.kind == kind for own in kept[kind])
        for kind in kept.keys() & (offer.taken | offer.offered)
    )


@lru_cache(maxsize=1)
def _kept(owned: frozenset[Fact]) -> Mapping[str, list[Fact]]:
    """Return what a customer keeps to, by kind: baskets are filled one after the other."""
    return {kind: facts for kind in KEPT if (facts := [fact for fact in owned if fact.kind == kind])}


def _follows(fact: Fact, own: Fact) -> bool:
    """Return whether a fact is what somebody has, or the next that a child grows into."""
    if fact.kind not in GROWN:
        return fact == own
    least, most = GROWN[fact.kind]
    return bool(least <= int(fact.value) - int(own.value) <= most)


def fits(accessory: Attributes, owned: Attributes) -> bool | None:
    """Return whether an accessory fits an owned product: None if their texts do not tell.

    It does not where it takes something else than the owned product offers of one kind, or too much or too
    little of it. It does where they agree in something more than a maker, and in all that this kind of
    accessory needs. The maker of a console is not that of the television which it is for.
    """
    both = accessory.taken & owned.offered
    if not both:
        return None
    facts = accessory.takes & owned.offers
    devices = facts & accessory.devices
    if devices and devices <= owned.takes:
        facts = frozenset(fact for fact in facts if fact.kind not in OWN or fact in owned.takes)
    if not all(kind in SHARES and _is_share(kind, accessory, owned) for kind in both - kinds_of(facts)):
        return False
    if "cordless" in owned.offered:
        both -= {"volt"}  # batteries of two makers' tools differ, though their volts are the same
    if both <= {"maker"} or any(both.isdisjoint(group) for group in accessory.needs or ()):
        return None
    return True


def _is_share(kind: str, accessory: Attributes, owned: Attributes) -> bool:
    """Return whether a number of an accessory is within the limits that an owned product sets."""
    least, most = SHARES[kind]
    return any(
        least * float(limit.value) <= float(own.value) <= most * float(limit.value)
        for own in accessory.takes
        for limit in owned.offers
        if own.kind == limit.kind == kind
    )


def is_fit(accessory: Attributes, owned: Attributes) -> bool:
    """Return whether an accessory fits an owned product, or is not wrong if it is of use by itself."""
    found = fits(accessory, owned)
    return bool(found) if accessory.needs_fit else found is not False
