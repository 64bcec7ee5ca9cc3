"""Whom the words of a command mean: ids of customers, or addresses."""

from collections.abc import Sequence
from contextlib import suppress

from fondly.mailer.domain.message.addresses import header_address
from fondly.operations.cleanup.scope import Scope
from fondly.operations.customers.gone import Gone
from fondly.operations.customers.items import get, ids_of


async def whom(scope: Scope, words: Sequence[str]) -> Gone:
    """Return the customers with these ids, or with these addresses.

    A word with an `@` is an address, unless a customer has it for an id. An address counts, too, that no
    customer has.
    """
    ids, addresses = set[str](), set[str]()
    for word in words:
        if "@" in word and await get(scope, "customers", {"customer_id": word}) is None:
            addresses.add(word.strip())
        else:
            ids.add(word)
    if addresses:
        ids |= await ids_of(scope, addresses)
    return Gone(frozenset(ids), emails=addresses | _as_sent(addresses))


def _as_sent(addresses: set[str]) -> set[str]:
    sent = set[str]()
    for each in addresses:
        with suppress(ValueError):
            sent.add(header_address(each))
    return sent
