"""What people take back of a run's finished emails before they go out: wordings, products, whole emails.

Customers are named by their `customer_digest`, so that the ledger knows nobody.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Annotated

from pydantic import Field

from fondly.contracts.email_index import EmailIndexRow, wording_digest
from fondly.contracts.records.base import Count, Identifier, Record

MOST_STRIKES = 300
"""Of one run: one item in the ledger has to hold them all."""
Text = Annotated[str, Field(max_length=500)]
_OF_A_PRODUCT = re.compile(r"\{\d+\.")


def digest_of(field: str, text: str, product_id: str) -> str:
    """Return the `wording_digest` of a text beside a product: it is about it if it is a line, or names it."""
    is_about = field == "line" or _OF_A_PRODUCT.search(text)
    return wording_digest(field, text, product_id if is_about else "")


class Strike(Record):
    """What emails no longer have: a wording; else a product, of all or of one customer; else one's email.

    A strike is for good: no other brings back what it names.
    """

    wording: str = ""
    """The `wording_digest` of a text of the model's."""
    field: str = ""
    """The wording's, such as `line`."""
    text: Text = ""
    """What the wording says, with slots, if many emails have it."""
    instead: Text = ""
    """What a person wrote in its place; without it, the next wording stands there, or house text."""
    product_id: str = ""
    customer: str = ""


class Revision(Record):
    """Strikes that a person made at once."""

    number: Count
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
    def rendering(self) -> int:
        """How many parts are being rendered anew; the last is through once the run's index is made."""
        return len(self.pending) or int(self.merged != self.number)

    @cached_property
    def strikes(self) -> tuple[Strike, ...]:
        """All strikes, in order."""
        return tuple(strike for each in self.revisions for strike in each.strikes)

    @cached_property
    def _instead(self) -> Mapping[str, str]:
        return {each.wording: each.instead for each in reversed(self.strikes) if each.wording}

    def said(self, field: str, text: str, product_id: str) -> str | None:
        """Return what stands in the place of a wording, which is beside a product; None for nothing."""
        passed = set[str]()
        while (digest := digest_of(field, text, product_id)) in self._instead:
            text = self._instead[digest]
            if not text or digest in passed:
                return None
            passed.add(digest)
        return text

    def has_email(self, customer: str) -> bool:
        """Whether a customer, by digest, may still get an email."""
        return all(each.customer != customer or each.product_id for each in self.strikes)

    def products_without(self, customer: str) -> frozenset[str]:
        """Return the products that a customer's email no longer has."""
        return frozenset(
            each.product_id for each in self.strikes if not each.wording and each.customer in {"", customer}
        )

    def concerns(self, row: EmailIndexRow) -> bool:
        """Whether an email, as the index has it, has something that was struck."""
        return (
            not self.has_email(row.key)
            or not self._instead.keys().isdisjoint(row.wordings.values())
            or not self.products_without(row.key).isdisjoint(each.product_id for each in row.products)
        )
