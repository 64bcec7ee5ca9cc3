"""The record of a finished email."""

from datetime import datetime

from pydantic import NonNegativeInt

from encore.contracts.records import Identifier, Record
from encore.mailer.domain.copy.fields import CopySource


class EmailRecord(Record):
    """One finished email. It is written after the message under `key`, so that message exists."""

    run_id: Identifier
    customer_id: Identifier
    key: str
    subject: str
    preheader: str
    copy_source: CopySource
    product_ids: tuple[str, ...]
    problems: tuple[str, ...] = ()
    """Rules that the model's answers broke, one line each."""
    model_calls: NonNegativeInt
    input_tokens: NonNegativeInt
    output_tokens: NonNegativeInt
    created_at: datetime
