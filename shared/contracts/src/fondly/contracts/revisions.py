"""What people take back of a run's finished emails before they go out: wordings, products, whole emails.

Customers are named by their `customer_digest`, so that the ledger knows nobody.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Annotated, Self

from pydantic import Field, model_validator

from fondly.contracts.email_index import EmailIndexRow, wording_digest
from fondly.contracts.records.base import Count, Identifier, Record

MOST_STRIKES = 300
"""Of one run: the item in the ledger has to hold them all."""
MAX_TEXT_CHARS = 500
LINE = "line"
_OF_A_PRODUCT = re.compile(r"\{\d+\.")


def digest_of(field: str, text: str, product_id: str) -> str:
    """Return the `wording_digest` of a text beside a product: it is about it if it is a line, or names it."""
    is_about = field == LINE or _OF_A_PRODUCT.search(text)
    return wording_digest(field, text, product_id if is_about else "")


class Strike(Record):
    """One thing that the emails of a run no longer have; it names a wording, a product or an email.

    A strike is for good: what it names may come back by no other strike.
    """

    wording: str = ""
    """The `wording_digest` of a text of the model's."""
    field: str = ""
    """The wording's, such as `line`."""
    text: Annotated[str, Field(max_length=MAX_TEXT_CHARS)] = ""
    """What the wording says, with slots, if the run's index lists it."""
    instead: Annotated[str, Field(max_length=MAX_TEXT_CHARS)] = ""
    """What a person wrote in its place; empty if the next wording that passed stands there, or house text."""
    product_id: Annotated[str, Field(max_length=256)] = ""
    """What the wording is about; without a wording, the product that is left out."""
    customer: str = ""
    """Whose email alone has a product no more; without a product, who gets no email at all."""

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if self.wording and self.customer:
            raise ValueError("a wording is struck for everybody: found a customer beside it")
        if self.instead and not (self.wording and self.field):
            raise ValueError("found a text in the place of no wording, expected the wording and its field")
        if not (self.wording or self.product_id or self.customer):
            raise ValueError("expected a wording, or a product, or a customer")
        return self

    @property
    def edited(self) -> str:
        """The `wording_digest` of the text that stands in the wording's place; empty without one."""
        return digest_of(self.field, self.instead, self.product_id) if self.instead else ""


class Revision(Record):
    """Strikes that a person made at once."""

    number: Annotated[int, Field(ge=1)]
    strikes: tuple[Strike, ...]
    by: str
    at: datetime
    why: str = ""


class RunRevisions(Record):
    """All revisions of a run's emails, and how far the mailer is with rendering emails anew."""

    run_id: Identifier
    revisions: tuple[Revision, ...] = ()
    pending: frozenset[int] = frozenset()
    """The parts of which emails are still to be rendered anew."""
    merged: Count = 0
    """The latest revision that the run's index takes in."""

    @property
    def number(self) -> int:
        """The latest revision; 0 for emails as the run made them."""
        return self.revisions[-1].number if self.revisions else 0

    @property
    def is_complete(self) -> bool:
        """Whether every email, and the index, is as the latest revision wants it."""
        return not self.pending and self.merged == self.number

    @cached_property
    def strikes(self) -> tuple[Strike, ...]:
        """All strikes, in order."""
        return tuple(chain.from_iterable(each.strikes for each in self.revisions))

    def returning(self, strikes: Sequence[Strike]) -> Strike | None:
        """Return the first of further strikes whose text has been struck, or is by one of them."""
        struck = {each.wording for each in (*self.strikes, *strikes)}
        return next((each for each in strikes if each.edited and each.edited in struck), None)

    @cached_property
    def _instead(self) -> Mapping[str, str]:
        return {each.wording: each.instead for each in reversed(self.strikes) if each.wording}

    @cached_property
    def _customers(self) -> frozenset[str]:
        return frozenset(each.customer for each in self.strikes if each.customer and not each.product_id)

    def said(self, field: str, text: str, product_id: str = "") -> str | None:
        """Return what stands in the place of a wording: itself, what a person wrote, or None.

        The product counts for a line, and for a text with a slot of it.
        """
        passed = set[str]()
        while (digest := digest_of(field, text, product_id)) in self._instead:
            text = self._instead[digest]
            if not text or digest in passed:
                return None
            passed.add(digest)
        return text

    def has_email(self, customer: str) -> bool:
        """Whether a customer, by digest, may still get an email."""
        return customer not in self._customers

    def products_without(self, customer: str) -> frozenset[str]:
        """Return the products that a customer's email no longer has."""
        return frozenset(
            each.product_id
            for each in self.strikes
            if each.product_id and not each.wording and each.customer in {"", customer}
        )

    def concerns(self, row: EmailIndexRow) -> bool:
        """Whether an email, as the index has it, has something that was struck."""
        struck = self.products_without(row.key)
        return (
            not self.has_email(row.key)
            or not self._instead.keys().isdisjoint(row.wordings.values())
            or any(product.product_id in struck for product in row.products)
        )
