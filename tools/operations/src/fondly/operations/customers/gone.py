"""The customers whom a command is about: their ids, and what tells who they are."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from fondly.contracts.consent import address_entry
from fondly.contracts.email_index import customer_digest
from fondly.contracts.file_names import file_name
from fondly.contracts.records import Customer

OWNERS = ("customer_id", "userId")
"""The names of the members by which records say whom they are about."""
FEWEST_CHARS = 3
"""A shorter name or id is no evidence where it stands in a text of somebody else's."""


@dataclass
class Gone:
    """Customers who are to be forgotten, and what was found of them: it grows while they are looked for."""

    customer_ids: frozenset[str]
    names: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    reviews: dict[str, set[str]] = field(default_factory=dict)
    """Products by the id of each of their reviews."""

    @cached_property
    def email_files(self) -> frozenset[str]:
        """The names of the files of their emails."""
        return frozenset(f"{file_name(each)}.eml" for each in self.customer_ids)

    @property
    def digests(self) -> list[str]:
        """What an audit calls them: their digests, or those of addresses that are nobody's."""
        digests = sorted(map(customer_digest, self.customer_ids))
        return digests or sorted(map(address_entry, self.emails))

    def learn(self, customer: Customer) -> None:
        """Take note of what is known of one of them."""
        self.learn_item({"name": customer.name, "email": customer.email})
        for review in customer.reviews:
            self.learn_review(review.review_id, review.product_ids)

    def learn_review(self, review_id: str, product_ids: Iterable[str]) -> None:
        """Take note of one of their reviews."""
        self.reviews.setdefault(review_id, set()).update(product_ids)

    def learn_item(self, item: Mapping[str, Any]) -> None:
        """Take note of their item of the table of customers, of reviews or of histories."""
        self.names |= {str(item["name"])} if item.get("name") else set()
        self.emails |= {str(item["email"])} if item.get("email") else set()
        if "review_id" in item:
            self.learn_review(str(item["review_id"]), map(str, item.get("product_ids", ())))
        for review in json.loads(item.get("history", "{}")).get("reviews", ()):
            self.learn_review(review["review_id"], review["product_ids"])

    def is_their_email(self, key: str) -> bool:
        """Whether an object is an email to one of them."""
        folder, _, name = key.rpartition("/")
        return folder.endswith("/emails") and name in self.email_files

    def told_in(self, text: str) -> bool:
        """Whether a text says an id, a name or an address of theirs, as words of its own."""
        return bool(_words(self.customer_ids | self.names | self.emails).search(text))

    def is_named_in(self, text: str) -> bool:
        """Whether a text says an id or an address of theirs: others may have the same name."""
        return bool(_words(self.customer_ids | self.emails).search(text))

    def without(self, text: str, instead: str) -> str:
        """Return a text with `instead` in the place of ids, names and addresses."""
        return _words(self.customer_ids | self.names | self.emails).sub(lambda _: instead, text)


@lru_cache(maxsize=8)
def _words(words: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    telling = "|".join(re.escape(each) for each in longest_first if len(each) >= FEWEST_CHARS)
    return re.compile(rf"(?<!\w)(?:{telling or '(?!)'})(?!\w)", re.IGNORECASE)


def customers_key(key: str) -> bool:
    """Whether an object holds customers as a run's file has them."""
    return re.fullmatch(r"runs/[^/]+/customers/part-\d+\.jsonl", key) is not None


def copy_key(key: str) -> bool:
    """Whether an object holds what the model was asked."""
    return re.match(r"runs/[^/]+/copy/", key) is not None
