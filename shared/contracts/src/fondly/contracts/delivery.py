"""What is known of an email on its way from finished to delivered."""

from datetime import datetime
from enum import StrEnum

from fondly.contracts.records import Count, Identifier, Record


class FinishedEmail(Record):
    """A finished email, as the mailer hands it to delivery; the message is the object under `key`.

    Or a customer who is held out: there is no message, and delivery notes who got none.
    """

    customer_id: Identifier
    key: str
    address: str | None = None
    """The plain address in the form of `header_address`; None if the customer has none that can be used."""
    placeholder: str | None = None
    """What the message is addressed to without one: an address of a domain that can never exist."""
    language: str | None = None
    """As in `Customer`."""
    time_zone: str | None = None
    """As in `Customer`."""
    subject: str = ""
    variant: str = ""
    """Of the subject line, where a shop compares some."""
    held_out: bool = False
    """Whether the customer is in the share that gets no email: nothing was paid for one."""


class NotSent(StrEnum):
    """Why a finished email is not handed over: these are reasons for ever, for this run."""

    UNSUBSCRIBED = "unsubscribed"
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCES = "soft_bounces"
    """Too many soft bounces in a row: the address counts as dead."""
    COMPLAINT = "complaint"
    IMPORTED = "imported"
    """It stands in a list that the shop has imported."""
    MANUAL = "manual"
    """A person has entered it."""
    ERASED = "erased"
    FREQUENCY = "frequency"
    """The customer has had as many emails as the shop, or they themselves, allow in this time."""
    TOPICS = "topics"
    """The shop offers nothing but what they want nothing of."""
    SAFETY = "safety"
    """They speak of danger: the shop answers first."""
    NO_ADDRESS = "no_address"
    GONE = "gone"
    """The finished email is not there any more: it was erased, or has expired."""
    HOLDOUT = "holdout"
    """They are in the share that gets no email, for comparison."""


class Outcome(StrEnum):
    """What has become of one email."""

    WAITING = "waiting"
    """The provider certainly did not accept it; it will be tried again."""
    SENDING = "sending"
    """Reserved: it is being handed over. If its worker dies now, nobody knows whether it was accepted."""
    SENT = "sent"
    """Accepted by the provider."""
    SUPPRESSED = "suppressed"
    """Not handed over, for one of `NotSent`."""
    REFUSED = "refused"
    """The provider certainly refused it for good; `reason` is what it said."""
    IN_DOUBT = "in_doubt"
    """It may have been accepted or not, so it is never tried again."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more will be done."""
        return self not in {Outcome.WAITING, Outcome.SENDING}


class Dispatch(Record):
    """What has become of one customer's email of one run: at most one of them is ever accepted."""

    run_id: str
    customer_id: Identifier
    outcome: Outcome
    reason: str = ""
    """One of `NotSent`, or what the provider said, or what is in doubt."""
    variant: str = ""
    transport: str = ""
    provider_id: str = ""
    """What the provider calls the email; its bounces and complaints name it."""
    tries: Count = 0
    at: datetime
    """When it became so."""
    reserved_by: str = ""
    """The token of the reservation by which a worker is handing it over."""
    refuted: bool = False
    """Whether it was in doubt, and its mail server's log has shown that it was not accepted then."""
    proved_from: Outcome | None = None
    """What the sender had said of it, if a report has proved that it was sent all the same."""
    bounced: str = ""
    """`hard`, `soft` or `complaint`, once the provider has reported it."""
    bounced_at: datetime | None = None
    clicked_at: datetime | None = None
    """The first click, where clicks are counted."""
    counted: dict[str, int] | None = None
    """What the run's tally has of the reports, by name; None if that is nothing."""
