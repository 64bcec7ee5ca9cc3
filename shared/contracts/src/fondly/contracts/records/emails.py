"""A finished email."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from fondly.contracts.records.base import Count, Identifier, Record


class CopySource(StrEnum):
    """Who wrote the copy of an email."""

    AI = "ai"
    """The model, all of it."""
    MIXED = "mixed"
    """The model, except for some fields that have template copy."""
    TEMPLATE = "template"
    """Nobody: all fields have template copy."""


class EmailRecord(Record):
    """One finished email. It is written after the message under `key`, so that message exists."""

    run_id: Identifier
    customer_id: Identifier
    part: Count | None = None
    """Of the run, which has the customer's recommendation and prompts; None in records of release 0.1.0."""
    language: str | None = None
    """The customer's, as in `Customer`; the email itself is in the language of the locale."""
    time_zone: str | None = None
    """As in `Customer`."""
    key: str
    subject: str
    variant: str = ""
    """Of the subject line, where a shop compares some."""
    preheader: str
    copy_source: CopySource
    template_fields: tuple[str, ...] = ()
    """The fields with template copy, because no wording of the model's passed."""
    occasion: str = ""
    product_ids: tuple[str, ...]
    links_left_out: Count = 0
    """Links and pictures of the catalogue that lead to hosts which are not allowed."""
    model_id: str = ""
    prompt_keys: tuple[str, ...] = ()
    """The prompts that the words come from: the shared frame's, if needed, those of products, that of the
    customer's own words. Many emails share one; each is stored in the part's `object_keys.copies`."""
    repair_keys: tuple[str, ...] = ()
    """The requests for repairs that followed them."""
    judge_keys: tuple[str, ...] = ()
    """The questions to the judge about all these answers."""
    evidence: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """What each field with the model's words cites: ids of the prompt's facts, such as `b2`."""
    struck: bool = False
    """Whether somebody has struck it, or all that it was about: its message is empty, and goes to nobody."""
    created_at: datetime
