"""Customers' names: mostly ordinary, some written in ways that break a parser."""

from collections.abc import Callable
from random import Random

from fondly.stack.sample.chance import every, likely, rng_for
from fondly.stack.sample.vocabulary import Names

_SURNAME_FIRST = every(97, first=11)
_AMBIGUOUS = every(97, first=23)
_DEVANAGARI = every(89, first=31)
_SHARED = every(31, first=5)
Addresses = Callable[[str], str]
ADDRESS_DOMAIN = "customers.example.com"
"""Reserved for documentation (RFC 2606): no mail server on the Internet takes its mail."""
_WITHOUT_ADDRESS = "A"
"""Of customers whose id ends so, one in 32, the shop has no address."""


def customer_name(names: Names, number: int, *, seed: int) -> str:
    """Return the display name of customer `number`; it is not unique."""
    rng = rng_for("customer", seed, number)
    given, family = rng.choice(names.given), rng.choice(names.family)
    if number in _SURNAME_FIRST:
        return f"{family}, {given}"
    if number in _AMBIGUOUS:
        return f"{family},{given}"
    if number in _DEVANAGARI:
        return rng.choice(names.devanagari)
    if number in _SHARED:
        return rng.choice(names.shared)
    return _styled(rng, given, family)


def _styled(rng: Random, given: str, family: str) -> str:
    usual = f"{given} {family}"
    rare = (given, usual.lower(), usual.upper(), f"{given[0]}. {family}", f"{given} {family[0]}.")
    return rng.choice(rare) if likely(rng, 0.35) else usual


def customer_address(customer_id: str) -> str:
    """Return a customer's address, by their id; empty for the few whose address the shop does not have."""
    return "" if customer_id.endswith(_WITHOUT_ADDRESS) else f"{customer_id.lower()}@{ADDRESS_DOMAIN}"


def simulated_address(customer_id: str) -> str:
    """Return an address of SES's mailbox simulator, which takes every email and shows it to nobody."""
    return f"success+{customer_id.lower()}@simulator.amazonses.com"
