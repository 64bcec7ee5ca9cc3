"""The lines of a batch job. Source: Personalize developer guide, "Batch inference input and output"."""

import json
from collections.abc import Iterable
from contextlib import suppress
from sys import intern

from fondly.contracts.records import Customer
from fondly.recommender.domain.personalize.csv_files import is_fit_id


def input_lines(customer_ids: Iterable[str]) -> bytes:
    """Return one line for every customer."""
    return "".join(json.dumps({"userId": one}) + "\n" for one in customer_ids).encode()


def ranked_customers(customers: Iterable[Customer]) -> list[str]:
    """Return the ids of those who may be mailed and whose id Personalize accepts: each costs an inference."""
    return [one.customer_id for one in customers if one.exclusion is None and is_fit_id(one.customer_id)]


class Rankings:
    """Each customer's items, best first, read line by line in any order.

    A customer whose line is missing, malformed or an error has none; the caller decides what to do. Ids are
    kept once: what a customer takes grows with the number of their items, not with the length of ids.
    """

    def __init__(self) -> None:
        self.by_customer: dict[str, tuple[str, ...]] = {}
        self.lines = 0
        """How many lines have been read, of whatever kind."""

    def add(self, line: bytes) -> None:
        """Read one line of the output."""
        if not line.strip():
            return
        self.lines += 1
        with suppress(ValueError, KeyError, TypeError):
            found = json.loads(line)
            if items := tuple(map(intern, found["output"]["recommendedItems"])):
                self.by_customer[intern(found["input"]["userId"])] = items
