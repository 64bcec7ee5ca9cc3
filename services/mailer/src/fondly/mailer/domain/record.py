"""The record of a finished email, and of the prompt that its words come from."""

from datetime import datetime

from pydantic import NonNegativeInt

from fondly.contracts.records import Identifier, Record
from fondly.mailer.domain.copy.fields import CopySource


class EmailRecord(Record):
    """One finished email. It is written after the message under `key`, so that message exists."""

    run_id: Identifier
    customer_id: Identifier
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
    house_fields: tuple[str, ...] = ()
    """The fields with house text, because no wording of the model's passed."""
    occasion: str = ""
    product_ids: tuple[str, ...]
    links_left_out: NonNegativeInt = 0
    """Links and pictures of the catalogue that lead to hosts which are not allowed."""
    model_id: str = ""
    prompt_keys: tuple[str, ...] = ()
    """The prompts that the words come from: the frame's, and that of each product. Many emails share one;
    each is stored in the part's folder `object_keys.copies`."""
    repair_keys: tuple[str, ...] = ()
    """The requests for repairs that followed them."""
    created_at: datetime


class CopyVerdict(Record):
    """Why a wording was refused."""

    field: str
    text: str
    rule: str
    found: str = ""


class CopyRecord(Record):
    """A prompt of a run with all that came of it, as it is stored for people to look at."""

    prompt_key: str
    model_id: str
    prompt_version: str
    task: str
    system_sha256: str
    prompt: str
    """The request; the system text is that of the version."""
    answers: tuple[str, ...]
    verdicts: tuple[CopyVerdict, ...]
    input_tokens: NonNegativeInt
    output_tokens: NonNegativeInt
    cache_read_tokens: NonNegativeInt
    cache_write_tokens: NonNegativeInt
    paid: bool
    """False if the answers had been paid for before: by another part, or by an earlier run."""
    created_at: datetime
