"""Who must not be written to, and how often the others may be.

A suppression is found by a digest of the address, or of the customer id: it outlives the erasure of both.
"""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import idna
from pydantic import field_validator

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.delivery import NotSent
from fondly.contracts.records import Count, Identifier, Record

EARLY_S = 6 * 3_600
"""How much earlier the window ends, so that a run at the same hour a week later finds it over."""
MOST_TIMES = 40
"""Of how many emails a contact's times are kept."""
REASONS = frozenset(
    {
        NotSent.UNSUBSCRIBED,
        NotSent.HARD_BOUNCE,
        NotSent.SOFT_BOUNCES,
        NotSent.COMPLAINT,
        NotSent.IMPORTED,
        NotSent.MANUAL,
        NotSent.ERASED,
    }
)
"""The reasons that are stored; the others follow from the moment of sending."""


ENTRIES_PER_CUSTOMER = 2
"""Reads that it takes to know whether somebody is suppressed: by their id, and by their address."""
READS_PER_CUSTOMER = ENTRIES_PER_CUSTOMER + 1
"""Reads that it takes to know whether somebody may be written to: their contact as well."""


class SubjectKind(StrEnum):
    """What a suppression is about."""

    ADDRESS = "address"
    CUSTOMER = "customer"


def address_entry(address: str) -> str:
    """The key of an address's suppression, whatever its case, the spaces around it, and Punycode."""
    local, at, domain = address.strip().rpartition("@")
    return _entry(SubjectKind.ADDRESS, f"{local.casefold()}{at}{_ascii(domain)}")


def customer_entry(customer_id: str) -> str:
    """The key of a customer's suppression."""
    return _entry(SubjectKind.CUSTOMER, customer_id)


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain.casefold()


def _entry(kind: SubjectKind, subject: str) -> str:
    return f"{kind}#{sha256(f'fondly:{kind}:{subject}'.encode('utf-8', 'replace')).hexdigest()}"


class Suppression(Record):
    """Somebody who must not be written to, why, since when, and who or what said so."""

    entry: str
    reason: NotSent
    source: str
    """What said so: a run, a file, a page, a person's name."""
    at: datetime
    subject: str | None = None
    """The address or customer id in the clear; None once it has been erased."""

    @field_validator("reason")
    @classmethod
    def _is_stored(cls, reason: NotSent) -> NotSent:
        if reason not in REASONS:
            raise ValueError(f"found {reason}, expected one of {', '.join(sorted(REASONS))}")
        return reason

    @property
    def kind(self) -> SubjectKind:
        """What it is about."""
        return SubjectKind(self.entry.partition("#")[0])


class Frequency(StrEnum):
    """How often a customer wants to be written to at most."""

    ANY = "any"
    """As often as the shop does."""
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def days(self) -> int:
        """For how many days one email is enough; none for any."""
        return {Frequency.ANY: 0, Frequency.WEEKLY: 7, Frequency.MONTHLY: 30}[self]


class Cap(Record):
    """At most `emails` to a customer in `days`, over all runs; no limit if `emails` is 0."""

    emails: Count = 0
    days: Count = 7


class Contact(Record):
    """How a customer has been written to, and how they want to be."""

    customer_id: Identifier
    times: tuple[int, ...] = ()
    """When their latest emails were handed over, in Unix seconds, newest first, at most `MOST_TIMES`."""
    soft_bounces: Count = 0
    """How many of the latest emails bounced softly in a row."""
    soft_bounced_at: Count = 0
    """When the last of these was handed over, in Unix seconds."""
    frequency: Frequency = Frequency.ANY
    topics_off: tuple[str, ...] = ()
    """The departments of the shop that they want nothing of."""
    chosen_at: Count = 0
    """When they chose frequency and topics, in Unix milliseconds; of two choices the later one counts."""
    version: Count = 0
    """Rises with every change."""

    def may_have_another(self, now: int, cap: Cap) -> bool:
        """Whether neither the shop's cap nor their own wish is used up at a time in Unix seconds."""
        limits = [(cap.emails, cap.days), (1, self.frequency.days)]
        return all(
            sum(time > now - days * SECONDS_PER_DAY + EARLY_S for time in self.times) < emails
            for emails, days in limits
            if emails and days
        )
